"""The lists an organisation starts with.

Sources: categories as published by the National Guardian's Office in its annual case reports of July 2022 and
July 2023; worker groups as in the Electronic Staff Record's staff groups. Labels whose source could not be seen
are marked unverified, and are data so that they can be put right without a new release.
"""

from dataclasses import dataclass
from datetime import date

from speakup.vocabulary.models import Certainty, CodeSet

_SPLIT = date(2022, 4, 1)
_OPENING = date(2021, 4, 1)

_CASE_REPORTS = "National Guardian's Office case reports, 2022 and 2023"
_STAFF_GROUPS = "Electronic Staff Record staff groups"
_RECORDING = "recording cases and reporting data guidance, February 2024"


@dataclass(frozen=True, slots=True)
class Default:
    """One code as shipped."""

    set: CodeSet
    key: str
    name: str
    valid_from: date = _OPENING
    valid_to: date | None = None
    source: str = _RECORDING
    certainty: Certainty = Certainty.UNVERIFIED


def _unverified(which: CodeSet, source: str, pairs: dict[str, str]) -> list[Default]:
    return [Default(which, key, name, source=source) for key, name in pairs.items()]


DEFAULTS: list[Default] = [
    Default(
        CodeSet.ELEMENT,
        "patient_safety",
        "Element of patient safety or quality",
        source=_CASE_REPORTS,
        certainty=Certainty.CONFIRMED,
    ),
    Default(
        CodeSet.ELEMENT,
        "worker_safety",
        "Element of worker safety or wellbeing",
        source=_CASE_REPORTS,
        certainty=Certainty.CONFIRMED,
    ),
    Default(
        CodeSet.ELEMENT,
        "bullying_harassment",
        "Element of bullying or harassment",
        source=_CASE_REPORTS,
        certainty=Certainty.CONFIRMED,
    ),
    Default(
        CodeSet.ELEMENT,
        "other_behaviours",
        "Element of other inappropriate attitudes or behaviours",
        valid_from=_SPLIT,
        source=_CASE_REPORTS,
    ),
    Default(
        CodeSet.ELEMENT,
        "detriment",
        "Disadvantageous or demeaning treatment as a result of speaking up",
        source=_CASE_REPORTS,
    ),
    *_unverified(
        CodeSet.WORKER_GROUP,
        _STAFF_GROUPS,
        {
            "additional_clinical": "Additional clinical services",
            "additional_professional": "Additional professional, scientific and technical",
            "administrative": "Administrative and clerical",
            "allied_health": "Allied health professionals",
            "estates": "Estates and ancillary",
            "healthcare_scientists": "Healthcare scientists",
            "medical_dental": "Medical and dental",
            "nursing_midwifery": "Nursing and midwifery registered",
            "students": "Students",
            "other": "Other",
            "not_known": "Not known",
        },
    ),
    *_unverified(
        CodeSet.HOW_RAISED, _RECORDING, {"open": "Openly", "confidential": "Confidentially", "anonymous": "Anonymously"}
    ),
    *_unverified(
        CodeSet.ROUTE,
        _RECORDING,
        {
            "online_form": "Online form",
            "in_person": "In person",
            "phone": "Phone",
            "email": "E-mail",
            "letter": "Letter",
            "champion": "Passed on by a champion",
            "other": "Other",
        },
    ),
    *_unverified(
        CodeSet.OUTCOME,
        _RECORDING,
        {
            "resolved": "Resolved",
            "action_taken": "Action taken",
            "advice": "Advice or signposting only",
            "withdrew": "Person withdrew",
            "no_contact": "Unable to continue: anonymous, no contact",
            "other_process": "Passed to another process",
            "explained": "No further action, explained",
            "dissatisfied": "Person dissatisfied, escalation offered",
        },
    ),
]
