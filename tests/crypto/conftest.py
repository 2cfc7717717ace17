"""Properties are judged by their answers, never by how fast a busy machine gave them."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
