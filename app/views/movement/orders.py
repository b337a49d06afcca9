"""Movement orders with their lines, and the movement book (3.3.4.3, 3.3.4.4)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import flash, request

from app.extensions import db
from app.models.engine.deleted import DeletedRecord
from app.models.movement import MovementLine, MovementOrder
from app.models.movement.kinds import OrderKind
from app.panel.editing import forms
from app.panel.listing.terms import Through
from app.panel.menu import Menu
from app.panel.view import Button, RecordView, Related
from app.regulation.rights import Resource
from app.security.guard import person_of
from app.services.movement import due, foretold, numbers, replacing, standing
from app.services.movement import orders as movement
from app.services.movement.checks import LineDraft, OrderDraft
from app.views.accounts import slips
from app.views.monitoring import judged_orders, reasons
from app.views.monitoring.held import ACT_BLOCK
from app.views.movement import late_entry, whole_class
from app.web.arguments import BadArgument

INSTEAD = "instead"
"""The argument of the look-up: the kind of the order that is entered in place of another."""


class MovementOrderView(RecordView, model=MovementOrder):
    resource = Resource.MOVEMENT_ORDERS
    route = "movement_orders"
    leads = (slips.lead("orders"),)
    menu = Menu(
        "Движение",
        order=10,
        icon="arrows-exchange",
        hint="Внести приказ и сразу увидеть срок",
        reader_hint="Приказы школ и сроки их внесения",
    )
    guide, clause = "secretary#приказ", "3.3.4.4"
    list_columns = ["number", "order_date", "kind", "whom", "term", "entered_on", "entered_by", "state", "school"]
    default_order = ("order_date",)
    default_descending = True
    filter_columns = ["kind", "academic_year", "order_date", "entered_on", "annulled_on", "school"]
    search_hint = "Номер приказа, фамилия и имя обучающегося"
    search_through = (Through("lines.pupil"),)
    empty_hint = "Внесите первый приказ: панель сразу посчитает срок."
    add_label = "Приказ"
    form_fieldsets = [
        ("Приказ", ["kind", "number", "order_date", "decision_date", "replaces", "note"]),
        ("Обучающиеся", ["lines"]),
    ]
    show_fieldsets = [
        (
            "Приказ",
            {
                "fields": [
                    "kind",
                    "number",
                    "order_date",
                    "decision_date",
                    "replaces",
                    "academic_year",
                    "school",
                    "note",
                    "annulled_on",
                    "annulment_reason",
                ]
            },
        )
    ]
    fixed_columns = ("kind", "replaces")
    hints = {"event_date": "kind", "decision_date": "kind"}
    related = [
        Related(
            MovementLine,
            "order_id",
            ("pupil", "event_date", "freed", "from_class", "to_class", "counterpart", "reason", "entered_on"),
            "Обучающиеся в приказе",
        )
    ]
    blocks = (judged_orders.REPLACED_BLOCK, ACT_BLOCK, judged_orders.ORDER_BLOCK)
    transitions = (
        Button(
            "annul",
            "Аннулировать",
            title="Аннулирование",
            done="Приказ аннулирован, состояние обучающихся возвращено.",
            icon="x",
            hint="Приказ останется виден, его действие на обучающихся отменится. Вернуть его будет нельзя.",
            danger=True,
            bulk=True,
        ),
    )

    def card_toolbar(self, obj: MovementOrder) -> list[dict[str, Any]]:
        """An enrolment is followed by the accounts of the family (3.3.2.4)."""
        return slips.button("orders", [obj.id]) if obj.kind.rules.enrols else []

    def saved(self, obj: MovementOrder, created: bool) -> None:
        """The secretary hears at once by when the order had to be there."""
        words, kind = reasons.after_entering(judged_orders.judged(obj))
        flash(words if created else words.replace("внесён", "исправлен", 1), kind)
        if obj.outlived:
            flash("Более поздние переводы отменены: " + "; ".join(obj.outlived) + ".", "info")

    def prefill(self, form: forms.Form) -> None:
        super().prefill(form)
        late_entry.fill(form)
        whole_class.fill(form)

    def lookup_narrowing(self) -> Sequence[Any]:
        """In the place of which an order of the kind `instead` may be entered."""
        found = super().lookup_narrowing()
        if not (kind := request.args.get(INSTEAD)):
            return found
        if kind not in {each.value for each in OrderKind}:
            raise BadArgument("Неизвестный вид приказа.")
        return [*found, *replacing.replaceable(OrderKind(kind))]

    def prepare_form(self, form: forms.Form, obj: Any) -> None:
        if "replaces" in form:
            form.replaces.depends = f"kind:{INSTEAD}"
        if obj is None:
            propose_number(form)
        if obj is None and request.method == "POST":
            late_entry.tell(form, late_entry.filled())

    def after_save(self, obj: MovementOrder) -> str:
        return late_entry.back() or whole_class.back() or super().after_save(obj)

    def _leave(self, obj: Any) -> str:
        return late_entry.back() or whole_class.back() or super()._leave(obj)

    def hint_of(self, name: str, day: date, choice: str) -> str:
        """By when the order has to be there; of one school only, since each has its own calendar."""
        person = person_of(db.session)
        kind = next((each for each in OrderKind if each.value == choice), None)
        if kind is None or person.default_school_id is None:
            return ""
        return due.words(db.session, person.default_school_id, kind, name, day, person.today)

    def write(self, form: forms.Form, obj: MovementOrder | None) -> MovementOrder:
        draft = OrderDraft(
            kind=form.kind.data if "kind" in form else obj.kind,
            number=form.number.data,
            order_date=form.order_date.data,
            decision_date=form.decision_date.data if "decision_date" in form else None,
            note=form.note.data,
            replaces=form.replaces.data if "replaces" in form else None,
            lines=tuple(_draft_line(row.form.data) for row in form.lines.kept),
        )
        return movement.enter(db.session, draft) if obj is None else movement.change(db.session, obj, draft)

    def erase(self, obj: MovementOrder) -> DeletedRecord:
        return movement.delete(db.session, obj)

    def obstacles(self, rows: Sequence[MovementOrder]) -> dict[int, list[str]]:
        return standing.undeletable(db.session, rows)

    def foretold(self, rows: Sequence[MovementOrder], act: str) -> Mapping[int, Sequence[str]]:
        """Annulled or deleted, an order is taken back."""
        return foretold.taken_back(db.session, rows)

    def lookup_hint(self, obj: MovementOrder) -> str:
        """Annulled or not: an order may be entered in place of either."""
        return f"{obj.kind.title_ru}, {obj.state}"

    def card_subtitle(self, obj: MovementOrder) -> str:
        return obj.kind.title_ru


def propose_number(form: forms.Form) -> None:
    """For each kind the number that follows, for the page's script to offer."""
    person = person_of(db.session)
    if person.default_school_id is None:
        return
    found = numbers.next_numbers(db.session, person.default_school_id, person.today)
    proposed = json.dumps({kind.value: number for kind, number in found.items()}, ensure_ascii=False)
    form.number.render_kw = {"data-proposed": proposed, "data-proposed-by": "kind"}


def _draft_line(typed: dict[str, Any]) -> LineDraft:
    """A column that is no part of the kind of order is not there."""
    return LineDraft(
        pupil=typed["pupil"],
        event_date=typed["event_date"],
        to_class=typed.get("to_class"),
        counterpart=typed.get("counterpart"),
        reason=typed["reason"],
    )
