"""The records behind a number of `/compliance/`: the list, its filters, the file."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

from flask import current_app, request, send_file, url_for
from itsdangerous import BadData, URLSafeSerializer

from app.compliance.evaluate import Judgement
from app.compliance.status import Status
from app.exchange import writer
from app.extensions import db
from app.models.engine.audit import AuditAction
from app.regulation import load_regulation
from app.regulation.rights import Action, Resource
from app.russian import format_date, format_number, plural
from app.security.guard import actor_of
from app.services.engine import audit
from app.services.monitoring import compliance as monitoring
from app.services.monitoring.as_of import as_of
from app.services.monitoring.compliance import Question, Tally
from app.services.movement import late
from app.views.monitoring import closing, corrected
from app.views.monitoring.compliance_tables import SHOWN, address, breadcrumbs
from app.views.monitoring.reasons import row
from app.views.monitoring.starts import start_of
from app.views.movement import late_entry
from app.web.arguments import BadArgument

RECORDS_PAGE = 50


def report(question: Question) -> dict[str, Any]:
    status = _status()
    found, total = _found(question, status, _place())
    page = found[:RECORDS_PAGE]
    organisation = question.organisation
    more = len(found) > RECORDS_PAGE
    return {
        "title": _records_title(
            question, corrected.UNCONFIRMED if corrected.of_unconfirmed() else status and status.label
        ),
        "breadcrumbs": [
            *breadcrumbs(organisation),
            {"title": organisation.title, "url": address("index", org=organisation.code)},
        ],
        "on": question.on,
        "count_text": f"{format_number(total)} {plural(total, 'запись', 'записи', 'записей')} {as_of(question)}",
        "forecast": question.forecast,
        "corrections": corrected.numbers(question),
        "start": start_of(question),
        "rows": [row(judged) | closing.link(judged) for judged in page],
        "of_classes": _of_classes(question) if status is Status.OVERDUE else [],
        "filters": _filters(question, status),
        "export_url": _export_url(question, total),
        "list_url": _list_url(question),
        "prev_url": None,
        "next_url": _next(page[-1].record.place) if more else None,
    }


def _found(question: Question, status: Status | None, after: list[Any] | None) -> tuple[list[Judgement], int]:
    """A page and one more, and how many there are in all."""
    if corrected.of_unconfirmed():
        found = monitoring.unconfirmed_records(db.session, question, RECORDS_PAGE + 1, after)
        return found, monitoring.unconfirmed_number(db.session, question)
    counts = Tally.sum(monitoring.by_rule(db.session, question).values()).counts()
    total = counts[status] if status else sum(counts.values())
    return monitoring.records(db.session, question, status, RECORDS_PAGE + 1, after), total


def _of_classes(question: Question) -> list[dict[str, Any]]:
    """The classes of a school in which several owe the same today: one order for all of them."""
    school_id, today = question.organisation.id, actor_of(db.session).today
    if question.organisation.level != "school" or question.on != today or not late_entry.may_enter(school_id or 0):
        return []
    rules = load_regulation().rules
    return [
        {
            "title": f"{one.caption}, {rules[one.rule].title.lower()} (срок {format_date(one.due)})",
            "number": one.number,
            "url": late_entry.url_of_class(one.rule, one.class_id),
        }
        for one in late.by_class(db.session, question.rules, school_id or 0, today)
        if one.number > 1
    ]


def _records_title(question: Question, told: str | None) -> str:
    rules = load_regulation().rules
    subject = rules[question.rules[0]].title if len(question.rules) == 1 else "Все обязанности"
    return f"{subject}: {told}" if told else subject


def _status() -> Status | None:
    value = request.args.get("status", "").strip()
    if value and value not in set(Status):
        raise BadArgument("Состояние: такого нет. Вернитесь к таблице и выберите число.")
    return Status(value) if value else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key, salt="compliance-records-place")


def _place() -> list[Any] | None:
    """Where the last page ended: signed, so that what comes back is what was given out."""
    token = request.args.get("after")
    if not token:
        return None
    try:
        first, *rest = _signer().loads(token)
    except BadData as error:
        raise BadArgument("Адрес страницы испорчен. Вернитесь к началу списка.") from error
    return [date.fromisoformat(first), *rest]


def _next(place: list[Any]) -> str:
    first, *rest = place
    args = {name: value for name, value in request.args.items() if name != "after"}
    return url_for("ComplianceView.records", **args, after=_signer().dumps([first.isoformat(), *rest]))


def _filters(question: Question, status: Status | None) -> dict[str, Any]:
    """Duty and state of the list, chosen from what the reader may ask about."""
    rules = load_regulation().rules
    allowed = monitoring.rules_for(actor_of(db.session), question.organisation)
    kept = {name: value for name, value in request.args.items() if name not in ("rule", "status", "after")}
    return {
        "hidden": kept,
        "rules": [(rule, rules[rule].title) for rule in allowed],
        "rule": request.args.get("rule", ""),
        "statuses": [(each.value, each.label) for each in SHOWN],
        "status": status.value if status else "",
    }


def _export_url(question: Question, total: int) -> str | None:
    if not total or not actor_of(db.session).may(Action.EXPORT, Resource.COMPLIANCE):
        return None
    return url_for("ComplianceView.export", **{name: value for name, value in request.args.items() if name != "after"})


def _list_url(question: Question) -> str | None:
    """«Перечень для школы» of the same day, period and duties."""
    if question.organisation.level != "school" or not actor_of(db.session).may(Action.PRINT, Resource.COMPLIANCE):
        return None
    rule = question.rules[0] if len(question.rules) == 1 else None
    since = question.since.isoformat() if question.since else None
    where = {"org": question.organisation.code, "on": question.on.isoformat(), "since": since, "rule": rule}
    return url_for("FormsView.print_form", form_id="school-list", **where)


HEADS = (
    "О ком",
    "Школа",
    "Обязанность",
    "Дата события",
    "Срок внесения",
    "Внесено",
    "Кем внесено",
    "Состояние",
    "Дней",
    "Ответственный",
    "Основание срока",
)


def export(question: Question) -> Any:
    """The whole list as XLSX, in its order; in the trail."""
    title = _records_title(question, (status := _status()) and status.label)
    buffer = BytesIO()
    rows = list(_exported(question, status))
    writer.xlsx(buffer, title, HEADS, rows)
    audit.note(
        db.session, AuditAction.EXPORT, f"{title}, {question.organisation.title}, {as_of(question)}: {len(rows)}"
    )
    buffer.seek(0)
    name = f"{question.organisation.code}-{question.on.isoformat()}.xlsx"
    return send_file(buffer, as_attachment=True, download_name=name)


def _exported(question: Question, status: Status | None) -> Iterator[list[Any]]:
    for judged in monitoring.every_record(db.session, question, status):
        record = judged.record
        yield [
            record.full_caption,
            record.school_name,
            judged.rule.title,
            record.anchor or "",
            judged.due or "",
            judged.entered_on or "",
            record.author or "",
            judged.status.label,
            judged.days,
            judged.answerable.enters,
            judged.in_short(),
        ]
