"""A list as a file: a short one at once, a long one by a job. The same rights, rows, columns and order as on screen."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from io import BytesIO
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, urlencode

from flask import Flask, Response, current_app, redirect, send_file, session, url_for
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
from app.security.guard import person_of
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
    _note(listing, total)
    return _streamed(view, _given(view, args, kind)) if kind == "csv" else _whole(listing, kind)


def _whole(listing: Listing, kind: str) -> Any:
    """A book is an archive: its first byte is known after its last row."""
    buffer = BytesIO()
    _write(buffer, listing, kind)
    buffer.seek(0)
    return send_file(buffer, as_attachment=True, download_name=_file_name(listing.view, kind))


def _streamed(view: Declaration, given: jobs.Parameters) -> Response:
    """Row by row: the first are on their way before the last are read."""
    app: Any = current_app
    parts = _parts(app._get_current_object(), given, person_of(db.session))
    answer = send_file(BytesIO(), as_attachment=True, download_name=_file_name(view, "csv"))
    answer.response = parts
    del answer.headers["Content-Length"]  # it is known after the last row
    return answer


def _parts(app: Flask, given: jobs.Parameters, actor: Actor) -> Iterator[bytes]:
    """After the request, whose session has gone with it; as a job is, in one of its own."""
    with app.app_context(), _standing(given, actor):
        listing = _listing(given)
        yield from writer.csv_parts(_headers(listing), _rows(listing, kinds.plain))


def _later(view: Declaration, args: Any, kind: str, total: int) -> Any:
    records = f"{format_number(total)} {records_word(total)}"
    session[jobs.MAY_HAVE] = True
    asked = jobs.start(db.session, "export", f"Выгрузка: {view.title_many}, {records}", _given(view, args, kind))
    return redirect(url_for("JobsView.index", _anchor=f"job-{asked.id}"))


def _given(view: Declaration, args: Any, kind: str) -> jobs.Parameters:
    return {"route": view.route, "format": kind, "query": urlencode(list(args.items(multi=True)))}


def _standing(given: jobs.Parameters, actor: Actor) -> AbstractContextManager[None]:
    """At the address of the list: filters make addresses and a view may read its arguments."""
    return standing_at(f"/{given['route']}/export?{given['query']}", actor)


def _allowed(actor: Actor, given: jobs.Parameters) -> bool:
    view = BY_ROUTE.get(given["route"])
    return view is not None and actor.may(Action.EXPORT, view.resource)


@jobs.job("export", allowed=_allowed)
def _export_long(session: Session, actor: Actor, given: jobs.Parameters, progress: jobs.Progress) -> None:
    with _standing(given, actor):
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
    headers = _headers(listing)
    rows = _rows(listing, kinds.exported if kind == "xlsx" else kinds.plain, tell)
    if kind == "xlsx":
        writer.xlsx(target, listing.view.title_many, headers, rows)
    else:
        writer.csv_text(target, headers, rows)


def _headers(listing: Listing) -> list[str]:
    return [cells.label_for(listing.model, name) for name in listing.columns]


def _rows(listing: Listing, read: Callable[[Any], Any], tell: Tell = lambda done: None) -> Iterator[list[Any]]:
    for number, obj in enumerate(listing.every(), start=1):
        yield [read(cells.value_of(obj, name)) for name in listing.columns]
        if number % BATCH == 0:
            tell(number)


def _note(listing: Listing, total: int) -> None:
    audit.note(db.session, AuditAction.EXPORT, f"{listing.view.title_many}: {total}", dict(listing.args))


def _file_name(view: Declaration, kind: str) -> str:
    return f"{view.title_many}.{kind}"
