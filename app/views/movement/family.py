"""`/family/`: a family moves in: pupil, parents and order on one page, saved at once (3.3.4.2, 3.3.4.4)."""

from __future__ import annotations

import secrets
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import expose, has_access
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.movement import MovementOrder
from app.models.people import Guardianship, Parent, Pupil
from app.models.study import SchoolClass
from app.panel import way_back
from app.panel.editing import doubts, fields, forms
from app.panel.page import Page
from app.panel.place import served_view
from app.panel.registry import view_of
from app.regulation.rights import Action, Resource
from app.security.actor import Actor
from app.security.guard import Denied, actor_of, person_of
from app.services.engine import submissions
from app.services.engine.errors import Refused
from app.services.engine.warnings import Unconfirmed
from app.services.movement import family
from app.services.movement.checks import LineDraft, OrderDraft
from app.services.movement.family import Family, Kin
from app.services.people.known import known
from app.views.movement.family_form import CARD, MODELS, OF_ORDER, PUPIL, FamilyForm
from app.views.movement.orders import MovementOrderView, propose_number
from app.web import arguments, resumed_form

TITLE = "Новая семья"
TAKE = "take"
"""The button that takes a card which is there already; its value is the part and the number."""
TO_CLASS = "to_class"
UNTYPED = resumed_form.OWN | {"submission", doubts.TICK, TAKE}


def offered(actor: Actor) -> bool:
    """To whoever may make each of the records himself."""
    return all(view_of(model).may_add(actor) for model in (Pupil, Parent, Guardianship, MovementOrder))


def button(class_id: int | None = None) -> list[dict[str, Any]]:
    """On a list or a card, for whoever may."""
    if not offered(actor_of(db.session)):
        return []
    url = url_for("FamilyPage.add", **({} if class_id is None else {TO_CLASS: class_id}))
    return [{"title": TITLE, "url": url, "icon": "users-group", "primary": False}]


class FamilyPage(Page):
    route_base = "/family"
    default_view = "add"
    guide, clause = "secretary#новая-семья", "3.3.4.2"
    class_permission_name = Resource.MOVEMENT_ORDERS.value
    method_permission_name = {"add": Action.EDIT, "known": Action.EDIT}
    resumable = frozenset({"add"})
    title = "Обучающиеся"

    @expose("/", methods=["GET", "POST"])
    @has_access
    def add(self) -> Any:
        form = _form()
        if request.method == "GET":
            form.submission.data = secrets.token_urlsafe(18)
            form.line.to_class.data = fields.find(SchoolClass, request.args.get(TO_CLASS, ""))
            return self._page(form)
        if resumed_form.asked():
            return self._page(form)
        if taken := request.form.get(TAKE):
            _take(form, taken)
            return self._page(form)
        return self._save(form)

    @expose("/known/<part>", methods=["POST"])
    @has_access
    def known(self, part: str) -> Any:
        """Cards of the person who is being typed, for the page's script."""
        form = _form()
        if part not in MODELS:
            abort(404)
        form.parts[part].validate()  # brings names and numbers to the form in which they are stored
        return {"found": _proposed(form, part)}

    def _save(self, form: FamilyForm) -> Any:
        if not form.validate():
            return self._page(form, proposing=True), 422
        typed = [(name, value) for name, value in request.form.items(multi=True) if name not in UNTYPED]
        sent = submissions.submission_of(db.session, "family", form.submission.data or "", typed)
        try:
            pupil = submissions.once(
                db.session, sent, lambda: family.move_in(db.session, _family(form)), doubts.answered()
            )
        except submissions.Repeated as error:
            return self._repeated(form, error)
        except Unconfirmed as error:
            doubts.attach(form, error.warnings)
            return self._page(form, proposing=True), 422
        except Refused as error:
            forms.attach(form, error.errors)
            return self._page(form, proposing=True), 422
        flash(_told(form, pupil), "success")
        if form.is_filled("order"):
            _tell_term(pupil)
        return redirect(_back(pupil))

    def _repeated(self, form: FamilyForm, error: submissions.Repeated) -> tuple[str, int] | Response:
        """A second press leads to the one pupil."""
        pupil = fields.find(Pupil, error.record_id) if error.same else None
        if pupil is not None:
            flash("Семья уже записана.", "info")
            return redirect(_back(pupil))
        form.submission.data = secrets.token_urlsafe(18)
        form.form_errors = [
            "Эта форма уже сохранена, а теперь в ней другие значения. Если это ещё одна семья, сохраните ещё раз."
        ]
        return self._page(form), 422

    def _page(self, form: FamilyForm, proposing: bool = False) -> str:
        """`proposing`: the form was looked at and came back, cards like those typed are shown."""
        sections = [
            section | {"known": _knowing(form, section["part"], proposing) if section["part"] else None}
            for section in form.sections
        ]
        hints = {
            name: {"url": MovementOrderView.url("hint", name=name), "by": by}
            for name, by in MovementOrderView.hints.items()
        }
        where = {"view": self, "back_url": way_back.card() or view_of(Pupil).url("list"), "hints": hints}
        shown = {"title": TITLE, "form": form, "sections": sections, "conflict": None, "in_place": False}
        return render_template("movement/family.html", submit_label="Записать семью", **where, **shown)


def _form() -> FamilyForm:
    """The form of this request. Raises Denied."""
    person = person_of(db.session)
    if not offered(person):
        raise Denied("Недостаточно прав: семью записывает тот, кто ведёт личные карточки и приказы о движении.")
    form = FamilyForm(asks_school=person.default_school_id is None)
    propose_number(form.order)
    return form


def _family(form: FamilyForm) -> Family:
    pupil = form.card(PUPIL) or _new(form, PUPIL)
    kin = {
        part: Kin(
            form.card(part) or _new(form, part, pupil.school_id),
            form.parts[part].relation.data,
            form.parts[part].lives_with.data,
        )
        for part in MODELS
        if part != PUPIL and form.is_filled(part)
    }
    if not form.is_filled("order"):
        return Family(pupil, kin)
    order = OrderDraft(**{name: form.order[name].data for name in OF_ORDER})
    line = LineDraft(None, *(form.line[name].data for name in ("event_date", "to_class", "counterpart", "reason")))
    return Family(pupil, kin, order, line)


def _new(form: FamilyForm, part: str, school_id: int | None = None) -> Any:
    """A card as typed, of the pupil's school."""
    card = MODELS[part]()
    with db.session.no_autoflush:
        for name in form.typed(part):
            form.parts[part][name].populate_obj(card, name)
        asked = form.parts[part].school.data if "school" in form.parts[part] else None
        card.school_id = school_id or (asked.id if asked is not None else person_of(db.session).default_school_id)
    return card


def _knowing(form: FamilyForm, part: str, proposing: bool) -> dict[str, Any]:
    """What the page's script needs to propose cards, and those that are like what came back."""
    found = _proposed(form, part) if proposing and form.card(part) is None else []
    return {"url": url_for("FamilyPage.known", part=part), "field": f"{part}-{CARD}", "part": part, "found": found}


def _proposed(form: FamilyForm, part: str) -> list[dict[str, Any]]:
    """As the choice of a card tells them."""
    view = served_view(view_of(MODELS[part]).route)
    found = known(db.session, view.model, person_of(db.session).default_school_id, form.typed(part))
    return [{"id": card.id, "text": view.lookup_text(card), "hint": view.lookup_hint(card)} for card in found]


def _take(form: FamilyForm, value: str) -> None:
    """Raises BadArgument for what is no card of one's own."""
    part, _, key = value.partition(":")
    if part not in MODELS or (card := fields.find(MODELS[part], key)) is None:
        raise arguments.BadArgument("Такой карточки нет. Вернитесь к форме и выберите из списка.")
    form.parts[part][CARD].data = card


def _told(form: FamilyForm, pupil: Pupil) -> str:
    without = "" if form.is_filled("order") else " Приказ о зачислении внесите отдельно."
    return f"Семья записана: {pupil}.{without}"


def _tell_term(pupil: Pupil) -> None:
    """By when the order had to be there, as after the form of an order."""
    entered = select(MovementOrder).where(MovementOrder.lines.any(pupil_id=pupil.id)).order_by(MovementOrder.id.desc())
    order = db.session.scalars(entered.limit(1)).one()
    served_view(MovementOrderView.route).saved(order, created=True)


def _back(pupil: Pupil) -> str:
    """Where one came from; or the card of the pupil."""
    return way_back.to_card(served_view(view_of(Pupil).route), pupil)
