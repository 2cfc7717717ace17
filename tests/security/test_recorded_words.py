"""A thief with the database finds not one word of what a guardian wrote down, nor who belongs to a group."""

import sqlalchemy as sa

from speakup import cases, keyring
from speakup.cases import Exclusions, HowRaised, OneOfGroup, PersonDetails, Recorded, Work
from speakup.tables import METADATA
from tests.databases import Stored
from tests.security.finding import forms_of
from tests.trusts import Trust

PLANTED = {
    "narrative": "The Wisteria trolley has had a broken wheel since the summer",
    "own words": "I was told by the Wisteria sister to keep quiet about it",
    "title": "Wisteria trolley with a broken wheel",
    "name": "Wilhelmina Wisteria-Whitfield",
    "contact": "wilhelmina.wisteria@example.net",
    "safe": "Never telephone the Wisteria office before eight",
    "role": "Wisteria porter on the late turn",
    "others": "Not the cousin of the Wisteria superintendent",
    "shared": "All of Wisteria meet the estates office on Thursday",
}


def test_nothing_that_was_written_down_lies_in_the_database_in_clear(trust: Trust) -> None:
    def one(narrative: str) -> Recorded:
        return Recorded(
            narrative=narrative,
            route="phone",
            how_raised=HowRaised.CONFIDENTIAL,
            title=PLANTED["title"],
            person=PersonDetails(PLANTED["name"], PLANTED["contact"], PLANTED["safe"]),
            work=Work(role=PLANTED["role"]),
            exclusions=Exclusions(others=PLANTED["others"]),
        )

    with trust.work(trust.guardian) as uow:
        cases.record_case(uow, one(PLANTED["narrative"]))
        people = [OneOfGroup(one(PLANTED[said]), agrees=True) for said in ("narrative", "own words")]
        together = cases.record_group(uow, people, PLANTED["narrative"])
        cases.share_with_group(uow, together[0], PLANTED["shared"])
        refs = [each.ref for each in together]
        generation = keyring.current_generation(uow)
    receipt = keyring.draw_receipt()
    secrets = keyring.submit_secrets(receipt, generation, trust.id, "tests")
    with trust.work(trust.guardian) as uow:
        cases.give_first_words(uow, cases.find(uow, refs[0]), secrets, generation.number)
        assert PLANTED["shared"] in {each.text for each in cases.open_group(uow, cases.find(uow, refs[0])).shared}  # type: ignore[union-attr]
    stored = everything_in(trust.stored)
    planted = {**PLANTED, "words": receipt.text()}
    assert [name for name, said in planted.items() if any(form in stored for form in forms_of(said))] == []
    # What may stand in clear is found in the same way, so the looking looks.
    assert all(ref.encode() in stored for ref in refs)


def everything_in(stored: Stored) -> bytes:
    """Every value of every row; of SQLite the files as well, with what was there before."""
    with stored.unbound() as connection:
        values = [
            value if isinstance(value, bytes) else str(value).encode()
            for table in METADATA.sorted_tables
            for row in connection.execute(sa.select(table))
            for value in row
        ]
    files = stored.file.parent.glob(f"{stored.file.name}*") if stored.file else ()
    return b"\n".join([*values, *(each.read_bytes() for each in files)])
