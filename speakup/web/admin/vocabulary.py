"""`/admin/lists`: the lists cases are coded with. National codes are shown; the trust's own begin, change and end.

Nothing here says whether any case has a code: ending one is always allowed, and deleting one never.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import FormField, SelectField
from wtforms.fields.choices import SelectChoice

from speakup import audit, keyring, organisations, policy, vocabulary
from speakup.audit import Event
from speakup.kernel.errors import Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.vocabulary import CodeDetails, CodeSet, Entry, Keeping, ListChanged
from speakup.web.actors import work
from speakup.web.admin import surface
from speakup.web.admin.forms import WholeNumber
from speakup.web.admin.overview import common
from speakup.web.fields import AtMost, FromTheList, Needed, PlainForm
from speakup.web.lines import DayForm, Hidden, Line
from speakup.web.list_words import BY_SLUG, TITLES, slug_of

_TOLD_AGAIN_AFTER = timedelta(hours=1)
_LONGEST_NAME = 120


class ListForm(PlainForm):
    """Anything that changes a list: it carries how the list stood when the page was served."""

    shown = Hidden()
    changed_meanwhile: frozenset[str] = frozenset()
    """The codes that somebody else changed since."""


class CodeForm(ListForm):
    """A code's name, what it counts as, and from which day on."""

    name = Line(
        lazy_gettext("Name"), validators=[Needed(lazy_gettext("Write what it is called")), AtMost(_LONGEST_NAME)]
    )
    counts_as = SelectField(
        lazy_gettext("What it counts as nationally"),
        description=lazy_gettext("In the national return, a case with this code counts as one of these."),
        validate_choice=False,
        validators=[Needed(lazy_gettext("Choose what it counts as nationally")), FromTheList()],
    )
    people = WholeNumber(
        lazy_gettext("About how many people are in it"),
        description=lazy_gettext("It is not kept. A very small group could tell who spoke up."),
    )
    from_day = FormField(DayForm, lazy_gettext("From which day on"))


class EndForm(ListForm):
    """The last day of a code."""

    last_day = FormField(
        DayForm,
        lazy_gettext("Last day it is offered"),
        description=lazy_gettext("Leave it empty if it has no end. Cases keep the code and its name."),
    )


class UpForm(ListForm):
    """A button beside a code."""


@dataclass(frozen=True, slots=True)
class Opened:
    """One list, as it stands, and what somebody else changed in it meanwhile."""

    which: CodeSet
    entries: list[Entry]
    today: date
    changed: frozenset[str] = field(default_factory=frozenset)

    @property
    def address(self) -> str:
        """Where its page is."""
        return f"/admin/lists/{slug_of(self.which)}"

    @property
    def keeping(self) -> Keeping:
        """Who keeps it."""
        return vocabulary.kept(self.which)

    @property
    def offered(self) -> list[Entry]:
        """What is offered today or will be."""
        return [each for each in self.entries if not each.ended_by(self.today)]

    @property
    def over(self) -> list[Entry]:
        """What has ended."""
        return [each for each in self.entries if each.ended_by(self.today)]

    @property
    def changed_meanwhile(self) -> list[Entry]:
        """The codes that somebody else changed."""
        return [each for each in self.entries if each.key in self.changed]

    def entry(self, key: str) -> Entry:
        """Return one code that may be changed; `NotFound` where there is none."""
        for each in self.offered:
            if each.key == key and each.may_change:
                return each
        raise NotFound(key)


@surface.get("/admin/lists")
def lists() -> ResponseReturnValue:
    with work(writes=False) as uow:
        policy.require(uow.actor, Permission.ADMIN_VOCABULARY)
        opened = [_opened(uow, which) for which in CodeSet]
        return render_template("admin/lists.html", opened=opened, titles=TITLES, groups=GROUPS, **common(uow))


@surface.get("/admin/lists/<list_name>")
def one_list(list_name: str) -> ResponseReturnValue:
    with work(writes=False) as uow:
        return _list_page(uow, _opened(uow, _named(list_name)), UpForm(formdata=None))


@surface.route("/admin/lists/<list_name>/new", methods=["GET", "POST"])
def add_code(list_name: str) -> ResponseReturnValue:
    which, form = _named(list_name), CodeForm()
    with work() as uow:
        opened = _opened(uow, which)
        if not vocabulary.may_add(which):
            raise NotFound(which)
        _offer(uow, form, which)
        if which is not CodeSet.WORKER_GROUP:
            del form.people
        posted = form.validate_on_submit()
        if not form.is_submitted():
            form.from_day.form.show(uow.today)

        def add() -> bool:
            small_group = organisations.here(uow).small_group
            return vocabulary.add_code(uow, which, _details(form, uow.today), small_group=small_group) is not None

        told_lately = audit.recorded_since(uow, Event.LIST_CHANGED, uow.now - _TOLD_AGAIN_AFTER)
        if not posted or not _done(uow, opened, form, add):
            return _entry_page(uow, opened, form, None, "list_code")
        # Several additions are told once: what is there already keeps its meaning.
        if not told_lately:
            keyring.tell_guardians(uow)
    flash(_("Added. The guardians are told"))
    return redirect(url_for(".one_list", list_name=list_name))


@surface.route("/admin/lists/<list_name>/<key>", methods=["GET", "POST"])
def change_code(list_name: str, key: str) -> ResponseReturnValue:
    which, form = _named(list_name), CodeForm()
    with work() as uow:
        opened = _opened(uow, which)
        entry = opened.entry(key)
        _offer(uow, form, which)
        del form.people
        posted = form.validate_on_submit()
        if not form.is_submitted():
            _fill(form, entry, uow.today)
        changed = False

        def change() -> bool:
            nonlocal changed
            changed = vocabulary.change_code(uow, which, key, _details(form, uow.today + timedelta(days=1)))
            return True

        if not posted or not _done(uow, opened, form, change):
            return _entry_page(uow, opened, form, entry, "list_code")
        if changed:
            keyring.tell_guardians(uow)
    flash(_("Saved. The guardians are told") if changed else _("Nothing was changed"))
    return redirect(url_for(".one_list", list_name=list_name))


@surface.route("/admin/lists/<list_name>/<key>/end", methods=["GET", "POST"])
def end_code(list_name: str, key: str) -> ResponseReturnValue:
    which, form = _named(list_name), EndForm()
    posted = form.validate_on_submit()
    with work() as uow:
        opened = _opened(uow, which)
        entry = opened.entry(key)
        if not form.is_submitted():
            form.last_day.form.show(entry.last_day or uow.today)

        def end() -> bool:
            vocabulary.end_code(uow, which, key, form.last_day.form.written)
            return True

        if not posted or not _done(uow, opened, form, end):
            return _entry_page(uow, opened, form, entry, "list_end")
        keyring.tell_guardians(uow)
    flash(_("Saved. The guardians are told"))
    return redirect(url_for(".one_list", list_name=list_name))


@surface.post("/admin/lists/<list_name>/<key>/up")
def move_code_up(list_name: str, key: str) -> ResponseReturnValue:
    which, form = _named(list_name), UpForm()
    posted = form.validate_on_submit()
    with work() as uow:
        opened = _opened(uow, which)
        opened.entry(key)

        def move() -> bool:
            vocabulary.move_code_up(uow, which, key)
            return True

        if not posted or not _done(uow, opened, form, move):
            return _list_page(uow, _after_conflict(opened, form), form)
    flash(_("Moved up"))
    return redirect(url_for(".one_list", list_name=list_name))


def _named(list_name: str) -> CodeSet:
    if list_name not in BY_SLUG:
        raise NotFound(list_name)
    return BY_SLUG[list_name]


def _opened(uow: UnitOfWork, which: CodeSet) -> Opened:
    policy.require(uow.actor, Permission.ADMIN_VOCABULARY)
    return Opened(which, vocabulary.entries(uow, which), uow.today)


def _offer(uow: UnitOfWork, form: CodeForm, which: CodeSet) -> None:
    """Offer the national codes to count as; a list that has none does not ask."""
    if vocabulary.kept(which) is not Keeping.NATIONAL:
        del form.counts_as
        return
    national = (code for code in vocabulary.codes(uow, which) if code.is_national)
    form.counts_as.choices = [
        SelectChoice("", _("Choose one")),
        *(SelectChoice(each.key, each.name) for each in national),
    ]


def _fill(form: CodeForm, entry: Entry, today: date) -> None:
    begins = max(today + timedelta(days=1), entry.first_day)
    form.name.data = entry.on(begins).name
    if "counts_as" in form:
        form.counts_as.data = entry.on(begins).national_key
    form.from_day.form.show(begins)


def _details(form: CodeForm, unless_said: date) -> CodeDetails:
    counts_as = form.counts_as.data or "" if "counts_as" in form else ""
    people = form.people.data or 0 if "people" in form else 0
    return CodeDetails(form.name.data or "", counts_as, form.from_day.form.written or unless_said, people)


def _done(uow: UnitOfWork, opened: Opened, form: ListForm, act: Callable[[], bool]) -> bool:
    """Act on the list that was shown; what stands in the way is said in the form, and nothing was written."""
    try:
        vocabulary.hold_list(uow, opened.which, form.shown.data or "")
        return act()
    except ListChanged as changed:
        form.form_errors.append(
            _(
                "Somebody else changed this list while you had it open. Nothing was saved. "
                "Look at what they changed, and save again if it is still right"
            )
        )
        form.shown.data = vocabulary.fingerprint(opened.entries)
        form.changed_meanwhile, form.overtaken = changed.keys, True
    except Invalid as invalid:
        at_fault = form[invalid.field]
        if isinstance(at_fault, FormField):
            at_fault = at_fault.form.day
        at_fault.errors = [_SENTENCES[invalid.field, invalid.reason]]
    return False


def _after_conflict(opened: Opened, form: ListForm) -> Opened:
    return replace(opened, changed=form.changed_meanwhile)


def _shown(opened: Opened, form: ListForm) -> None:
    if not form.shown.data:
        form.shown.data = vocabulary.fingerprint(opened.entries)


def _list_page(uow: UnitOfWork, opened: Opened, form: UpForm) -> ResponseReturnValue:
    form.shown.data = vocabulary.fingerprint(opened.entries)
    page = render_template(
        "admin/list.html",
        form=form,
        opened=opened,
        title=TITLES[opened.which],
        versions=vocabulary.versions(uow, opened.which),
        national=_national_names(uow, opened),
        may_add=vocabulary.may_add(opened.which),
        **common(uow),
    )
    return page, form.status


def _entry_page(
    uow: UnitOfWork, opened: Opened, form: ListForm, entry: Entry | None, template: str
) -> ResponseReturnValue:
    """Show what is asked about one code of a list; None for one that is to be added."""
    _shown(opened, form)
    page = render_template(
        f"admin/{template}.html",
        form=form,
        opened=_after_conflict(opened, form),
        entry=entry,
        title=TITLES[opened.which],
        national=_national_names(uow, opened),
        **common(uow),
    )
    return page, form.status


def _national_names(uow: UnitOfWork, opened: Opened) -> dict[str, str]:
    """Name the national codes, for saying what each code counts as; empty where nothing counts nationally."""
    return {each.key: each.on(uow.today).name for each in opened.entries if each.is_national}


GROUPS = [
    (Keeping.NATIONAL, lazy_gettext("Counted nationally"), lazy_gettext(
        "The national codes come with Speak Up and stay as they are. You may add codes of your own, and say what each "
        "counts as."
    )),
    (Keeping.LOCAL, lazy_gettext("Your own"), lazy_gettext(
        "What is there is a proposal. Add, rename, order and end codes as it suits you."
    )),
    (Keeping.FIXED, lazy_gettext("Fixed"), lazy_gettext(
        "The law or Speak Up itself goes by these. They are shown, and cannot be changed here."
    )),
]  # fmt: skip

_SENTENCES = {
    ("people", "too few"): lazy_gettext(
        "So small a group could tell who spoke up. Leave it out: its people choose the national group they belong to"
    ),
    ("name", "empty"): lazy_gettext("Write what it is called"),
    ("name", "too long"): lazy_gettext("Shorten the name"),
    ("name", "taken"): lazy_gettext("There is one of this name already. Write a name that nobody takes for the other"),
    ("counts_as", "empty"): lazy_gettext("Choose what it counts as nationally"),
    ("counts_as", "not in the list"): lazy_gettext("Choose a national code that is in use on that day"),
    ("from_day", "past"): lazy_gettext(
        "A name begins tomorrow at the earliest, and a new code today: what cases were given stays as it was"
    ),
    ("from_day", "not its days"): lazy_gettext("Write a day on which this code is offered"),
    ("last_day", "past"): lazy_gettext("That day has gone by. Write today or a later day"),
}
