"""Who is told that something happened; never what was said."""

from speakup.notifications.rules import NoticeBy, is_work_address

__all__ = ["NoticeBy", "is_work_address"]
