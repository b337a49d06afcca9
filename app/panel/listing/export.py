"""A list as a file: a short one at once, a long one by a job. The same rights, rows, columns and order as on screen."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, urlencode

from flask import redirect, send_file, session, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.exchange import writer
from app.extensions import db
from app.models import kinds
from app.models.engine.audit import AuditAction
from app.panel import cells
from app.panel.declaration import Declaration
from app.panel.listing.listing import Listing
from app.panel.place import served_view, standing_at
from app.panel.registry import BY_ROUTE
from app.regulation.rights import Action
from app.russian import format_number, records_word
from app.security.actor import Actor
from app.services.engine import audit, jobs
from app.services.engine.errors import Refused
from app.web.arguments import BadArgument

AT_ONCE = 5_000
"""Rows that a person waits for; more are a job."""
BATCH = 1_000
"""Rows between two steps of a job."""
FORMATS = ("xlsx", "csv")

Tell = Callable[[int], None]


def export(view: Declaration, args: Any) -> Any:
    """The file, or the page of jobs where it will be. Raises BadArgument."""
    kind = args.get("format", FORMATS[0])
    if kind not in FORMATS:
        raise BadArgument("Выгрузка: возможны xlsx и csv.")
    listing = Listing(view, args, Action.EXPORT)
    total = listing.count()
    if kind == "xlsx" and total > writer.MOST_ROWS:
        raise BadArgument(f"Таблица XLSX не вмещает {format_number(total)} записей. Выгрузите CSV или уточните отбор.")
    if total > AT_ONCE:
        return _later(view, args, kind, total)
    buffer = BytesIO()
    _write(buffer, listing, kind)
    _note(listing, total)
    buffer.seek(0)
    return send_file(buffer, as_attachment=True, download_name=_file_name(view, kind))


def _later(view: Declaration, args: Any, kind: str, total: int) -> Any:
    records = f"{format_number(total)} {records_word(total)}"
    given = {"route": view.route, "format": kind, "query": urlencode(list(args.items(multi=True)))}
    session[jobs.MAY_HAVE] = True
    asked = jobs.start(db.session, "export", f"Выгрузка: {view.title_many}, {records}", given)
    return redirect(url_for("JobsView.index", _anchor=f"job-{asked.id}"))


def _allowed(actor: Actor, given: jobs.Parameters) -> bool:
    view = BY_ROUTE.get(given["route"])
    return view is not None and actor.may(Action.EXPORT, view.resource)


@jobs.job("export", allowed=_allowed)
def _export_long(session: Session, actor: Actor, given: jobs.Parameters, progress: jobs.Progress) -> None:
    # Filters make addresses and a view may read its arguments: the job stands at the address of the list.
    with standing_at(f"/{given['route']}/export?{given['query']}", actor):
        listing = _listing(given)
        total = listing.count()
        progress.step(0, total)
        with progress.file(_file_name(listing.view, given["format"])) as file:
            _write(file, listing, given["format"], lambda done: progress.step(done, total))
            progress.step(total, total, "Сохраняем файл")
        _note(listing, total)


def _listing(given: jobs.Parameters) -> Listing:
    """The list as it was asked for, with the rights of today. Raises Refused when its conditions hold no more."""
    try:
        return Listing(served_view(given["route"]), MultiDict(parse_qsl(given["query"])), Action.EXPORT)
    except BadArgument as error:
        raise Refused({"": [str(error)]}) from error


def _write(target: BinaryIO, listing: Listing, kind: str, tell: Tell = lambda done: None) -> None:
    headers = [cells.label_for(listing.model, name) for name in listing.columns]
    rows = _rows(listing, kinds.exported if kind == "xlsx" else kinds.plain, tell)
    if kind == "xlsx":
        writer.xlsx(target, listing.view.title_many, headers, rows)
    else:
        writer.csv_text(target, headers, rows)


def _rows(listing: Listing, read: Callable[[Any], Any], tell: Tell) -> Iterator[list[Any]]:
    for number, obj in enumerate(listing.every(), start=1):
        yield [read(cells.value_of(obj, name)) for name in listing.columns]
        if number % BATCH == 0:
            tell(number)


def _note(listing: Listing, total: int) -> None:
    audit.note(db.session, AuditAction.EXPORT, f"{listing.view.title_many}: {total}", dict(listing.args))


def _file_name(view: Declaration, kind: str) -> str:
    return f"{view.title_many}.{kind}"
