"""The check and the run of a file: at once, or as a job; the same code for both."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import url_for
from sqlalchemy.orm import Session

from app.extensions import db
from app.models.engine.audit import AuditAction
from app.panel.editing.pages import EditingPages
from app.panel.importing import upload as uploading
from app.panel.importing.rows import Reading
from app.panel.importing.template import returned
from app.panel.importing.upload import Stage, Upload
from app.panel.place import served_view, standing_at
from app.panel.registry import BY_ROUTE
from app.regulation.rights import Action
from app.security.actor import Actor
from app.services.engine import audit, jobs
from app.services.engine.errors import Conflict

AT_ONCE = 100
"""Rows that a person waits for; more are a job."""
STEP = 20
"""Rows between two steps of a job."""

Tell = Callable[[int], None]


def check(view: EditingPages, upload: Upload, tell: Tell = lambda done: None) -> None:
    """Find what each row would do; nothing is changed."""
    upload.outcomes = []
    for outcome in Reading(view, upload.columns, for_good=False, marked=upload.marked).rows(upload.rows, {}, {}):
        upload.outcomes.append(outcome)
        tell(len(upload.outcomes))
    upload.stage = Stage.CHECKED
    upload.keep()


def run(view: EditingPages, upload: Upload, tell: Tell = lambda done: None) -> None:
    """Do it, each row in a transaction of its own; what was done is kept however it ends."""
    checked, answers = {each.number: each for each in upload.outcomes}, upload.confirmed()
    with _told(view, upload):
        upload.outcomes = []
        reading = Reading(view, upload.columns, for_good=True, marked=upload.marked)
        for outcome in reading.rows(upload.rows, checked, answers):
            upload.outcomes.append(outcome)
            tell(len(upload.outcomes))


@contextmanager
def _told(view: EditingPages, upload: Upload) -> Iterator[None]:
    """Stopped or broken off, what was saved is saved: the page says up to which row."""
    try:
        yield
    finally:
        upload.stage = Stage.DONE
        upload.keep()
        told = ", ".join(f"{state.title_ru} – {count}" for state, count in upload.counts.items())
        audit.note(db.session, AuditAction.CHANGE, f"{view.title_many}: загрузка из файла, {told}")


def start(view: EditingPages, upload: Upload, act: str) -> bool:
    """Do it now, or ask for a job; whether it was a job. Raises Conflict when there are too many."""
    if len(upload.rows) <= AT_ONCE:
        check(view, upload) if act == "check" else run(view, upload)
        return False
    title = f"{'Проверка файла' if act == 'check' else 'Загрузка из файла'}: {view.title_many}, {upload.file_name}"
    upload.keep()
    given = {"route": view.route, "upload": upload.token, "act": act}
    upload.job = jobs.start(db.session, "import", title, given).id
    upload.keep()
    return True


def _allowed(actor: Actor, given: jobs.Parameters) -> bool:
    view = BY_ROUTE.get(given["route"])
    return view is not None and view.imports is not None and actor.may(Action.EDIT, view.resource)


def _page(given: jobs.Parameters) -> str:
    return url_for(f"{BY_ROUTE[given['route']].__name__}.import_check", token=given["upload"])


@jobs.job("import", allowed=_allowed, page=_page)
def _import(session: Session, actor: Actor, given: jobs.Parameters, progress: jobs.Progress) -> None:
    with standing_at(f"/{given['route']}/import/{given['upload']}", actor):
        view, upload = served_view(given["route"]), uploading.found(given["route"], given["upload"])
        if upload is None:
            raise Conflict("Файл удалён с сервера. Загрузите его снова.")
        tell = _teller(progress, len(upload.rows))
        tell(0)
        if given["act"] == "check":
            check(view, upload, tell)
        else:
            run(view, upload, tell)
            _give_back(view, upload, progress)


def _teller(progress: jobs.Progress, total: int) -> Tell:
    def tell(done: int) -> None:
        if done % STEP == 0:
            progress.step(done, total)

    return tell


def _give_back(view: EditingPages, upload: Upload, progress: jobs.Progress) -> None:
    if upload.refused:
        with progress.file(file_name(view)) as file:
            file.write(returned(view, upload).getvalue())


def file_name(view: EditingPages) -> str:
    return f"{view.title_many} – ошибки.xlsx"
