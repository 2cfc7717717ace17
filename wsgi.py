"""What a web server loads: `wsgi:app`."""

import os

from config import Settings
from speakup.kernel.memory import settle
from speakup.web.app import create_app

_settings = Settings.from_env(os.environ)
app = create_app(_settings, _settings.surfaces)
settle()
