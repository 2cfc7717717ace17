"""`/board`: the newest publication, whole; `/board/REF`: any other. Pages are made of publications and nothing else."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from speakup import assurance, organisations, papers, policy
from speakup.kernel.uow import UnitOfWork
from speakup.papers import Pack, Section
from speakup.policy import Permission
from speakup.web import places
from speakup.web.actors import keyless_work
from speakup.web.board import sections, surface
from speakup.web.board.question_forms import AskForm
from speakup.web.board.words import KINDS
from speakup.web.paper_files import OFFERED


@surface.get("/board")
def board() -> ResponseReturnValue:
    """Show what is newest, or that there is nothing yet."""
    with keyless_work(writes=False) as uow:
        return page_of(uow, papers.latest(uow), AskForm(formdata=None)), 200


@surface.get("/board/<ref>")
def publication(ref: str) -> ResponseReturnValue:
    """Show one publication."""
    with keyless_work(writes=False) as uow:
        return page_of(uow, papers.find_published(uow, ref), AskForm(formdata=None)), 200


def page_of(uow: UnitOfWork, pack: Pack | None, form: AskForm) -> str:
    """Show a publication with everything that stands beside it, or say that there is none."""
    shown = {} if pack is None else of_pack(pack)
    form.publication.data = "" if pack is None else pack.ref
    return render_template(
        "board/publication.html",
        pack=pack,
        issues=papers.published_list(uow),
        kinds=KINDS,
        form=form,
        may_ask=policy.allows(uow.actor, Permission.BOARD_ASK),
        may_keep=policy.allows(uow.actor, Permission.CONTEXT_KEEP),
        waiting=assurance.count_unanswered(uow),
        **shown,
        **common(uow),
    )


def of_pack(pack: Pack) -> dict[str, Any]:
    """Return what a page shows of a publication."""
    parts = sections.parts_of(pack)
    actions = sections.actions_of(pack)
    national = sections.compared(pack)
    beside = sections.known_beside(pack)
    absent = papers.absent(pack, gettext)
    more = [
        *([Section.COMPARISON] if national else []),
        *([Section.TRIANGULATION] if beside else []),
        *([Section.LEARNING] if actions else []),
        *([Section.RECOMMENDATIONS] if pack.recommendations else []),
        Section.METHOD,
        *([Section.ABSENT] if absent else []),
    ]
    return {
        "parts": {each.key: each for each in parts},
        "contents": sections.contents(parts, more),
        "actions": actions,
        "national": national,
        "every_national": sections.every_national(pack),
        "beside": beside,
        "absent": absent,
        "themes": sections.themes_of(pack),
        "offered": OFFERED,
        "texts": {section.value: pack.texts_of(section) for section in Section},
    }


def common(uow: UnitOfWork) -> dict[str, Any]:
    """Return what every page here shows around its content."""
    return {"organisation": organisations.here(uow), **places.of(uow)}
