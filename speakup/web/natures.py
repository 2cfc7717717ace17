"""What sorts and sizes of organisations are called."""

from typing import Any

from flask_babel import lazy_gettext as _

from speakup.organisations import Nature
from speakup.peers import Band

NATURES: dict[Nature, Any] = {
    Nature.ACUTE: _("Acute trust"),
    Nature.AMBULANCE: _("Ambulance trust"),
    Nature.COMMUNITY: _("Community trust"),
    Nature.MENTAL_HEALTH: _("Mental health trust"),
    Nature.COMBINED: _("Trust with services of several sorts"),
    Nature.BOARD: _("Integrated care board"),
    Nature.PRIMARY_CARE: _("Primary care organisation"),
    Nature.INDEPENDENT: _("Independent provider"),
    Nature.OTHER: _("Another sort of organisation"),
}

BANDS: dict[Band, Any] = {
    Band.SMALL: _("Up to 5,000 staff"),
    Band.MEDIUM: _("5,001 to 10,000 staff"),
    Band.LARGE: _("More than 10,000 staff"),
}
