"""`/forms/`: printable forms of monitoring (4.1), for a school, a municipality or the region."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from flask import Response, abort, redirect, render_template, request, send_file, session, url_for
from flask_appbuilder import expose, has_access

from app.clock import utc_now
from app.extensions import db
from app.models.engine.audit import AuditAction
from app.panel import cells
from app.panel.menu import Menu
from app.panel.page import Page
from app.regulation.rights import Action, Resource
from app.security.actor import titles
from app.security.guard import actor_of
from app.services.engine import audit, jobs
from app.services.monitoring import compliance as monitoring
from app.services.monitoring import form_sets, forms
from app.services.monitoring.as_of import WrongDays, as_of
from app.services.territory.organisations import Organisation
from app.views.monitoring.compliance import asked, filters
from app.web.arguments import BadArgument


class FormsView(Page):
    route_base = "/forms"
    menu = Menu(
        "Работа", order=20, icon="printer", title="Формы", hint="Печатные формы мониторинга в PDF", action=Action.PRINT
    )
    default_view = "index"
    guide, clause = "municipal#форма", "3.3.9.2"
    class_permission_name = Resource.COMPLIANCE.value
    method_permission_name = {"index": Action.VIEW, "print_form": Action.PRINT, "print_schools": Action.PRINT}

    @expose("/")
    @has_access
    def index(self) -> str:
        return _page({})

    @expose("/print/<form_id>")
    @has_access
    def print_form(self, form_id: str) -> Response | tuple[str, int]:
        """The form as PDF; printing is in the trail."""
        form = forms.forms().get(form_id) or abort(404)
        actor = actor_of(db.session)
        try:
            question = asked(Action.PRINT)
        except WrongDays as error:
            kept = filters(request.args.get("on"), request.args.get("since"), error.at_fields)
            return _page({form_id: kept | {"org": request.args.get("org")}}), 400
        printing = forms.Printing(question, cells.local(utc_now()), actor.name, ", ".join(titles(actor.holdings)))
        try:
            data = forms.build(db.session, form, printing)
        except LookupError as error:
            raise BadArgument(str(error)) from error
        what = f"{form.title}: {question.organisation.title}, {as_of(question)}"
        audit.note(db.session, AuditAction.PRINT, what)
        mark = "-forecast" if question.forecast else ""
        name = f"{form_id}-{question.organisation.code}-{question.on.isoformat()}{mark}.pdf"
        return send_file(BytesIO(data), mimetype="application/pdf", as_attachment=False, download_name=name)

    @expose("/schools/<form_id>", methods=["POST"])
    @has_access
    def print_schools(self, form_id: str) -> Any:
        """The form of every school below, as an archive that a job makes."""
        form = forms.forms().get(form_id) or abort(404)
        try:
            question = asked(Action.PRINT)
            form_sets.ask(db.session, form, question)
        except WrongDays as error:
            kept = filters(request.form.get("on"), request.form.get("since"), error.at_fields)
            return _page({form_id: kept | {"org": request.form.get("org"), "of_schools": True}}), 400
        except LookupError as error:
            raise BadArgument(str(error)) from error
        session[jobs.MAY_HAVE] = True
        return redirect(url_for("JobsView.index"))


def _page(asked_of: dict[str, dict[str, Any]]) -> str:
    """Every form with what it asks for; `asked_of` is what was asked of a form that could not be printed."""
    actor = actor_of(db.session)
    may_print = actor.may(Action.PRINT, Resource.COMPLIANCE)
    organisations = monitoring.organisations_of(db.session, actor) if may_print else []
    today = filters(actor.today.isoformat(), None)
    shown = [
        _form(form, organisations) | {"asked": asked_of.get(form.id, today)}
        for form in (forms.forms().values() if may_print else [])
    ]
    return render_template("monitoring/forms.html", forms=shown, refused=bool(asked_of))


def _form(form: forms.Form[Any], organisations: Iterable[Organisation]) -> dict[str, Any]:
    url = url_for("FormsView.print_form", form_id=form.id)
    offered = [each for each in organisations if each.level in form.levels]
    return {
        "id": form.id,
        "title": form.title,
        "clause": form.clause,
        "url": url,
        "schools_url": url_for("FormsView.print_schools", form_id=form.id),
        "above_schools": [(each.code, each.title) for each in offered if each.level != "school"]
        if "school" in form.levels
        else [],
        "organisations": [(each.code, each.title) for each in offered],
        "parameters": form.parameters,
    }
