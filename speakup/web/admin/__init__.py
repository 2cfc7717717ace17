"""Keeping the organisation: people, directorates and sites, routing as a draft, name and settings. Never a case."""

from speakup.policy import Permission
from speakup.web.surfaces import make_surface

surface = make_surface(
    "admin",
    admits=frozenset({
        Permission.ADMIN_MEMBERSHIPS,
        Permission.ADMIN_ROUTING_DRAFT,
        Permission.ADMIN_SETTINGS,
        Permission.ADMIN_STRUCTURE,
        Permission.ADMIN_VOCABULARY,
    }),
)  # fmt: skip

from speakup.web.admin import branding, members, overview, routing, structure, vocabulary  # noqa: E402 -- each adds its pages

__all__ = ["branding", "members", "overview", "routing", "structure", "surface", "vocabulary"]
