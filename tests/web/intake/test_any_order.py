"""The form in any order: answers, Back, Change, files, stopping and coming back, stale tabs. No word is ever lost."""

import io

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from speakup.web.intake.steps import STEPS
from speakup.web.throttle import Throttle
from tests.trusts import Trust
from tests.web.client import Page, PageClient
from tests.web.test_throttle import Clock
from tests.web.walking import open_inbox, words_of

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40)
"""Letters, marks, signs: what is shown again as it was typed."""
NAMED = {step.name: step for step in STEPS}
BOXES = {"story": "narrative", "risk": "risk", "work": "role", "detriment": "detriment", "exclude": "others"}
"""A question, and a box in it that takes words."""


class Form(RuleBasedStateMachine):
    """One person with one browser, who does what they like."""

    browser: PageClient
    """Given by the test."""

    def __init__(self) -> None:
        super().__init__()
        self.mine = PageClient(self.browser.app, self.browser.host)
        self.typed: dict[str, str] = {}
        self.files = 0

    @initialize()
    def begin(self) -> None:
        self.mine.submit("/raise", "Continue", how="confidential")

    def post(self, step: str, to: str, **fields: object) -> Page:
        """Post a step as a tab does that was opened at any time."""
        token = self.mine.get("/sign-in").soup.select_one("input[name=csrf_token]")
        assert token is not None
        page = self.mine.post("/raise", {"csrf_token": str(token["value"]), "step": step, "to": to, **fields})
        assert page.status in {200, 422}, page.status
        return page

    @rule(step=st.sampled_from(sorted(BOXES)), words=WORDS, to=st.sampled_from(["next", *sorted(NAMED), "pause-not"]))
    def answer(self, step: str, words: str, to: str) -> None:
        self.post(step, to, **{BOXES[step]: words})
        self.typed[step] = words

    @rule(words=WORDS)
    def answer_far_too_long(self, words: str) -> None:
        page = self.post("risk", "next", risk=(words * 150_000)[:150_000])
        assert page.status == 422
        assert "too long" in page.errors[0]

    @rule(step=st.sampled_from(sorted(NAMED)))
    def change(self, step: str) -> None:
        self.post("check", step)

    @rule()
    def look_again(self) -> None:
        assert self.mine.get("/raise").status == 200

    @precondition(lambda self: self.files < 3)
    @rule(body=st.binary(min_size=1, max_size=20).map(lambda body: body.replace(b"\0", b"0")))
    def add_a_file(self, body: bytes) -> None:
        page = self.post("files", "add", files=(io.BytesIO(b"text " + body.hex().encode()), "list.txt"))
        assert not page.errors
        self.files += 1

    @precondition(lambda self: self.files)
    @rule()
    def remove_a_file(self) -> None:
        page = self.post("check", "files")
        button = page.soup.select_one("button[value^=remove-]")
        assert button is not None
        self.post("files", str(button["value"]))
        self.files -= 1

    @rule()
    def stop_and_come_back(self) -> None:
        words = words_of(self.post("check", "pause"))
        assert len(words) == 7
        self.mine = PageClient(self.browser.app, self.browser.host)
        assert open_inbox(self.mine, " ".join(words)).path == "/raise"

    @invariant()
    def everything_typed_is_there(self) -> None:
        for step, words in self.typed.items():
            page = self.post("check", step)
            (box,) = page.soup.select(f'[name="{BOXES[step]}"]')
            shown = box.get_text().removeprefix("\n") if box.name == "textarea" else str(box["value"])
            assert shown == words, step
        if self.files:
            assert len(self.post("check", "files").soup.select("button[value^=remove-]")) == self.files


def test_in_whatever_order_it_is_filled_in_no_word_is_lost(browser: PageClient, trust: Trust) -> None:
    clock = Clock()
    browser.app.extensions["speakup"].throttle = Throttle(clock, clock.stand)
    machine = type("ThisForm", (Form,), {"browser": browser})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=6,
            stateful_step_count=8,
            deadline=None,
            derandomize=True,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
