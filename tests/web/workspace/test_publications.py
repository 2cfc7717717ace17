"""A publication through the pages: prepared, checked, read by a second person, signed, published, and never changed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from speakup import assurance, audit, insight, learning, papers, vocabulary
from speakup.audit import Event
from speakup.kernel.errors import Conflict, Forbidden, NotFound
from speakup.kernel.ids import new_reference
from speakup.papers import Kind, State
from speakup.vocabulary import CodeSet
from speakup.web.workspace.publication_approval import _numbers
from tests import factories
from tests.factories import closed_figures, run_checks
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

SignIn = Callable[[Colleague], PageClient]
READ = ["names", "posts", "days", "quotes", "known"]


def begin(page: PageClient, what: str, **more: str) -> Page:
    return page.submit("/publications/new", "Begin", what=what, year_before="280", **more)


def checked(page: PageClient, trust: Trust, quarter: str) -> str:
    """Bring a quarter's publication to where a second person reads it; return its address."""
    begun = begin(page, f"quarter:{quarter}")
    address = begun.path
    page.submit(begun, "Check it")
    run_checks(trust)
    return address


def approve(page: PageClient, address: str) -> Page:
    return page.submit(f"{address}/approve", "Approve and sign", read=READ)


def published(prepares: PageClient, approves: PageClient, trust: Trust, quarter: str) -> str:
    address = checked(prepares, trust, quarter)
    approve(approves, address)
    prepares.submit(address, "Publish it")
    return address.rpartition("/")[2]


def state(trust: Trust, address: str) -> State:
    with trust.work(trust.guardian) as uow:
        return papers.find_publication(uow, address.rpartition("/")[2]).state


def test_a_quarter_goes_from_the_first_click_to_the_board(
    guardian: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    quarter = closed_figures(trust, 4)[-1]
    begun = begin(guardian, f"quarter:{quarter}")
    assert "Being written" in begun.text
    checking = guardian.submit(begun, "Check it")
    assert "Being checked" in checking.text
    run_checks(trust)
    seen = guardian.get(begun.path)
    assert "The closest anyone who is not among those counted can come to any small number is 0 to 4." in seen.text
    preview = guardian.get(f"{begun.path}/preview")
    assert "People who spoke up" in preview.text
    assert "fewer people than the threshold" in preview.text
    approve(signed_in(trust.lead), begun.path)
    done = guardian.submit(begun.path, "Publish it")
    assert "Published. The board can open it now" in done.text
    with trust.work(trust.executive_lead) as uow:
        assert papers.latest(uow) == papers.find_published(uow, begun.path.rpartition("/")[2])


def test_nobody_on_the_board_opens_what_is_not_published(guardian: PageClient, signed_in: SignIn, trust: Trust) -> None:
    quarter = closed_figures(trust, 4)[-1]
    address = checked(guardian, trust, quarter)
    ref = address.rpartition("/")[2]
    for step in (lambda: None, lambda: approve(signed_in(trust.lead), address)):
        step()
        with trust.work(trust.executive_lead) as uow:
            assert papers.published_list(uow) == []
            with pytest.raises(NotFound):
                papers.find_published(uow, ref)
    assert state(trust, address) is State.APPROVED
    with trust.work(trust.guardian) as uow:
        assert len(papers.releases(uow)) > 0


def test_whoever_wrote_it_does_not_approve_it(guardian: PageClient, signed_in: SignIn, trust: Trust) -> None:
    quarter = closed_figures(trust, 4)[-1]
    address = checked(guardian, trust, quarter)
    assert "another guardian or the non-executive lead has to approve it" in guardian.get(address).text
    assert "nothing here for you to approve" in guardian.get(f"{address}/approve").text
    with trust.work(trust.guardian) as uow:
        row = papers.find_publication(uow, address.rpartition("/")[2])
        with pytest.raises(Forbidden):
            papers.approve(uow, row, row.digest, b"")
    assert "Approved and signed" in approve(signed_in(trust.non_executive_lead), address).text


def test_a_board_member_who_approves_is_not_told_why_a_number_is_masked(
    guardian: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    address = checked(guardian, trust, closed_figures(trust, 4)[-1])
    for who, told in ((trust.lead, True), (trust.non_executive_lead, False)):
        for page in ("preview", "approve"):
            shown = signed_in(who).get(f"{address}/{page}").text
            assert "People who spoke up" in shown
            assert ("fewer people than the threshold" in shown) is told


def test_a_quarter_is_compared_with_the_one_before_it_alone(
    guardian: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    quarters = closed_figures(trust, 4)
    said = {}
    for quarter in (quarters[0], quarters[2], quarters[3]):
        address = checked(guardian, trust, quarter)
        approve(signed_in(trust.lead), address)
        guardian.submit(address, "Publish it")
        with trust.work(trust.executive_lead) as uow:
            said[quarter] = papers.find_published(uow, address.rpartition("/")[2]).headline[0]
    assert "quarter before" not in said[quarters[2]]
    assert "quarter before" in said[quarters[3]]


def test_a_second_person_marks_each_line_of_the_list(guardian: PageClient, signed_in: SignIn, trust: Trust) -> None:
    address = checked(guardian, trust, closed_figures(trust, 4)[-1])
    refused = signed_in(trust.lead).submit(f"{address}/approve", "Approve and sign", read=READ[1:])
    assert refused.status == 422
    assert refused.errors == ["Read it against each line, and mark all of them"]
    assert state(trust, address) is State.CHECKED


def test_what_changed_since_it_was_shown_is_not_signed(guardian: PageClient, signed_in: SignIn, trust: Trust) -> None:
    address = checked(guardian, trust, closed_figures(trust, 4)[-1])
    lead = signed_in(trust.lead)
    shown = lead.get(f"{address}/approve")
    guardian.submit(f"{address}/words", "Save", text_cases="More people came.")
    guardian.submit(address, "Check it")
    run_checks(trust)
    answer = lead.submit(shown, "Approve and sign", read=READ)
    assert answer.status == 409
    assert "It has changed since you opened this page" in answer.text
    assert "More people came." in answer.text


def test_what_a_name_would_tell_is_marked_for_the_second_person(
    guardian: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    quarter = closed_figures(trust, 4)[-1]
    address = begin(guardian, f"quarter:{quarter}").path
    guardian.submit(f"{address}/words", "Save", text_reach="Gail Guard went to 37 wards.")
    guardian.submit(address, "Check it")
    run_checks(trust)
    page = signed_in(trust.lead).get(f"{address}/approve")
    assert {each.get_text() for each in page.soup.find_all("mark")} >= {"Gail Guard", "37"}


def test_words_of_a_theme_without_its_theme_come_back_with_every_word(guardian: PageClient, trust: Trust) -> None:
    address = begin(guardian, f"quarter:{closed_figures(trust, 4)[-1]}").path
    words = "Rotas come out later than they did."
    page = guardian.submit(f"{address}/words", "Save", theme_text_1=words, text_cases="More people came.")
    assert (page.status, page.errors) == (422, ["Choose the theme that these words are about, or take them out"])
    assert page.soup.select_one("#theme_text_1").get_text(strip=True) == words  # type: ignore[union-attr]
    with trust.work(trust.guardian) as uow:
        assert papers.read_words(papers.find_publication(uow, address.rpartition("/")[2]).words) == papers.Words()
        (theme, *_others) = vocabulary.names(uow, CodeSet.THEME).values()
    guardian.submit(page, "Save", theme_1=theme)
    with trust.work(trust.guardian) as uow:
        (kept,) = papers.read_words(papers.find_publication(uow, address.rpartition("/")[2]).words).themes
    assert (kept.heading, kept.paragraphs) == (theme, (words,))


def test_an_action_does_not_name_a_theme_that_is_masked(guardian: PageClient, signed_in: SignIn, trust: Trust) -> None:
    themes = {"behaviours": 40, "bullying": 30, "staffing": 20, "systems": 1}
    quarter = closed_figures(trust, 4, themes=themes)[-1]
    agreed = learning.ActionState.AGREED
    made = [factories.action(trust, agreed, title=theme, theme=theme) for theme in themes]
    address = begin(guardian, f"quarter:{quarter}").path
    guardian.submit(f"{address}/words", "Save", actions=[each.ref for each in made])
    guardian.submit(address, "Check it")
    run_checks(trust)
    approve(signed_in(trust.lead), address)
    guardian.submit(address, "Publish it")
    with trust.work(trust.executive_lead) as uow:
        pack = papers.find_published(uow, address.rpartition("/")[2])
        names = vocabulary.names(uow, CodeSet.THEME)
    table = pack.table("theme")
    assert table is not None
    shown = {line for line in table.axes[0][1] if table.figure(line).shown is not None}
    assert {each.title: each.theme for each in pack.actions} == {
        theme: names[theme] if names[theme] in shown else "" for theme in themes
    }
    assert names["behaviours"] in shown
    assert names["systems"] not in shown


def test_the_second_person_reads_every_word_that_goes_out(
    guardian: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    with trust.work(trust.guardian) as uow:
        assurance.keep_figure(uow, factories.beside(uow.today, "5.10"))
    agreed = learning.ActionState.AGREED
    action = factories.action(
        trust, agreed, title="Later handovers for Gail Guard", change="Gail Guard sees to the rota."
    )
    address = begin(guardian, f"quarter:{closed_figures(trust, 4)[-1]}").path
    guardian.submit(
        f"{address}/words", "Save", recommendation="Thank Gail Guard for 1,999 visits.", agenda_item="6.5",
        text_reach="In 2.5 rounds.", actions=[action.ref],
    )  # fmt: skip
    guardian.submit(address, "Check it")
    run_checks(trust)
    page = signed_in(trust.lead).get(f"{address}/approve")
    marked = [each.get_text() for each in page.soup.find_all("mark")]
    assert marked.count("Gail Guard") == 3
    assert [each.get_text() for each in page.soup.select("h3 mark")] == ["Gail Guard"]
    assert {"1,999", "6.5", "2.5", "5.10"} <= set(marked)
    assert "Later handovers" in page.text
    with trust.work(trust.lead) as uow:
        pack = papers.preview(papers.find_publication(uow, address.rpartition("/")[2]))
    assert pack is not None
    words = "\n\n".join(each.get_text() for each in page.soup.select("p.app-typed"))
    assert all(line in words for line in (*pack.method, "Electronic staff record"))


def test_a_number_that_a_table_has_is_not_marked_however_it_is_written() -> None:
    text = "There were 1,204, that is 1204: not 1,205, nor 6.5."
    assert [text[each.start : each.end] for each in _numbers(text, {1204, 6, 5, None})] == ["1,205", "6.5"]


def test_learning_actions_are_counted_whether_or_not_they_are_printed(guardian: PageClient, trust: Trust) -> None:
    states = learning.ActionState
    for state, due in (
        (states.IN_PROGRESS, 30),
        (states.IN_PROGRESS, 90),
        (states.IMPLEMENTED, 30),
        (states.CLOSED, 30),
    ):
        factories.action(trust, state, due_in=due)
    with trust.work(trust.guardian) as uow:
        dated = day(uow.today + timedelta(days=60))
    begun = begin(guardian, f"quarter:{closed_figures(trust, 4)[-1]}", **dated)
    guardian.submit(begun, "Check it")
    run_checks(trust)
    address = begun.path
    seen = guardian.get(f"{address}/preview").text
    assert "Three learning actions are under way; one of them is past the day due." in seen


def test_stopping_and_letting_go_of_a_check_are_recorded(guardian: PageClient, signed_in: SignIn, trust: Trust) -> None:
    *_, before, quarter = closed_figures(trust, 4)
    first, second = checked(guardian, trust, before), checked(guardian, trust, quarter)
    lead = signed_in(trust.lead)
    approve(lead, first)
    assert recorded_more(trust, second, lambda: approve(lead, second)) == 1
    guardian.submit(second, "Check it")
    assert recorded_more(trust, second, lambda: guardian.submit(second, "Stop the check")) == 1


def recorded_more(trust: Trust, address: str, act: Callable[[], object]) -> int:
    def recorded() -> int:
        with trust.work(trust.guardian) as uow:
            row = papers.find_publication(uow, address.rpartition("/")[2])
            return sum(each.event is Event.PUBLICATION_KEPT for each in audit.history(uow, row.id))

    before = recorded()
    act()
    return recorded() - before


@pytest.mark.parametrize("name", ["meeting", "recommendation", "text_cases", "story_0", "story_text_0", "asked_0"])
def test_the_reference_of_a_case_is_refused_in_every_text(guardian: PageClient, trust: Trust, name: str) -> None:
    address = begin(guardian, f"quarter:{closed_figures(trust, 4)[-1]}").path
    words = {"story_text_0": "It went well.", name: f"As in {new_reference()}."}
    refused = guardian.submit(f"{address}/words", "Save", **words)
    assert (refused.status, refused.errors) == (422, ["The reference of a case stands here. Take it out"])


@pytest.mark.parametrize(
    ("name", "said", "refusal"),
    [
        ("progress_1", "Two rooms were found.", "Write the recommendation that this came of"),
        ("story_1", "A night shift", "Write the story under this heading, or take the heading out"),
        ("theme_1", "", "Write about this theme, or choose none"),
    ],
)
def test_half_of_what_belongs_together_is_refused_and_kept(
    guardian: PageClient, trust: Trust, name: str, said: str, refusal: str
) -> None:
    with trust.work(trust.guardian) as uow:
        said = said or next(iter(vocabulary.names(uow, vocabulary.CodeSet.THEME).values()))
    address = begin(guardian, f"quarter:{closed_figures(trust, 4)[-1]}").path
    refused = guardian.submit(f"{address}/words", "Save", **{name: said})
    assert (refused.status, refused.errors) == (422, [refusal])
    (typed,) = refused.soup.select(f"[name={name}]")
    kept = [each["value"] for each in typed.select("option[selected]")] or [typed.get("value") or typed.get_text()]
    assert [str(each).strip() for each in kept] == [said]


def test_a_month_is_refused_and_every_word_stays(guardian: PageClient, trust: Trust) -> None:
    address = begin(guardian, f"quarter:{closed_figures(trust, 4)[-1]}").path
    refused = guardian.submit(f"{address}/words", "Save", text_cases="It began in August.", author="The guardian")
    assert refused.status == 422
    assert refused.errors == [
        "Leave out the month (August), which can tell who it was. Write the quarter instead: “quarter 2”, or the year"
    ]
    assert "It began in August." in refused.body
    assert 'value="The guardian"' in refused.body


@pytest.mark.parametrize("field", ["asked_0", "progress_0", "recommendation", "purpose", "equality_impact"])
def test_no_month_is_named_in_what_is_asked_of_the_board(guardian: PageClient, trust: Trust, field: str) -> None:
    address = begin(guardian, f"quarter:{closed_figures(trust, 4)[-1]}").path
    words = {"asked_0": "More time for this work.", field: "By the end of March it was heard again."}
    refused = guardian.submit(f"{address}/words", "Save", **words)
    assert refused.status == 422
    assert refused.errors == [
        "Leave out the month (March), which can tell who it was. Write the quarter instead: “quarter 4”, or the year"
    ]
    assert "By the end of March it was heard again." in refused.body
    kept = guardian.submit(refused, "Save", **words | {field: "By the end of quarter 4 we may march on."})
    assert kept.status == 200
    assert "we may march on" in guardian.get(f"{address}/words").body


def test_words_of_two_who_write_at_once_are_all_kept(guardian: PageClient, signed_in: SignIn, trust: Trust) -> None:
    address = begin(guardian, f"quarter:{closed_figures(trust, 4)[-1]}").path
    page = guardian.get(f"{address}/words")
    signed_in(trust.lead).submit(f"{address}/words", "Save", text_cases="The lead’s words.")
    answer = guardian.submit(page, "Save", text_cases="My words.")
    assert answer.status == 409
    assert "The lead’s words." in answer.text
    assert "My words." in answer.text
    assert guardian.submit(answer, "Save").status == 200
    with trust.work(trust.guardian) as uow:
        row = papers.find_publication(uow, address.rpartition("/")[2])
        assert papers.read_words(row.words).texts[0].paragraphs == ("My words.",)
        assert len(row.writers) == 2


def test_without_numbers_of_staff_it_is_withheld_and_says_so(guardian: PageClient, trust: Trust) -> None:
    address = checked(guardian, trust, closed_figures(trust, 4, staff=0)[-1])
    page = guardian.get(address)
    assert "Withheld" in page.text
    assert "Nobody has written down how many people work here." in page.text
    assert "/publications/headcount" in page.links()


@pytest.mark.parametrize("year_before", ["", "280"])
def test_a_quarter_with_hardly_a_case_is_withheld_and_says_so(
    guardian: PageClient, trust: Trust, year_before: str
) -> None:
    quarter = closed_figures(trust, 4, a_quarter=3)[-1]
    begun = guardian.submit("/publications/new", "Begin", what=f"quarter:{quarter}", year_before=year_before)
    guardian.submit(begun, "Check it")
    run_checks(trust)
    assert "So few people spoke up that no table may be shown." in guardian.get(begun.path).text


def test_nothing_comes_out_before_its_day(guardian: PageClient, signed_in: SignIn, trust: Trust) -> None:
    quarter = closed_figures(trust, 4)[-1]
    early = begin(guardian, f"quarter:{quarter}", **day(date(2020, 1, 1)))
    assert early.status == 422
    assert early.errors == ["Nothing of a quarter comes out before four weeks after its end. Write a later day"]
    with trust.work() as uow:
        year = uow.today.year + 1
    begun = begin(guardian, f"quarter:{quarter}", **day(date(year, 1, 1)))
    guardian.submit(begun, "Check it")
    run_checks(trust)
    approve(signed_in(trust.lead), begun.path)
    assert "Publish it" not in guardian.get(begun.path).text
    with trust.work(trust.guardian) as uow, pytest.raises(Conflict):
        papers.publish(uow, papers.find_publication(uow, begun.path.rpartition("/")[2]))


def day(value: date) -> dict[str, str]:
    return {"dated-day": str(value.day), "dated-month": str(value.month), "dated-year": str(value.year)}


def test_an_answer_goes_through_the_same_ledger(guardian: PageClient, signed_in: SignIn, trust: Trust) -> None:
    quarter = closed_figures(trust, 4)[-1]
    begun = guardian.submit("/publications/answer", "Begin", of=quarter, tables=["element"], year_before="280")
    guardian.submit(begun, "Check it")
    run_checks(trust)
    approve(signed_in(trust.lead), begun.path)
    guardian.submit(begun.path, "Publish it")
    ledger = guardian.get("/publications/ledger")
    ref = begun.path.rpartition("/")[2]
    (its,) = [each for each in ledger.soup.select("details") if f"{ref}: entered on" in each.get_text()]
    assert its.find("table") is not None
    assert "does not check out" not in ledger.text
    with trust.work(trust.executive_lead) as uow:
        pack = papers.find_published(uow, begun.path.rpartition("/")[2])
        assert [table.name for table in pack.tables] == ["element"]
        assert pack.headline == ()
        assert papers.latest(uow) is None
    member = signed_in(trust.executive_lead)
    for address in (f"{begun.path}/preview", f"/board/{begun.path.rpartition('/')[2]}"):
        assert "What is new" not in (guardian if address.endswith("preview") else member).get(address).text


def test_whoever_approves_a_restatement_is_told_that_a_case_was_coded_anew_since(
    guardian: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    whole = papers.of_year(papers.whole_years(closed_figures(trust, 7, a_quarter=60))[0])
    begun = begin(guardian, f"restatement:{','.join(whole)}")
    guardian.submit(begun, "Check it")
    run_checks(trust)
    reading = signed_in(trust.lead)
    page = reading.get(f"{begun.path}/approve")
    with trust.work() as uow:
        fact = uow.session.scalars(sa.select(insight.Fact).where(insight.Fact.counts_in == whole[0])).all()[0]
        fact.edition = insight.Edition.BEFORE
    refused = reading.submit(page, "Approve and sign", read=READ)
    assert "A case of this year was coded anew" in refused.text
    assert state(trust, begun.path) is State.DRAFT


def test_what_was_checked_beside_another_ledger_is_checked_again(
    guardian: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    *_, before, quarter = closed_figures(trust, 4)
    first, second = checked(guardian, trust, before), checked(guardian, trust, quarter)
    lead = signed_in(trust.lead)
    approve(lead, first)
    answer = approve(lead, second)
    assert "Check it again" in answer.text
    assert state(trust, second) is State.DRAFT


def test_a_decision_on_thresholds_is_recorded_and_printed(guardian: PageClient, trust: Trust) -> None:
    refused = guardian.submit("/publications/thresholds", "Record the decision", groups="5", trust_wide="5")
    assert refused.status == 422
    wrong = {"groups": "zz", "trust_wide": "zz", "least_staff": "zz"}
    unlike = guardian.submit("/publications/thresholds", "Record the decision", **wrong).errors
    assert len(set(unlike)) == len(unlike) >= len(wrong)
    done = guardian.submit(
        "/publications/thresholds",
        "Record the decision",
        groups="5",
        trust_wide="5",
        decision="Caldicott guardian, minute 12",
    )
    assert "Recorded." in done.text
    address = checked(guardian, trust, closed_figures(trust, 4)[-1])
    assert "Caldicott guardian, minute 12" in guardian.get(f"{address}/preview").text


def test_groups_are_asked_to_be_larger_before_it_is_checked(guardian: PageClient, trust: Trust) -> None:
    quarter = closed_figures(trust, 4)[-1]
    with trust.work(trust.guardian) as uow:
        groups = insight.groups_of(uow, insight.Measured.WORKER_GROUP)
        ladder = {group: ["Clinical" if at % 2 else "Not clinical"] for at, group in enumerate(groups)}
        insight.keep_ladder(uow, insight.Measured.WORKER_GROUP, ladder)
    begun = begin(guardian, f"quarter:{quarter}")
    guardian.submit(f"{begun.path}/words", "Save", text_cases="More people came.")
    page = guardian.get(f"{begun.path}/groups")
    assert f"{begun.path}/groups" in guardian.get(begun.path).links()
    assert "No finer than: Clinical, Not clinical" in page.text
    assert guardian.submit(page, "Save", worker_group="7").errors == ["Choose from the answers shown."]
    guardian.submit(page, "Save", worker_group="1")
    guardian.submit(begun.path, "Check it")
    run_checks(trust)
    with trust.work(trust.guardian) as uow:
        row = papers.find_publication(uow, begun.path.rpartition("/")[2])
        pack = papers.preview(row)
        assert row.rungs == {"worker_group": 1}
    assert pack is not None
    assert [text.paragraphs for text in pack.texts] == [("More people came.",)]
    table = pack.table("worker_group")
    assert table is not None
    assert set(table.axes[0][1]) <= {"Clinical", "Not clinical"}


def test_two_who_choose_groups_at_once_see_what_the_other_chose(
    guardian: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    begun = begin(guardian, f"quarter:{closed_figures(trust, 4)[-1]}")
    stale = guardian.get(f"{begun.path}/groups")
    signed_in(trust.lead).submit(f"{begun.path}/words", "Save", text_cases="More people came.")
    page = guardian.submit(stale, "Save")
    assert (page.status, "Somebody else has changed this publication meanwhile" in page.text) == (409, True)
    assert "Saved" in guardian.submit(page, "Save").text


def test_a_decision_that_charts_begin_anew_is_recorded_and_drawn(
    guardian: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    quarters = closed_figures(trust, 4)
    said = {"quarter": quarters[2], "why": "A second guardian began.", "decision": "Board, minute 4"}
    assert "/publications/charts" in guardian.get("/publications").links()
    refused = guardian.submit("/publications/charts", "Record the decision", **(said | {"decision": ""}))
    assert refused.errors == ["Write who decided it"]
    done = guardian.submit(refused, "Record the decision", **said)
    assert "Board, minute 4" in done.text
    assert "Gail Guard" in done.text
    again = guardian.submit("/publications/charts", "Record the decision", **said)
    assert again.errors == ["Charts begin anew with this quarter already. Choose another"]
    for quarter in quarters[1:3]:
        published(guardian, signed_in(trust.lead), trust, quarter)
    address = checked(guardian, trust, quarters[3])
    assert "A second guardian began." in signed_in(trust.lead).get(f"{address}/approve").text
    with trust.work(trust.guardian) as uow:
        pack = papers.preview(papers.find_publication(uow, address.rpartition("/")[2]))
    assert pack is not None
    assert quarters[2] in [each.at for each in pack.breaks]
    (line,) = pack.series_of(papers.Section.CASES)
    assert line.breaks == (1,)


def test_whoever_recorded_a_decision_does_not_approve_what_carries_it_first(
    guardian: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    quarters, lead = closed_figures(trust, 4), signed_in(trust.lead)
    said = {"quarter": quarters[2], "why": "A second guardian began.", "decision": "Board, minute 4"}
    lead.submit("/publications/charts", "Record the decision", **said)
    guardian.submit(
        "/publications/thresholds", "Record the decision", groups="5", trust_wide="5", decision="SIRO, minute 12"
    )
    first = checked(guardian, trust, quarters[2])
    assert "or recorded a decision it carries" in lead.get(first).text
    assert "nothing here for you to approve" in lead.get(f"{first}/approve").text
    with trust.work(trust.lead) as uow:
        row = papers.find_publication(uow, first.rpartition("/")[2])
        with pytest.raises(Forbidden):
            papers.approve(uow, row, row.digest, b"")
    second = checked(lead, trust, quarters[1])
    # It begins before the break and carries the thresholds alone, which somebody else recorded than the one above.
    assert "nothing here for you to approve" in guardian.get(f"{second}/approve").text
    assert "Approved and signed" in approve(signed_in(trust.non_executive_lead), first).text
    guardian.submit(first, "Publish it")
    # Its words were read by a second person once, and are no longer anybody's news.
    third = checked(guardian, trust, quarters[3])
    assert "Approved and signed" in approve(lead, third).text


@pytest.mark.parametrize(
    ("address", "said", "answer"),
    [
        (
            "charts",
            {"quarter": "", "why": "New hours.", "decision": "Minute 5"},
            "begin anew with this quarter already",
        ),
        ("thresholds", {"groups": "6", "trust_wide": "5", "decision": "Minute 5"}, ""),
    ],
)
def test_a_decision_that_meets_another_is_recorded_or_comes_back_with_its_words(
    address: str, said: dict[str, str], answer: str, guardian: PageClient, trust: Trust
) -> None:
    newest = closed_figures(trust, 4)[-1]
    if "quarter" in said:
        said = {**said, "quarter": newest}
    with ThreadPoolExecutor(1) as other:
        with trust.work(trust.lead) as uow:
            if address == "charts":
                papers.decide_break(uow, newest, "A second guardian began.", "Minute 4", uow.today)
            else:
                papers.decide_thresholds(uow, 5, 5, 30, "Minute 4", uow.today)
            submitted = other.submit(guardian.submit, f"/publications/{address}", "Record the decision", **said)
            # On SQLite it waits for its turn from the first line on, on PostgreSQL where the two meet.
            wait([submitted], timeout=1)
            assert not submitted.done()
        page = submitted.result()
    assert page.status == (422 if answer else 200)
    assert answer in page.text
    assert "Minute 4" in page.text
    assert "Minute 5" in page.body


def test_a_draft_can_be_stopped_and_thrown_away(guardian: PageClient, trust: Trust) -> None:
    begun = begin(guardian, f"quarter:{closed_figures(trust, 4)[-1]}")
    guardian.submit(begun, "Check it")
    guardian.submit(begun.path, "Stop the check")
    run_checks(trust)
    assert state(trust, begun.path) is State.DRAFT
    assert "Thrown away" in guardian.submit(begun.path, "Throw it away").text
    assert guardian.get(begun.path).status == 404


def test_the_ledger_names_each_question_that_people_answer_about_themselves(guardian: PageClient, trust: Trust) -> None:
    quarters = closed_figures(trust, 7, a_quarter=60)
    factories.published(trust, Kind.YEAR, list(papers.of_year(papers.whole_years(quarters)[0])))
    told = "What people said of themselves: "
    cells = [each.get_text(" ", strip=True) for each in guardian.get("/publications/ledger").soup.select("th, td")]
    with trust.work() as uow:
        names = vocabulary.names(uow, CodeSet.CHARACTERISTIC)
    assert sorted(each.partition(told)[2] for each in cells if told in each) == sorted(names.values())


@pytest.mark.parametrize("who", ["buddy", "administrator", "executive_lead"])
def test_whoever_neither_prepares_nor_approves_finds_nothing(signed_in: SignIn, trust: Trust, who: str) -> None:
    browser = signed_in(trust.people[who])
    for path in ("/publications", "/publications/new", "/publications/ledger", "/publications/2026-27-Q1"):
        assert browser.get(path).status == 404
