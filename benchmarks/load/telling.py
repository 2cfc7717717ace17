"""The whole of a worker's way through the form, page by page, as somebody walks it who answers every question."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.load.visitor import Page, Visitor

STORY = (
    "Since the spring we have been two qualified nurses for thirty people on most nights. Twice this month the early "
    "medicines were given at ten. When I said so at handover I was asked whether I was coping. "
)
ANSWERS: Mapping[str, Mapping[str, object]] = {
    "how": {"how": "confidential"},
    "story": {"narrative": STORY * 4},
    "risk": {"at_risk": "unsure", "risk": "Patients whose medicines come late."},
    "work": {"role": "Staff nurse on nights", "language": "English"},
    "detriment": {"happened": "no"},
    "reach": {"name": "N. Nurse", "contact": "the staff room, after two"},
    "exclude": {"others": "The person who writes the rota."},
    "files": {},
}
"""What is answered at each question; fields not named are left as they were served."""


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody holds who has just spoken up."""

    words: tuple[str, ...] = field(repr=False)
    page: Page = field(repr=False)


def walk(visitor: Visitor, answers: Mapping[str, Mapping[str, object]] = ANSWERS) -> Page:
    """Go from the first page to "Check your answers", answering each question that is asked."""
    visitor.get("/")
    page = visitor.get("/raise")
    while (step := step_of(page)) != "check":
        page = visitor.submit(page, "Continue", **answers.get(step, {}))
    return page


def tell(visitor: Visitor, answers: Mapping[str, Mapping[str, object]] = ANSWERS) -> Told:
    """Raise a concern, note the words, and press that they are saved."""
    sent = visitor.submit(walk(visitor, answers), "Send")
    told = Told(words_on(sent), sent)
    visitor.submit(sent, "I have saved these words")
    return told


def step_of(page: Page) -> str:
    """Name the question a page asks."""
    found = page.tree.xpath("string(//form[@id='raise']//input[@name='step']/@value)")
    if not found:
        raise page.refused()
    return str(found)


def words_on(page: Page) -> tuple[str, ...]:
    """Read the seven words off the page that shows them."""
    found = page.tree.xpath("//*[@class='app-words__word']/text()")
    if len(found) != 7:  # noqa: PLR2004 -- there are seven words
        raise page.refused()
    return tuple(str(word) for word in found)
