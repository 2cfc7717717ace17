"""What is said about a word that is not on our list."""

from flask_babel import gettext

from speakup.keyring import Misspelt


def sentence(wrong: Misspelt) -> str:
    """Name the word, by its place and as it was typed, and the nearest there is."""
    named = {"number": wrong.position, "typed": wrong.typed[:40]}
    if not wrong.nearest:
        return str(gettext("Word %(number)s, “%(typed)s”, is not one of our words. Look at it once more.", **named))
    words = gettext(
        "Word %(number)s, “%(typed)s”, is not one of our words. Could it be “%(nearest)s”?",
        nearest=wrong.nearest,
        **named,
    )
    return str(words)
