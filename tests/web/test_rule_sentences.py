"""Every combination that a rule may say, as the sentence somebody reads."""

import itertools
import re
import uuid

import pytest
from flask import Flask

from speakup.routing import Rule, Subject
from speakup.web.rule_sentences import Called, sentence

GAIL, HUGH, LENA, SURGERY, MAIN = (uuid.UUID(int=n) for n in range(1, 6))
CALLED = Called(
    {GAIL: "Gail Guard", HUGH: "Hugh Harbour", LENA: "Lena Leigh"},
    {SURGERY: "Surgery", MAIN: "Main hospital"},
    {"nursing": "Nursing and midwifery"},
)


@pytest.mark.parametrize(
    ("rule", "read"),
    [
        (Rule(None, None, GAIL, None), "from anywhere go to Gail Guard, with whoever has fewest open cases as cover"),
        (Rule(SURGERY, None, GAIL, HUGH), "from Surgery go to Gail Guard, with Hugh Harbour as cover"),
        (Rule(SURGERY, MAIN, GAIL, HUGH), "from Surgery at Main hospital go to Gail Guard, with Hugh Harbour as cover"),
        (
            Rule(None, MAIN, GAIL, None, (HUGH,)),
            "from Main hospital go to Gail Guard or Hugh Harbour in turn, with another of them as cover",
        ),
        (
            Rule(None, None, GAIL, LENA, (HUGH,), worker_group="nursing"),
            (
                "from the staff group Nursing and midwifery go to Gail Guard or Hugh Harbour in turn, "
                "with Lena Leigh as cover"
            ),
        ),
        (
            Rule(SURGERY, None, GAIL, HUGH, worker_group="nursing", languages=("Polish", "polski")),
            (
                "in Polish or polski from the staff group Nursing and midwifery in Surgery go to Gail Guard, "
                "with Hugh Harbour as cover"
            ),
        ),
        (
            Rule(None, None, GAIL, HUGH, subject=Subject.CHAIR),
            "about the chair go to Gail Guard, with Hugh Harbour as cover",
        ),
        (
            Rule(SURGERY, None, GAIL, HUGH, languages=("BSL",), subject=Subject.EXECUTIVE),
            "in BSL about an executive from Surgery go to Gail Guard, with Hugh Harbour as cover",
        ),
        (
            Rule(uuid.UUID(int=9), None, uuid.UUID(int=8), None),
            "from a place now closed go to somebody no longer here, with whoever has fewest open cases as cover",
        ),
    ],
)
def test_a_rule_reads_as_a_sentence(app: Flask, rule: Rule, read: str) -> None:
    with app.test_request_context("/"):
        assert sentence(rule, CALLED) == f"Concerns {read}"


def test_every_combination_reads_as_one_sentence_and_no_two_alike(app: Flask) -> None:
    said: dict[str, Rule] = {}
    choices = (
        (None, SURGERY), (None, MAIN), (GAIL, HUGH), (None, LENA), ((), (LENA,)), (None, "nursing"),
        ((), ("Polish",), ("Polish", "polski")), (None, Subject.GUARDIAN, Subject.EXECUTIVE, Subject.CHAIR),
    )  # fmt: skip
    with app.test_request_context("/"):
        for directorate, site, primary, cover, others, group, languages, subject in itertools.product(*choices):
            if cover in others:
                continue
            rule = Rule(directorate, site, primary, cover, others, group, languages, subject)
            read = sentence(rule, CALLED)
            assert read not in said
            said[read] = rule
            assert re.fullmatch(r"Concerns [^ ].* go to [A-Z].*, with .+ as cover", read)
            assert "  " not in read
            assert "None" not in read
    assert len(said) == 2 * 2 * 2 * 3 * 2 * 3 * 4
