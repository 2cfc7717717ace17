"""`/learning/REF/summary`: an action on one page, to be printed or saved: nothing of any case is in it."""

from flask import render_template
from flask.typing import ResponseReturnValue

from speakup import accounts, learning, organisations, vocabulary
from speakup.kernel.uow import UnitOfWork
from speakup.learning import EventKind, LearningAction
from speakup.vocabulary import CodeSet
from speakup.web import action_words, improving
from speakup.web.actors import work
from speakup.web.workspace import surface
from speakup.web.workspace.pages import common


@surface.get("/learning/<ref>/summary")
def action_summary(ref: str) -> ResponseReturnValue:
    with work(writes=False) as uow:
        found = learning.find(uow, ref)
        owner = accounts.names_of(uow, [found.owner_id]).get(found.owner_id, "") if found.owner_id else ""
        directorate = organisations.find_directorate(uow, found.directorate_id).name if found.directorate_id else ""
        return render_template(
            "workspace/action_summary.html",
            action=found,
            owner=owner,
            theme=vocabulary.names(uow, CodeSet.THEME).get(found.theme or "", ""),
            directorate=directorate,
            statements=learning.statements(uow, found),
            evidence=_evidence(uow, found),
            words_of=action_words,
            **improving.shown(uow, found),
            **common(uow),
        )


def _evidence(uow: UnitOfWork, found: LearningAction) -> list[tuple[str, list[str]]]:
    """Say how it can be seen that it is done: words, and the names of files."""
    files = learning.evidence(uow, found)
    return [
        (line.text, [each.name for each in files.get(line.id, ())])
        for line in learning.history(uow, found)
        if line.kind is EventKind.EVIDENCE or line.id in files
    ]
