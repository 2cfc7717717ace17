"""Every list a case may be coded with, for the organisations there are: with what each code counts as nationally.

A new organisation adopts the same lists when it is founded; what is written here is how they stood on the day of this
migration.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009_lists"
down_revision = "0008_clocks"
branch_labels = None
depends_on = None

# What the application may do with the new table beside reading and adding.
OWNED = {"code_set_version": "UPDATE"}

ROLE = "speakup_app"
HERE = "nullif(current_setting('speakup.organisation', true), '')::uuid"

OPENING, SPLIT, AMENDED = date(2021, 4, 1), date(2022, 4, 1), date(2026, 4, 6)
CONFIRMED, UNVERIFIED = "confirmed", "unverified"
RECORDING = "recording cases and reporting data guidance, February 2024"
OURS = "proposed with Speak Up"
BOARD_PAPERS = "themes in published board papers"
ACT = "Employment Rights Act 1996, section 43B"
ACT_AMENDED = "Employment Rights Act 2025, section 23"
EQUALITY_ACT = "Equality Act 2010"
CENSUS = "census of England and Wales, 2011"
CASE_REPORTS = "National Guardian's Office case reports, 2022 and 2023"
STAFF_GROUPS = "Electronic Staff Record staff groups"

# List, source, certainty, first day, national list, and each key with its name.
CODES: tuple[tuple[str, str, str, date, str, dict[str, str]], ...] = (
    ("theme", BOARD_PAPERS, UNVERIFIED, OPENING, "", {
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
    }),
    ("worker relationship", RECORDING, UNVERIFIED, OPENING, "", {
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
    }),
    ("seniority", RECORDING, UNVERIFIED, OPENING, "", {
        "worker": "Worker",
        "manager": "Manager",
        "senior_leader": "Senior leader",
        "not_known": "Not known",
    }),
    ("length of service", OURS, UNVERIFIED, OPENING, "", {
        "first_90_days": "First 90 days",
        "first_year": "First year",
        "longer": "Longer than a year",
        "not_known": "Not known",
    }),
    ("prior route", RECORDING, UNVERIFIED, OPENING, "", {
        "none": "None",
        "line_manager": "Line manager",
        "hr": "HR",
        "incident_system": "Incident system",
        "union": "Union",
        "other_guardian": "Another guardian",
        "other": "Other",
        "not_known": "Not known",
    }),
    ("support offered", OURS, UNVERIFIED, OPENING, "", {
        "occupational_health": "Occupational health",
        "union": "Union or professional body",
        "counselling": "Counselling",
        "helpline": "Outside helpline",
        "other": "Other",
    }),
    ("want", OURS, UNVERIFIED, OPENING, "", {
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
    }),
    ("risk", OURS, UNVERIFIED, OPENING, "", {
        "immediate": "Immediate",
        "high": "High",
        "routine": "Routine",
        "none": "None",
    }),
    ("qualifying disclosure", OURS, UNVERIFIED, OPENING, "", {
        "not_considered": "Not considered",
        "possible": "Possible",
        "unlikely": "Unlikely",
        "advice_sought": "Advice sought",
    }),
    ("qualifying disclosure heading", ACT, CONFIRMED, OPENING, "", {
        "criminal_offence": "Criminal offence",
        "legal_obligation": "Breach of a legal obligation",
        "miscarriage_of_justice": "Miscarriage of justice",
        "health_or_safety": "Danger to health or safety",
        "environment": "Environmental damage",
        "concealment": "Concealment of any of these",
    }),
    ("qualifying disclosure heading", ACT_AMENDED, CONFIRMED, AMENDED, "", {
        "sexual_harassment": "Sexual harassment",
    }),
    ("detriment form", OURS, UNVERIFIED, OPENING, "", {
        "exclusion": "Exclusion",
        "rota_duties": "Rota or duties",
        "blocked_progression": "Blocked progression",
        "performance_disciplinary": "Performance or disciplinary process",
        "verbal_demeaning": "Demeaning words or treatment",
        "contract_pay": "Contract or pay",
        "threat": "Threat",
        "other": "Other",
    }),
    ("detriment source", OURS, UNVERIFIED, OPENING, "", {
        "manager": "Manager",
        "senior_leader": "Senior leader or executive",
        "peer": "Colleague",
        "team": "Team",
        "hr": "HR",
        "other": "Other",
        "not_known": "Not known",
    }),
    ("spoken up to", OURS, UNVERIFIED, OPENING, "", {
        "guardian": "Guardian",
        "manager": "Manager",
        "other": "Somebody else",
    }),
    ("escalation", OURS, UNVERIFIED, OPENING, "", {
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
    }),
    ("disclosure basis", OURS, UNVERIFIED, OPENING, "", {
        "agreement": "With agreement",
        "serious_risk": "Serious risk",
        "legal_duty": "Legal duty",
    }),
    ("feedback", RECORDING, UNVERIFIED, OPENING, "NGO-2021-04", {
        "yes": "Yes",
        "no": "No",
        "maybe": "Maybe",
        "dont_know": "I don't know",
    }),
    ("characteristic", EQUALITY_ACT, UNVERIFIED, OPENING, "", {
        "age": "Age",
        "sex": "Sex",
        "gender_identity": "Gender the same as registered at birth",
        "ethnicity": "Ethnic group",
        "disability": "Disability",
        "religion": "Religion or belief",
        "orientation": "Sexual orientation",
        "pregnancy": "Pregnant or on maternity leave in the past year",
        "marriage": "Marriage or civil partnership",
    }),
    ("characteristic", RECORDING, UNVERIFIED, OPENING, "", {
        "overseas_trained": "Trained overseas",
        "working_pattern": "Working pattern",
    }),
    ("age band", OURS, UNVERIFIED, OPENING, "", {
        "under_25": "Under 25",
        "25_to_34": "25 to 34",
        "35_to_44": "35 to 44",
        "45_to_54": "45 to 54",
        "55_to_64": "55 to 64",
        "65_or_over": "65 or over",
        "prefer_not": "Prefer not to say",
        "not_asked": "Not asked",
    }),
    ("sex", EQUALITY_ACT, UNVERIFIED, OPENING, "", {
        "female": "Female",
        "male": "Male",
        "prefer_not": "Prefer not to say",
        "not_asked": "Not asked",
    }),
    ("gender same as at birth", EQUALITY_ACT, UNVERIFIED, OPENING, "", {
        "yes": "Yes",
        "no": "No",
        "prefer_not": "Prefer not to say",
        "not_asked": "Not asked",
    }),
    ("ethnicity", CENSUS, UNVERIFIED, OPENING, "", {
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
        "prefer_not": "Prefer not to say",
        "not_asked": "Not asked",
    }),
    ("disability", EQUALITY_ACT, UNVERIFIED, OPENING, "", {
        "yes": "Yes",
        "no": "No",
        "prefer_not": "Prefer not to say",
        "not_asked": "Not asked",
    }),
    ("religion or belief", CENSUS, UNVERIFIED, OPENING, "", {
        "none": "No religion",
        "christian": "Christian",
        "buddhist": "Buddhist",
        "hindu": "Hindu",
        "jewish": "Jewish",
        "muslim": "Muslim",
        "sikh": "Sikh",
        "other": "Any other religion or belief",
        "prefer_not": "Prefer not to say",
        "not_asked": "Not asked",
    }),
    ("sexual orientation", EQUALITY_ACT, UNVERIFIED, OPENING, "", {
        "heterosexual": "Straight or heterosexual",
        "gay_lesbian": "Gay or lesbian",
        "bisexual": "Bisexual",
        "other": "Another orientation",
        "prefer_not": "Prefer not to say",
        "not_asked": "Not asked",
    }),
    ("pregnancy or maternity", EQUALITY_ACT, UNVERIFIED, OPENING, "", {
        "yes": "Yes",
        "no": "No",
        "prefer_not": "Prefer not to say",
        "not_asked": "Not asked",
    }),
    ("marriage or civil partnership", EQUALITY_ACT, UNVERIFIED, OPENING, "", {
        "married": "Married",
        "civil_partnership": "In a civil partnership",
        "neither": "Neither",
        "prefer_not": "Prefer not to say",
        "not_asked": "Not asked",
    }),
    ("trained overseas", RECORDING, UNVERIFIED, OPENING, "", {
        "yes": "Yes",
        "no": "No",
        "prefer_not": "Prefer not to say",
        "not_asked": "Not asked",
    }),
    ("working pattern", RECORDING, UNVERIFIED, OPENING, "", {
        "full_time": "Full time",
        "part_time": "Part time",
        "other": "Another pattern",
        "prefer_not": "Prefer not to say",
        "not_asked": "Not asked",
    }),
)  # fmt: skip

FIRST_POSITION = 34
"""After the codes an organisation has had from the start."""

# List, first day, name, source and certainty of each version that is not our own proposal.
VERSIONS = (
    ("element", OPENING, "NGO-2021-04", CASE_REPORTS, CONFIRMED),
    ("element", SPLIT, "NGO-2022-04", CASE_REPORTS, CONFIRMED),
    ("worker group", OPENING, "ESR staff groups", STAFF_GROUPS, UNVERIFIED),
    ("how raised", OPENING, "NGO-2021-04", CASE_REPORTS, CONFIRMED),
    ("qualifying disclosure heading", OPENING, "Section 43B", ACT, CONFIRMED),
    ("qualifying disclosure heading", AMENDED, "Section 43B as amended", ACT_AMENDED, CONFIRMED),
    ("feedback", OPENING, "NGO-2021-04", RECORDING, UNVERIFIED),
)

PROPOSED = (
    "route", "outcome", "theme", "worker relationship", "seniority", "length of service", "prior route",
    "support offered", "want", "risk", "qualifying disclosure", "detriment form", "detriment source",
    "spoken up to", "escalation", "disclosure basis", "characteristic", "age band", "sex",
    "gender same as at birth", "ethnicity", "disability", "religion or belief", "sexual orientation",
    "pregnancy or maternity", "marriage or civil partnership", "trained overseas", "working pattern",
)  # fmt: skip
"""Lists whose first version is our own proposal."""

# Of the lists there have been: the national list and the codes that are in it.
NATIONAL = (
    ("element", "NGO-2021-04", (
        "patient_safety", "worker_safety", "bullying_harassment", "detriment",
    )),
    ("element", "NGO-2022-04", (
        "other_behaviours",
    )),
    ("worker group", "ESR staff groups", (
        "additional_clinical", "additional_professional", "administrative", "allied_health", "estates",
        "healthcare_scientists", "medical_dental", "nursing_midwifery", "students", "other", "not_known",
    )),
    ("how raised", "NGO-2021-04", (
        "anonymous",
    )),
)  # fmt: skip

organisation = sa.table("organisation", sa.column("id", sa.Uuid()))
code = sa.table(
    "code",
    sa.column("organisation_id", sa.Uuid()),
    sa.column("set", sa.String()),
    sa.column("key", sa.String()),
    sa.column("valid_from", sa.Date()),
    sa.column("name", sa.Text()),
    sa.column("position", sa.Integer()),
    sa.column("source", sa.Text()),
    sa.column("certainty", sa.String()),
    sa.column("national_set", sa.String()),
    sa.column("national_key", sa.String()),
)
version = sa.table(
    "code_set_version",
    sa.column("organisation_id", sa.Uuid()),
    sa.column("set", sa.String()),
    sa.column("valid_from", sa.Date()),
    sa.column("name", sa.String()),
    sa.column("source", sa.Text()),
    sa.column("certainty", sa.String()),
)


def upgrade() -> None:
    op.add_column("code", sa.Column("national_set", sa.String(length=60), nullable=False, server_default=""))
    op.add_column("code", sa.Column("national_key", sa.String(length=60), nullable=False, server_default=""))
    op.create_table(
        "code_set_version",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("set", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("certainty", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "set", "valid_from", name=op.f("pk_code_set_version")),
        sqlite_with_rowid=False,
    )
    organisations = list(op.get_bind().scalars(sa.select(organisation.c.id)))
    with _every_row():
        for which, national_set, keys in NATIONAL:
            shipped = code.update().where(code.c.set == which, code.c.key.in_(keys))
            op.execute(shipped.values(national_set=national_set, national_key=code.c.key))
        for each in organisations:
            op.bulk_insert(code, list(_codes(each)))
            op.bulk_insert(version, list(_versions(each)))
    _protect()


def downgrade() -> None:
    with _every_row():
        op.execute(code.delete().where(code.c.set.in_(sorted({which for which, *_ in CODES}))))
    op.drop_table("code_set_version")
    op.drop_column("code", "national_key")
    op.drop_column("code", "national_set")


@contextmanager
def _every_row() -> Iterator[None]:
    """Let the owner reach every organisation's codes: on PostgreSQL not even the owner sees one without being asked."""
    forced = op.get_bind().dialect.name == "postgresql"
    if forced:
        op.execute("ALTER TABLE code NO FORCE ROW LEVEL SECURITY")
    yield
    if forced:
        op.execute("ALTER TABLE code FORCE ROW LEVEL SECURITY")


def _codes(organisation_id: object) -> Iterator[dict[str, Any]]:
    position = FIRST_POSITION
    for which, source, certainty, first, national_set, pairs in CODES:
        for key, name in pairs.items():
            yield {
                "organisation_id": organisation_id,
                "set": which,
                "key": key,
                "valid_from": first,
                "name": name,
                "position": position,
                "source": source,
                "certainty": certainty,
                "national_set": national_set,
                "national_key": key if national_set else "",
            }
            position += 1


def _versions(organisation_id: object) -> Iterator[dict[str, Any]]:
    ours = [(which, OPENING, "Speak Up 1", OURS, UNVERIFIED) for which in PROPOSED]
    for which, first, name, source, certainty in (*VERSIONS, *ours):
        yield {
            "organisation_id": organisation_id,
            "set": which,
            "valid_from": first,
            "name": name,
            "source": source,
            "certainty": certainty,
        }


def _protect() -> None:
    """Let the application see one organisation's rows of the new table at a time, and no more than it needs."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("ALTER TABLE code_set_version ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY one_organisation ON code_set_version USING (organisation_id = {HERE})")
    found = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
    if found is not None:
        op.execute(f"GRANT SELECT, INSERT, {OWNED['code_set_version']} ON code_set_version TO {ROLE}")
