"""The lists an organisation starts with.

Sources: categories as published by the National Guardian's Office in its annual case reports of July 2022 and
July 2023; worker groups as in the Electronic Staff Record's staff groups; headings of a qualifying disclosure as in the
Employment Rights Act 1996. Labels whose source could not be seen are marked unverified, and are data so that they can
be put right without a new release.

An organisation that exists already gets what is added here by a migration, never by starting the program: a test
compares the two.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from speakup.vocabulary.models import Certainty, CodeSet
from speakup.vocabulary.rules import ANSWERS, NOT_ASKED, PREFER_NOT

_OPENING = date(2021, 4, 1)
_SPLIT = date(2022, 4, 1)
_SEXUAL_HARASSMENT = date(2026, 4, 6)

_CASE_REPORTS = "National Guardian's Office case reports, 2022 and 2023"
_STAFF_GROUPS = "Electronic Staff Record staff groups"
_RECORDING = "recording cases and reporting data guidance, February 2024"
_OURS = "proposed with Speak Up"
_BOARD_PAPERS = "themes in published board papers"
_ACT = "Employment Rights Act 1996, section 43B"
_ACT_AMENDED = "Employment Rights Act 2025, section 23"
_EQUALITY_ACT = "Equality Act 2010"
_CENSUS = "census of England and Wales, 2011"

_OPENING_LIST = "NGO-2021-04"
_SPLIT_LIST = "NGO-2022-04"
_STAFF_GROUP_LIST = "ESR staff groups"
_OWN_LIST = "Speak Up 1"

_CONFIRMED, _UNVERIFIED = Certainty.CONFIRMED, Certainty.UNVERIFIED


@dataclass(frozen=True, slots=True)
class Default:
    """One code as shipped. `national_set` names the national list that has it, for one that counts nationally."""

    set: CodeSet
    key: str
    name: str
    valid_from: date = _OPENING
    valid_to: date | None = None
    source: str = _RECORDING
    certainty: Certainty = Certainty.UNVERIFIED
    national_set: str = ""

    @property
    def national_key(self) -> str:
        """A shipped code that counts nationally is the national one."""
        return self.key if self.national_set else ""


@dataclass(frozen=True, slots=True)
class DefaultVersion:
    """From when on a list is the one of a name."""

    set: CodeSet
    valid_from: date
    name: str
    source: str
    certainty: Certainty


def _unverified(which: CodeSet, source: str, pairs: dict[str, str], national_set: str = "") -> list[Default]:
    return [Default(which, key, name, source=source, national_set=national_set) for key, name in pairs.items()]


def _answers() -> Iterator[Default]:
    """Every question about the person, with the two answers that each of them has beside its own."""
    for question, which in ANSWERS.items():
        source, own = _CHARACTERISTICS[question]
        yield from _unverified(which, source, {**own, PREFER_NOT: "Prefer not to say", NOT_ASKED: "Not asked"})


_YES_OR_NO = {"yes": "Yes", "no": "No"}

_CHARACTERISTICS: dict[str, tuple[str, dict[str, str]]] = {
    "age": (
        _OURS,
        {
            "under_25": "Under 25",
            "25_to_34": "25 to 34",
            "35_to_44": "35 to 44",
            "45_to_54": "45 to 54",
            "55_to_64": "55 to 64",
            "65_or_over": "65 or over",
        },
    ),
    "sex": (_EQUALITY_ACT, {"female": "Female", "male": "Male"}),
    "gender_identity": (_EQUALITY_ACT, _YES_OR_NO),
    "ethnicity": (
        _CENSUS,
        {
            "white_british": "White: English, Welsh, Scottish, Northern Irish or British",
            "white_irish": "White: Irish",
            "white_gypsy_traveller": "White: Gypsy or Irish Traveller",
            "white_other": "White: any other White background",
            "mixed_white_black_caribbean": "Mixed: White and Black Caribbean",
            "mixed_white_black_african": "Mixed: White and Black African",
            "mixed_white_asian": "Mixed: White and Asian",
            "mixed_other": "Mixed: any other mixed or multiple ethnic background",
            "asian_indian": "Asian: Indian",
            "asian_pakistani": "Asian: Pakistani",
            "asian_bangladeshi": "Asian: Bangladeshi",
            "asian_chinese": "Asian: Chinese",
            "asian_other": "Asian: any other Asian background",
            "black_african": "Black: African",
            "black_caribbean": "Black: Caribbean",
            "black_other": "Black: any other Black, African or Caribbean background",
            "other_arab": "Other: Arab",
            "other": "Other: any other ethnic group",
        },
    ),
    "disability": (_EQUALITY_ACT, _YES_OR_NO),
    "religion": (
        _CENSUS,
        {
            "none": "No religion",
            "christian": "Christian",
            "buddhist": "Buddhist",
            "hindu": "Hindu",
            "jewish": "Jewish",
            "muslim": "Muslim",
            "sikh": "Sikh",
            "other": "Any other religion or belief",
        },
    ),
    "orientation": (
        _EQUALITY_ACT,
        {
            "heterosexual": "Straight or heterosexual",
            "gay_lesbian": "Gay or lesbian",
            "bisexual": "Bisexual",
            "other": "Another orientation",
        },
    ),
    "pregnancy": (_EQUALITY_ACT, _YES_OR_NO),
    "marriage": (
        _EQUALITY_ACT,
        {"married": "Married", "civil_partnership": "In a civil partnership", "neither": "Neither"},
    ),
    "overseas_trained": (_RECORDING, _YES_OR_NO),
    "working_pattern": (
        _RECORDING,
        {"full_time": "Full time", "part_time": "Part time", "other": "Another pattern"},
    ),
}


DEFAULTS: list[Default] = [
    Default(
        CodeSet.ELEMENT,
        "patient_safety",
        "Element of patient safety or quality",
        source=_CASE_REPORTS,
        certainty=_CONFIRMED,
        national_set=_OPENING_LIST,
    ),
    Default(
        CodeSet.ELEMENT,
        "worker_safety",
        "Element of worker safety or wellbeing",
        source=_CASE_REPORTS,
        certainty=_CONFIRMED,
        national_set=_OPENING_LIST,
    ),
    Default(
        CodeSet.ELEMENT,
        "bullying_harassment",
        "Element of bullying or harassment",
        source=_CASE_REPORTS,
        certainty=_CONFIRMED,
        national_set=_OPENING_LIST,
    ),
    Default(
        CodeSet.ELEMENT,
        "other_behaviours",
        "Element of other inappropriate attitudes or behaviours",
        valid_from=_SPLIT,
        source=_CASE_REPORTS,
        national_set=_SPLIT_LIST,
    ),
    Default(
        CodeSet.ELEMENT,
        "detriment",
        "Disadvantageous or demeaning treatment as a result of speaking up",
        source=_CASE_REPORTS,
        national_set=_OPENING_LIST,
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
        _STAFF_GROUP_LIST,
    ),
    *_unverified(CodeSet.HOW_RAISED, _RECORDING, {"open": "Openly", "confidential": "Confidentially"}),
    *_unverified(CodeSet.HOW_RAISED, _RECORDING, {"anonymous": "Anonymously"}, _OPENING_LIST),
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
    *_unverified(
        CodeSet.THEME,
        _BOARD_PAPERS,
        {
            "patient_safety": "Patient safety and care quality",
            "behaviours": "Behaviours and relationships",
            "bullying": "Bullying and harassment",
            "discrimination": "Discrimination",
            "sexual_safety": "Sexual safety",
            "leadership": "Management and leadership",
            "systems": "Systems and process",
            "hr_process": "HR process",
            "recruitment": "Recruitment and progression",
            "staffing": "Staffing and workload",
            "health_safety": "Health and safety",
            "fraud_finance": "Fraud or finance",
            "information": "Information governance",
            "other": "Other",
        },
    ),
    *_unverified(
        CodeSet.RELATIONSHIP,
        _RECORDING,
        {
            "employee": "Employee",
            "bank": "Bank",
            "agency": "Agency or locum",
            "student": "Student or trainee",
            "volunteer": "Volunteer",
            "contractor": "Contractor",
            "former": "Former worker",
            "governor": "Governor",
            "other": "Other",
            "not_known": "Not known",
        },
    ),
    *_unverified(
        CodeSet.SENIORITY,
        _RECORDING,
        {"worker": "Worker", "manager": "Manager", "senior_leader": "Senior leader", "not_known": "Not known"},
    ),
    *_unverified(
        CodeSet.SERVICE,
        _OURS,
        {
            "first_90_days": "First 90 days",
            "first_year": "First year",
            "longer": "Longer than a year",
            "not_known": "Not known",
        },
    ),
    *_unverified(
        CodeSet.PRIOR_ROUTE,
        _RECORDING,
        {
            "none": "None",
            "line_manager": "Line manager",
            "hr": "HR",
            "incident_system": "Incident system",
            "union": "Union",
            "other_guardian": "Another guardian",
            "other": "Other",
            "not_known": "Not known",
        },
    ),
    *_unverified(
        CodeSet.SUPPORT,
        _OURS,
        {
            "occupational_health": "Occupational health",
            "union": "Union or professional body",
            "counselling": "Counselling",
            "helpline": "Outside helpline",
            "other": "Other",
        },
    ),
    *_unverified(
        CodeSet.WANT,
        _OURS,
        {
            "listen": "To be listened to",
            "advice": "Advice on what to do",
            "raise_themselves": "Help to raise it themselves",
            "pass_on": "That it is passed on without their name",
            "look_into": "That it is looked into",
            "put_right": "That something changes",
            "protection": "To be protected from being treated badly",
            "record": "Only that it is on record",
            "other": "Something else",
            "not_known": "Not known",
        },
    ),
    *_unverified(CodeSet.RISK, _OURS, {"immediate": "Immediate", "high": "High", "routine": "Routine", "none": "None"}),
    *_unverified(
        CodeSet.QUALIFYING,
        _OURS,
        {
            "not_considered": "Not considered",
            "possible": "Possible",
            "unlikely": "Unlikely",
            "advice_sought": "Advice sought",
        },
    ),
    *(
        Default(CodeSet.QUALIFYING_HEADING, key, name, source=_ACT, certainty=_CONFIRMED)
        for key, name in {
            "criminal_offence": "Criminal offence",
            "legal_obligation": "Breach of a legal obligation",
            "miscarriage_of_justice": "Miscarriage of justice",
            "health_or_safety": "Danger to health or safety",
            "environment": "Environmental damage",
            "concealment": "Concealment of any of these",
        }.items()
    ),
    Default(
        CodeSet.QUALIFYING_HEADING,
        "sexual_harassment",
        "Sexual harassment",
        valid_from=_SEXUAL_HARASSMENT,
        source=_ACT_AMENDED,
        certainty=_CONFIRMED,
    ),
    *_unverified(
        CodeSet.DETRIMENT_FORM,
        _OURS,
        {
            "exclusion": "Exclusion",
            "rota_duties": "Rota or duties",
            "blocked_progression": "Blocked progression",
            "performance_disciplinary": "Performance or disciplinary process",
            "verbal_demeaning": "Demeaning words or treatment",
            "contract_pay": "Contract or pay",
            "threat": "Threat",
            "other": "Other",
        },
    ),
    *_unverified(
        CodeSet.DETRIMENT_SOURCE,
        _OURS,
        {
            "manager": "Manager",
            "senior_leader": "Senior leader or executive",
            "peer": "Colleague",
            "team": "Team",
            "hr": "HR",
            "other": "Other",
            "not_known": "Not known",
        },
    ),
    *_unverified(CodeSet.SPOKEN_UP_TO, _OURS, {"guardian": "Guardian", "manager": "Manager", "other": "Somebody else"}),
    *_unverified(
        CodeSet.ESCALATION,
        _OURS,
        {
            "manager": "Manager",
            "director": "Director",
            "executive_lead": "Executive lead",
            "non_executive_lead": "Non-executive lead",
            "chief_executive": "Chief executive",
            "chair": "Chair",
            "counter_fraud": "Counter fraud",
            "safeguarding": "Safeguarding",
            "cqc": "Care Quality Commission",
            "nhs_england": "NHS England",
            "professional_regulator": "Professional regulator",
            "police": "Police",
            "other": "Other",
        },
    ),
    *_unverified(
        CodeSet.DISCLOSURE_BASIS,
        _OURS,
        {"agreement": "With agreement", "serious_risk": "Serious risk", "legal_duty": "Legal duty"},
    ),
    *_unverified(
        CodeSet.FEEDBACK,
        _RECORDING,
        {"yes": "Yes", "no": "No", "maybe": "Maybe", "dont_know": "I don't know"},
        _OPENING_LIST,
    ),
    *_unverified(
        CodeSet.CHARACTERISTIC,
        _EQUALITY_ACT,
        {
            "age": "Age",
            "sex": "Sex",
            "gender_identity": "Gender the same as registered at birth",
            "ethnicity": "Ethnic group",
            "disability": "Disability",
            "religion": "Religion or belief",
            "orientation": "Sexual orientation",
            "pregnancy": "Pregnant or on maternity leave in the past year",
            "marriage": "Marriage or civil partnership",
        },
    ),
    *_unverified(
        CodeSet.CHARACTERISTIC,
        _RECORDING,
        {"overseas_trained": "Trained overseas", "working_pattern": "Working pattern"},
    ),
    *_answers(),
]

_NATIONAL_VERSIONS = {
    CodeSet.ELEMENT: (
        DefaultVersion(CodeSet.ELEMENT, _OPENING, _OPENING_LIST, _CASE_REPORTS, _CONFIRMED),
        DefaultVersion(CodeSet.ELEMENT, _SPLIT, _SPLIT_LIST, _CASE_REPORTS, _CONFIRMED),
    ),
    CodeSet.WORKER_GROUP: (
        DefaultVersion(CodeSet.WORKER_GROUP, _OPENING, _STAFF_GROUP_LIST, _STAFF_GROUPS, _UNVERIFIED),
    ),
    CodeSet.HOW_RAISED: (DefaultVersion(CodeSet.HOW_RAISED, _OPENING, _OPENING_LIST, _CASE_REPORTS, _CONFIRMED),),
    CodeSet.FEEDBACK: (DefaultVersion(CodeSet.FEEDBACK, _OPENING, _OPENING_LIST, _RECORDING, _UNVERIFIED),),
    CodeSet.QUALIFYING_HEADING: (
        DefaultVersion(CodeSet.QUALIFYING_HEADING, _OPENING, "Section 43B", _ACT, _CONFIRMED),
        DefaultVersion(
            CodeSet.QUALIFYING_HEADING, _SEXUAL_HARASSMENT, "Section 43B as amended", _ACT_AMENDED, _CONFIRMED
        ),
    ),
}

VERSIONS: list[DefaultVersion] = [
    version
    for which in CodeSet
    for version in _NATIONAL_VERSIONS.get(which, (DefaultVersion(which, _OPENING, _OWN_LIST, _OURS, _UNVERIFIED),))
]


def shipped_names(which: CodeSet) -> dict[str, str]:
    """Map the keys of a list that nobody changes to their names, for words written where no list is at hand."""
    return {each.key: each.name for each in DEFAULTS if each.set is which}
