"""`/compliance/`: region → municipality → school → rule → records. A number leads to exactly the records it counts."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import abort, current_app, g, render_template, request, url_for
from flask_appbuilder import expose, has_access
from itsdangerous import BadData, URLSafeSerializer

from app.compliance.evaluate import Judgement
from app.compliance.status import Status
from app.extensions import db
from app.panel.menu import Menu
from app.panel.page import Page
from app.regulation import load_regulation
from app.regulation.rights import Action, Resource
from app.russian import format_date, format_number, format_percent, plural
from app.security.guard import actor_of
from app.services.monitoring import compliance as monitoring
from app.services.monitoring import starts
from app.services.monitoring.as_of import TITLES, WrongDays, as_of, question_of
from app.services.monitoring.compliance import Question, Tally
from app.services.movement import late
from app.services.territory.organisations import Organisation
from app.views.monitoring import corrected
from app.views.monitoring.reasons import answering, row
from app.views.monitoring.starts import start_of
from app.views.movement import late_entry
from app.web import arguments
from app.web.arguments import BadArgument

SHOWN = (Status.ON_TIME, Status.LATE, Status.PENDING, Status.OVERDUE, Status.NOT_APPLICABLE)
RECORDS_PAGE = 50
Answer = str | tuple[str, int]


class ComplianceView(Page):
    route_base = "/compliance"
    menu = Menu("Работа", order=10, icon="gauge", title="Сроки и полнота", hint="Кто, что и в какой срок внёс")
    default_view = "index"
    guide, clause = "municipal#сроки", "3.3.9.2"
    class_permission_name = Resource.COMPLIANCE.value
    method_permission_name = {"index": Action.VIEW, "records": Action.VIEW}

    @expose("/")
    @has_access
    def index(self) -> Answer:
        return _answer("monitoring/compliance.html", _report)

    @expose("/records")
    @has_access
    def records(self) -> Answer:
        return _answer("monitoring/compliance_records.html", _records)


def _answer(template: str, report: Callable[[Question], dict[str, Any]]) -> Answer:
    """The page; or what is wrong with the days, each at its field of the form that asks for them."""
    try:
        question = asked()
    except WrongDays as error:
        return render_template("monitoring/compliance.html", report=_refused(error)), 400
    return render_template(template, report=report(question))


def _refused(error: WrongDays) -> dict[str, Any]:
    kept = [(name, value) for name, value in request.args.items() if name in ("org", "rule", "status")]
    return {
        "title": "Сроки и полнота",
        "tables": [],
        "filters": filters(request.args.get("on"), request.args.get("since"), error.at_fields)
        | {"action": url_for(request.endpoint or "ComplianceView.index"), "hidden": kept},
    }


def filters(on: str | None, since: str | None, errors: dict[str, str] | None = None) -> dict[str, Any]:
    """The two dates of a report as its form shows them."""
    return {"on": on or "", "since": since or "", "errors": errors or {}}


def asked(action: Action = Action.VIEW) -> Question:
    """The question of this request: organisation, day, period, rule. Only what the actor may ask for this action."""
    actor = actor_of(db.session)
    on, since = days()
    code = request.values.get("org", "").strip()
    try:
        organisation = monitoring.organisation_for(db.session, actor, code or None, action)
    except LookupError:
        abort(404)
    rule = request.values.get("rule", "").strip() or None
    allowed = monitoring.rules_for(actor, organisation, action)
    if rule is not None and rule not in allowed:
        raise BadArgument(f"Правила «{rule[:40]}» нет среди доступных вам.")
    question = question_of(db.session, organisation, on, since, (rule,) if rule else allowed)
    g.as_of, g.forecast = question.on, question.forecast
    return question


def days() -> tuple[date | None, date | None]:
    """The day and the beginning of the period that are asked for. Raises WrongDays for what is no date."""
    found: dict[str, date | None] = {}
    faults: dict[str, str] = {}
    for name, title in TITLES.items():
        try:
            found[name] = arguments.day(request.values, name, title)
        except BadArgument as error:
            faults[name] = str(error)
    if faults:
        raise WrongDays(faults)
    return found["on"], found["since"]


def _report(question: Question) -> dict[str, Any]:
    organisation = question.organisation
    by_rule, children = monitoring.overview(db.session, question)
    total = Tally.sum(by_rule.values())
    tables = []
    if children is not None:
        tables.append(_children_table(question, children))
    tables.append(_rules_table(question, by_rule))
    return {
        "title": organisation.title,
        "section": "Сроки и полнота",
        "breadcrumbs": _breadcrumbs(organisation),
        "on": question.on,
        "since": question.since,
        "kpis": _kpis(total),
        "corrections": corrected.numbers(question),
        "start": start_of(question),
        "tables": tables,
        "responsible": answering(question),
        "form_url": _form_url(question),
        "changes_url": _changes_url(question),
        "form_title": "Мониторинг движения обучающихся, PDF",
        "forecast": question.forecast,
        "filters": filters(question.on.isoformat(), question.since.isoformat() if question.since else None)
        | {"action": url_for("ComplianceView.index"), "hidden": [("org", organisation.code)]},
        "clause_note": "пункты 3.3.3.2, 3.3.4.4 Регламента",
    }


def _breadcrumbs(organisation: Organisation) -> list[dict[str, str]]:
    return [
        {"title": each.title, "url": _address("index", org=each.code)}
        for each in monitoring.above(db.session, actor_of(db.session), organisation)
    ]


def _kpis(total: Tally) -> list[dict[str, Any]]:
    share = total.share
    return [
        {"title": "Внесено в срок", "value": format_percent(share), "color": "green" if share else None},
        {"title": "С опозданием", "value": total.late, "color": "orange" if total.late else None},
        {"title": "Просрочено", "value": total.overdue, "color": "red" if total.overdue else None},
        {"title": "Подлежит", "value": total.total, "hint": f"ожидается ещё {format_number(total.pending)}"},
    ]


def _children_table(question: Question, children: list[tuple[Organisation, Tally]]) -> dict[str, Any]:
    of_region = question.organisation.level == "region"
    days = {} if of_region else starts.days_of(db.session, question)
    rows = [
        _row(child.title, _address("index", org=child.code), tally, org=child.code)
        | {"hint": f"ведение с {format_date(days[child.id])}" if child.id in days else ""}
        for child, tally in children
    ]
    number = len(children)
    words = ("муниципалитет", "муниципалитета", "муниципалитетов") if of_region else ("школа", "школы", "школ")
    total = Tally.sum(tally for _, tally in children)
    return {
        "title": "По муниципалитетам" if of_region else "По школам",
        "first_column": "Муниципалитет" if of_region else "Школа",
        "rows": rows,
        "totals": _row(f"Итого: {number} {plural(number, *words)}", None, total, org=question.organisation.code),
    }


def _rules_table(question: Question, by_rule: dict[str, Tally]) -> dict[str, Any]:
    code, rules = question.organisation.code, load_regulation().rules
    rows = [
        _row(rules[rule].title, None, tally, org=code, rule=rule) | {"hint": "п. " + ", ".join(rules[rule].clauses)}
        for rule, tally in by_rule.items()
    ]
    return {
        "title": "По обязанностям",
        "first_column": "Обязанность",
        "rows": rows,
        "totals": _row("Итого", None, Tally.sum(by_rule.values()), org=code),
    }


def _row(title: str, url: str | None, tally: Tally, **where: str) -> dict[str, Any]:
    counts = tally.counts()
    return {
        "title": title,
        "url": url,
        "cells": [
            {
                "status": status.value,
                "count": counts[status],
                "url": _address("records", status=status.value, **where) if counts[status] else None,
            }
            for status in SHOWN
        ],
        "total": tally.total,
        "total_url": _address("records", **where) if tally.total else None,
        "share": tally.share,
        "bar": {status.value: counts[status] for status in SHOWN if status is not Status.NOT_APPLICABLE},
    }


def _address(method: str, **values: str) -> str:
    """Another page of compliance for the same day and period."""
    kept = {name: request.args[name] for name in ("on", "since") if request.args.get(name)}
    return url_for(f"ComplianceView.{method}", **kept, **values)


def _changes_url(question: Question) -> str:
    return url_for("ChangesView.index", org=question.organisation.code, on=question.on.isoformat())


def _form_url(question: Question) -> str | None:
    if not actor_of(db.session).may(Action.PRINT, Resource.COMPLIANCE):
        return None
    since = question.since.isoformat() if question.since else None
    place = {"org": question.organisation.code, "on": question.on.isoformat(), "since": since}
    return url_for("FormsView.print_form", form_id="movement", **place)


def _records(question: Question) -> dict[str, Any]:
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
            *_breadcrumbs(organisation),
            {"title": organisation.title, "url": _address("index", org=organisation.code)},
        ],
        "on": question.on,
        "count_text": f"{format_number(total)} {plural(total, 'запись', 'записи', 'записей')} {as_of(question)}",
        "forecast": question.forecast,
        "corrections": corrected.numbers(question),
        "start": start_of(question),
        "rows": [row(judged) | {"enter_url": late_entry.url(judged)} for judged in page],
        "of_classes": _of_classes(question) if status is Status.OVERDUE else [],
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
