"""Published years of several organisations side by side. What crosses from one to another is a copy, never a query."""

from speakup.peers.models import PublishedTo, ReceivedFrom, ReceivedYear
from speakup.peers.operations import (
    ask_to_carry,
    publish_to,
    receive_from,
    stop_publishing_to,
    stop_receiving_from,
)
from speakup.peers.queries import Agreement, Year, nothing_from, publishes_to, receives_from, years, years_there
from speakup.peers.rules import Band, Chosen, band_of, for_others

__all__ = [
    "Agreement",
    "Band",
    "Chosen",
    "PublishedTo",
    "ReceivedFrom",
    "ReceivedYear",
    "Year",
    "ask_to_carry",
    "band_of",
    "for_others",
    "nothing_from",
    "publish_to",
    "publishes_to",
    "receive_from",
    "receives_from",
    "stop_publishing_to",
    "stop_receiving_from",
    "years",
    "years_there",
]
