"""`/compliance/`: region → municipality → school → rule → records. A number leads to exactly the records it counts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from flask import abort, g, render_template, request, url_for
from flask_appbuilder import expose, has_access

from app.compliance.status import Status
from app.extensions import db
from app.panel.menu import Menu
from app.panel.page import Page
from app.regulation.rights import Action, Resource
from app.regulation.workdays import FIRST_DAY
from app.russian import format_date
from app.security.guard import actor_of
from app.services.monitoring import compliance as monitoring
from app.services.monitoring import periods
from app.services.monitoring.as_of import TITLES, WrongDays, as_of, local_today, question_of
from app.services.monitoring.compliance import Question, Tally
from app.services.monitoring.periods import first_day
from app.views.monitoring import compliance_records as listing
from app.views.monitoring import compliance_tables as tables
from app.views.monitoring import corrected
from app.views.monitoring.reasons import answering
from app.views.monitoring.starts import start_of
from app.web import arguments
from app.web.arguments import BadArgument

EVERYTHING = "all"
"""The period without a beginning."""
Answer = str | tuple[str, int]


class ComplianceView(Page):
    route_base = "/compliance"
    menu = Menu("Работа", order=10, icon="gauge", title="Сроки и полнота", hint="Кто, что и в какой срок внёс")
    default_view = "index"
    guide, clause = "municipal#сроки", "3.3.9.2"
    class_permission_name = Resource.COMPLIANCE.value
    method_permission_name = {
        "index": Action.VIEW,
        "matrix": Action.VIEW,
        "records": Action.VIEW,
        "export": Action.EXPORT,
    }

    @expose("/")
    @has_access
    def index(self) -> Answer:
        return _answer("monitoring/compliance.html", _report)

    @expose("/records")
    @has_access
    def records(self) -> Answer:
        return _answer("monitoring/compliance_records.html", listing.report, of_year=False)

    @expose("/matrix")
    @has_access
    def matrix(self) -> Answer:
        return _answer("monitoring/compliance_matrix.html", _matrix)

    @expose("/export")
    @has_access
    def export(self) -> Any:
        """The records behind a number as a file."""
        try:
            return listing.export(asked(Action.EXPORT))
        except WrongDays as error:
            raise BadArgument(str(error)) from error


def _answer(template: str, report: Callable[[Question], dict[str, Any]], *, of_year: bool = True) -> Answer:
    """The page; or what is wrong with the days, each at its field of the form that asks for them."""
    try:
        told = report(asked(of_year=of_year))
    except WrongDays as error:
        return render_template("monitoring/compliance.html", report=_refused(error)), 400
    return render_template(template, report=told)


def _refused(error: WrongDays) -> dict[str, Any]:
    kept = [(name, value) for name, value in request.args.items() if name in ("org", "rule", "status", "sort", "only")]
    return {
        "title": "Сроки и полнота",
        "tables": [],
        "filters": filters(request.args.get("on"), request.args.get("since"), error.at_fields)
        | {"compared": request.args.get("compared", "")}
        | {"action": url_for(request.endpoint or "ComplianceView.index"), "hidden": kept},
    }


def filters(on: str | None, since: str | None, errors: dict[str, str] | None = None) -> dict[str, Any]:
    """The two dates of a report as its form shows them."""
    return {"on": on or "", "since": since or "", "errors": errors or {}}


def asked(action: Action = Action.VIEW, *, of_year: bool = False) -> Question:
    """The question of this request: organisation, day, period, rule. Only what the actor may ask for this action.

    `of_year`: where neither day nor period is asked for, the duties of this school year.
    """
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
    if of_year and on is None and since is None and request.values.get("period") != EVERYTHING:
        since = g.default_since = first_day(local_today(db.session, organisation))
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
    organisation, earlier = question.organisation, _compared(question)
    by_rule, children = monitoring.overview(db.session, question)
    before = tables.Before(*monitoring.overview(db.session, earlier)) if earlier else None
    total = Tally.sum(by_rule.values())
    found = [] if children is None else [tables.of_children(question, children, before)]
    return {
        "title": organisation.title,
        "section": "Сроки и полнота",
        "breadcrumbs": tables.breadcrumbs(organisation),
        "periods": _periods(question),
        "earlier": _earlier(question, total),
        "matrix_url": tables.address("matrix", org=organisation.code) if children else None,
        "on": question.on,
        "since": question.since,
        "compared": earlier.on if earlier else None,
        "kpis": tables.kpis(total, before.total if before else None),
        "corrections": corrected.numbers(question),
        "start": start_of(question),
        "tables": [*found, tables.of_rules(question, by_rule, before)],
        "responsible": answering(question),
        "form_url": _form_url(question),
        "changes_url": _changes_url(question),
        "form_title": "Мониторинг движения обучающихся, PDF",
        "forecast": question.forecast,
        "filters": filters(question.on.isoformat(), question.since.isoformat() if question.since else None)
        | {"compared": earlier.on.isoformat() if earlier else ""}
        | {"action": url_for("ComplianceView.index"), "hidden": [("org", organisation.code)]},
        "clause_note": "пункты 3.3.3.2, 3.3.4.4 Регламента",
    }


def _compared(question: Question) -> Question | None:
    """The same question of an earlier day, as was known then. Raises WrongDays."""
    title = "Сравнить с днём"
    try:
        day = arguments.day(request.args, "compared", title)
    except BadArgument as error:
        raise WrongDays({"compared": str(error)}) from error
    if day is None:
        return None
    if not (question.since or FIRST_DAY) <= day < question.on:
        since = format_date(question.since or FIRST_DAY)
        words = f"{title}: ожидается дата с {since} и раньше {format_date(question.on)}."
        raise WrongDays({"compared": words})
    return replace(question, on=day, forecast=False)


def _periods(question: Question) -> list[dict[str, Any]]:
    """The periods that are asked for by a press."""
    code = question.organisation.code
    return [
        {
            "title": each.title,
            "url": url_for("ComplianceView.index", org=code, **_dates(each)),
            "current": (each.since, each.on) == (question.since, question.on),
        }
        for each in periods.offered(local_today(db.session, question.organisation))
    ]


def _dates(period: periods.Period) -> dict[str, str]:
    if period.since is None:
        return {"period": EVERYTHING}
    return {"since": period.since.isoformat(), "on": period.on.isoformat()}


def _earlier(question: Question, total: Tally) -> dict[str, Any] | None:
    """What is overdue from before the period: a new year hides no debt of an old one."""
    if question.since is None:
        return None
    ever = Tally.sum(monitoring.by_rule(db.session, replace(question, since=None)).values()).overdue
    if ever == total.overdue:
        return None
    where = {"period": EVERYTHING, "on": question.on.isoformat(), "org": question.organisation.code}
    return {"number": ever, "url": url_for("ComplianceView.records", status=Status.OVERDUE.value, **where)}


def _matrix(question: Question) -> dict[str, Any]:
    """Of a school it has the one row."""
    organisation = question.organisation
    of_region = organisation.level == "region"
    here = {"title": organisation.title, "url": tables.address("index", org=organisation.code)}
    return {
        "title": f"{organisation.title}: {'муниципалитеты' if of_region else 'школы'} и обязанности",
        "breadcrumbs": [*tables.breadcrumbs(organisation), here],
        "first_column": "Муниципалитет" if of_region else "Школа",
        "lead": f"{as_of(question)}".capitalize(),
        "on": question.on,
        "forecast": question.forecast,
        **tables.matrix(question),
    }


def _changes_url(question: Question) -> str:
    return url_for("ChangesView.index", org=question.organisation.code, on=question.on.isoformat())


def _form_url(question: Question) -> str | None:
    if not actor_of(db.session).may(Action.PRINT, Resource.COMPLIANCE):
        return None
    since = question.since.isoformat() if question.since else None
    place = {"org": question.organisation.code, "on": question.on.isoformat(), "since": since}
    return url_for("FormsView.print_form", form_id="movement", **place)
