"""Who may do what: the matrix of rights, the regulation's or a school's own, and what a school changes (3.3.2.2)."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask_appbuilder import expose, has_access

from app.clock import utc_now
from app.extensions import db
from app.models.engine.audit import AuditAction
from app.models.kinds import local
from app.models.schools import RightChange, School
from app.panel.menu import Menu
from app.panel.page import Page
from app.panel.trash import UNDO
from app.panel.view import RecordView
from app.regulation import load_regulation
from app.regulation.rights import Action, Resource
from app.russian import format_date, plural, read_date
from app.security.granted import of_school
from app.security.guard import person_of
from app.services.accounts import right_annex, right_changes, rights, seen_as
from app.services.accounts.right_changes import Basis, Step, Wish
from app.services.accounts.right_rules import Changes, Right
from app.services.engine import audit
from app.services.engine.errors import Changed, Refused
from app.views.accounts import right_cells as cells
from app.views.pages.menu import menu_for
from app.web import arguments

RESET = "reset"
"""In place of a wish: the whole cell back to the regulation."""


class RightsView(Page):
    route_base = "/rights"
    menu = Menu("Школа и доступ", order=40, icon="lock", title="Права ролей", hint="Кто что может по пункту 3.3")
    default_view = "index"
    guide, clause = "administrator#права-ролей", "3.3.2.2"
    class_permission_name = Resource.RIGHTS.value
    method_permission_name = {
        "index": Action.VIEW,
        "cell": Action.VIEW,
        "change": Action.EDIT,
        "undo": Action.EDIT,
        "printed": Action.PRINT,
        "as_role": Action.VIEW,
    }

    @expose("/")
    @has_access
    def index(self) -> str:
        return _page(_school(), None)

    @expose("/cell/<role>/<resource>")
    @has_access
    def cell(self, role: str, resource: str) -> str:
        """One cell beside the matrix; with a wish, what it would do."""
        school = _school()
        changes = _changes(school)
        opened = _opened(role, resource, changes, school)
        if (right := _right(role, resource)) is not None and school is not None:
            opened["asked"] = cells.asked(right, _wish(), changes, school.id)
        return _page(school, opened, changes)

    @expose("/cell/<role>/<resource>/change", methods=["POST"])
    @has_access
    def change(self, role: str, resource: str) -> Any:
        school = _school() or abort(404)
        changes = _changes(school)
        opened = _opened(role, resource, changes, school)
        right = _right(role, resource)
        steps = _steps(role, resource, right, changes)
        here = url_for("RightsView.cell", role=role, resource=resource, **_carried())
        if not steps:
            flash("Так уже и есть: ничего не изменено.", "info")
            return redirect(here)
        try:
            act = right_changes.change(db.session, school.id, steps, _basis())
        except Refused as error:
            if right is not None:
                opened["asked"] = cells.asked(right, _wish(), changes, school.id) | {"errors": error.errors}
            return _page(school, opened, changes), 422
        except Changed:
            abort(409)
        told: Any = {"text": _done(steps), "url": url_for("RightsView.undo", act=act, **_carried())}
        flash(told, UNDO)
        return redirect(here)

    @expose("/undo/<act>", methods=["POST"])
    @has_access
    def undo(self, act: str) -> Any:
        school = _school() or abort(404)
        try:
            number = right_changes.undo(db.session, school.id, act)
        except Refused as error:
            flash(" ".join(error.messages), "danger")
        else:
            words = f"Отменено: {number} {plural(number, 'право', 'права', 'прав')} как прежде."
            flash(words if number else "Отменять уже нечего.", "success" if number else "info")
        return redirect(url_for("RightsView.index", **_carried()))

    @expose("/print")
    @has_access
    def printed(self) -> Any:
        """The annex as PDF, of a school; printing is in the trail."""
        school = _school() or abort(404)
        data = right_annex.printed(db.session, school, local(utc_now()))
        day = person_of(db.session).today
        audit.note(db.session, AuditAction.PRINT, f"Матрица прав доступа: {school.name}, на {format_date(day)}")
        name = f"rights-{school.code}-{day.isoformat()}.pdf"
        return send_file(BytesIO(data), mimetype="application/pdf", as_attachment=False, download_name=name)

    @expose("/as/<role>")
    @has_access
    def as_role(self, role: str) -> str:
        """The menu and the rights of a role of the school, to be read; the look is in the trail."""
        school = _school()
        if role not in of_school():
            abort(404)
        place = school.name if school else "по Регламенту"
        actor = seen_as.actor_as(role, school.id if school else None, _changes(school), person_of(db.session).today)
        audit.note(db.session, AuditAction.SYSTEM, f"Посмотреть как: {actor.name}, {place}")
        shown = {
            "role_title": actor.name,
            "place": place,
            "menu": menu_for(actor),
            "rights": seen_as.sentences(actor),
            "back_url": url_for("RightsView.index", **_carried()),
        }
        return render_template("pages/seen_as.html", **shown)


class RightChangeView(RecordView, model=RightChange):
    """Read alone: rights are changed on their page."""

    resource = Resource.RIGHTS
    route = "right_changes"
    readonly = True
    guide, clause = "administrator#права-ролей", "3.3.2.2"
    list_columns = ["role", "resource", "action", "kind", "basis", "entered_at", "entered_by", "ended_at", "school"]
    show_fieldsets = [
        ("Право", {"fields": ["role", "resource", "action", "school"]}),
        ("Отступление", {"fields": ["kind", "basis_number", "basis_date"]}),
        ("Возвращено", {"fields": ["ended_at", "ended_by"]}),
    ]
    filter_columns = ["granted", "entered_at", "ended_at"]
    default_order = ("id",)
    default_descending = True


def _school() -> School | None:
    """The school whose rights are shown: the own one, or which of those reached is asked for; None: of no school, the
    regulation's set. A foreign school does not exist."""
    reached = person_of(db.session).school_ids(Resource.RIGHTS, Action.VIEW)
    key = request.values.get("school", "").strip()
    if not key:
        return db.session.get(School, next(iter(reached))) if reached is not None and len(reached) == 1 else None
    number = arguments.key(key)
    if reached is not None and number not in reached:
        abort(404)
    return db.session.get(School, number) or abort(404)


def _carried() -> dict[str, str]:
    return {"school": request.values["school"]} if request.values.get("school") else {}


def _changes(school: School | None) -> Changes:
    return rights.UNCHANGED if school is None else right_changes.in_force(db.session, school.id)


def _opened(role: str, resource: str, changes: Changes, school: School | None) -> dict[str, Any]:
    regulation = load_regulation()
    if role not in regulation.roles or resource not in regulation.resources:
        abort(404)
    return cells.opened(role, Resource(resource), changes, school.id if school else None)


def _right(role: str, resource: str) -> Right | None:
    """The right that a wish is about; None: of no single one."""
    action = request.values.get("action", "")
    if not action:
        return None
    if action not in Action.__members__.values():
        raise arguments.BadArgument("Такого действия нет. Откройте ячейку матрицы заново.")
    return Right(role, Resource(resource), Action(action))


def _wish() -> Wish:
    try:
        return Wish(request.values.get("wish", ""))
    except ValueError:
        raise arguments.BadArgument("Неясно, дать право или изъять. Откройте ячейку матрицы заново.") from None


def _steps(role: str, resource: str, right: Right | None, changes: Changes) -> list[Step]:
    if request.values.get("wish") == RESET:
        return right_changes.of_cell(role, Resource(resource), changes)
    if right is None:
        raise arguments.BadArgument("Не выбрано право. Откройте ячейку матрицы заново.")
    return right_changes.planned(right, _wish(), changes)


def _basis() -> Basis:
    """The document as it was typed. Raises Refused."""
    number, text = request.form.get("number", "").strip(), request.form.get("day", "").strip()
    day = read_date(text) if text else None
    if text and day is None:
        raise Refused({"day": [f"«{text[:20]}» – не дата. Ожидается дд.мм.гггг, например 31.08.2026."]})
    return Basis(number, day)


def _done(steps: list[Step]) -> str:
    said = ", ".join(f"{each.right.action.title_ru} – {each.becomes}" for each in steps)
    return f"{load_regulation().roles[steps[0].right.role].title}: {said}. Действует со следующего запроса."


def _page(school: School | None, opened: dict[str, Any] | None, changes: Changes | None = None) -> str:
    actor = person_of(db.session)
    changes = _changes(school) if changes is None else changes
    chosen = (opened["role"], Resource(opened["resource"])) if opened else None
    reached = actor.school_ids(Resource.RIGHTS, Action.EDIT)
    shown = {
        "school": school,
        "carried": _carried(),
        "may_print": school is not None and actor.may(Action.PRINT, Resource.RIGHTS),
        "may_change": school is not None
        and actor.may(Action.EDIT, Resource.RIGHTS)
        and (reached is None or school.id in reached),
        "heads": cells.heads(),
        "groups": cells.matrix(changes, chosen),
        "shown_as": of_school(),
        "legend": [(each.letters, each.title_ru) for each in Action],
        "number": len(changes),
        "opened": opened,
        "typed": request.form,
    }
    return render_template("pages/_right.html" if "HX-Request" in request.headers else "pages/rights.html", **shown)
