"""What guardians ask of the board of the demonstration and tell it, and what its members ask back: invented words.

No month and no number stands in them, and no case is behind them.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from speakup import insight
from speakup.papers import Kind, Recommendation, Section, Text

_QUARTERS = 4
_LOOKS_BACK: Final = 2
"""So many earlier recommendations are told of again in a quarter's paper."""
_ASKED: Final = (
    (
        "Let every directorate say at its own meeting what changed because somebody spoke up.",
        "Most directorates have it on their agenda; some still bring nothing.",
        "Every directorate does. The guardians hear of it from staff themselves.",
    ),
    (
        "Give the guardians a room that can be reached without passing an office of managers.",
        "A room was found, and waits for a door that closes.",
        "The room is in use, in the evenings too.",
    ),
    (
        "Ask everybody who leaves whether they could have spoken up, and tell the guardians what they say.",
        "The question is in the form for leavers. Few have been asked in person.",
        "Leavers are asked in person, and the guardians are told of it regularly.",
    ),
    (
        "Visit the teams that work at night together with a guardian, unannounced.",
        "Some executive directors have come along. Others have set a night.",
        "Each executive director has come along, and some have gone again.",
    ),
    (
        "Decide who answers for a concern that is about several directorates at once.",
        "A proposal was written and is being talked over.",
        "It is decided: whoever looks after most of those concerned, with a deputy.",
    ),
    (
        "Have managers who are new to their work meet a guardian in their first weeks.",
        "It is part of the induction at some sites.",
        "It is part of the induction everywhere.",
    ),
    (
        "Look at how rotas are agreed where people say that they are afraid to ask for a change.",
        "Staff side and managers are looking at it together.",
        "Swaps are agreed in the open now. Whether it helps is looked at again.",
    ),
)
"""In turn: what is asked, what is said of it a quarter later, and what a quarter after that."""
_STORIES: Final = (
    (
        "Equipment that was always lent out",
        (
            (
                "Several colleagues said the same thing of a piece of equipment: when it was needed, it had been"
                " lent to somebody else. Each had thought it was only their own bad luck."
            ),
            (
                "A list now says where it is, and another was bought. It had never been asked for, because no team"
                " had ever been asked."
            ),
        ),
    ),
    (
        "A meeting in which only some spoke",
        (
            (
                "People told the guardians that a regular meeting had become a place to stay silent. They did not want"
                " anybody punished; they wanted to be heard."
            ),
            (
                "The meeting begins differently now: everybody says something, the newest first. Some who had stayed"
                " away have come back."
            ),
        ),
    ),
    (
        "Breaks that were only on paper",
        (
            (
                "A team had breaks on its rota and hardly ever took them. Those who said so were told that everybody"
                " managed somehow."
            ),
            "Somebody now covers, and writes down when that could not be. What is written down is read every week.",
        ),
    ),
)
"""Merged out of several and altered, as the method asks: none is of one person."""
QUESTIONS: Final = (
    (
        "Some groups of staff speak up more than others. Do they have more to complain of?",
        (
            "It cannot be told from these numbers. Larger groups are heard more often, because they are"
            " larger. What people spoke about stands under “What it was about”; we would rather ask"
            " why other groups are heard so seldom."
        ),
    ),
    (
        "What would help you most to reach those who work at night?",
        (
            "That members of this board come along on a visit. People who are asked by us alone say that nothing comes"
            " of it; where a director was there too, they came back."
        ),
    ),
    ("Are managers told what staff say of them before they can put it right?", ""),
)
"""Each with its answer. What has none waits for one."""


def recommendations(kind: Kind, quarters: Sequence[str]) -> tuple[Recommendation, ...]:
    """List what is asked anew, and what came of what was asked before."""
    back = _QUARTERS if kind is Kind.YEAR else _LOOKS_BACK
    return tuple(_told(_number(quarters[-1]) - ago, ago) for ago in range(back + 1) if ago < len(_ASKED))


def stories(kind: Kind, quarters: Sequence[str]) -> tuple[Text, ...]:
    """Tell one in every other quarter's paper, and one in each year's."""
    number = _number(quarters[-1])
    if kind is not Kind.YEAR and number % 2:
        return ()
    heading, paragraphs = _STORIES[number // 2 % len(_STORIES)]
    return (Text(Section.STORIES, heading, paragraphs),)


def _told(number: int, ago: int) -> Recommendation:
    text, begun, ended = _ASKED[number % len(_ASKED)]
    return Recommendation(text, ("", begun)[ago] if ago < _LOOKS_BACK else ended)


def _number(quarter: str) -> int:
    """Count quarters on, so that each paper follows the one before."""
    first = insight.first_day(quarter)
    return first.year * _QUARTERS + first.month // 3


def words() -> Iterator[str]:
    """List everything that is said here."""
    for each in _ASKED:
        yield from each
    for heading, paragraphs in _STORIES:
        yield from (heading, *paragraphs)
    for question, answer in QUESTIONS:
        yield from (question, answer)
