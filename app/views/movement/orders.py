"""Movement orders with their lines, and the movement book (3.3.4.3, 3.3.4.4)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import wtforms
from flask import flash, request
from flask_appbuilder import expose, has_access
from flask_wtf import FlaskForm
from sqlalchemy import inspect

from app.extensions import db
from app.models.engine.deleted import DeletedRecord
from app.models.movement import MovementLine, MovementOrder
from app.models.movement.kinds import KindRules, kinds_where
from app.models.study import SchoolClass
from app.panel.editing import fields, forms
from app.panel.editing.fields import find
from app.panel.editing.rows import Fill, RowsField
from app.panel.kinds import relation_field
from app.panel.menu import Menu
from app.panel.view import Button, RecordView, Related
from app.regulation.rights import Action, Resource
from app.services.movement import orders as movement
from app.services.movement.checks import LineDraft, OrderDraft
from app.views.monitoring import judged_orders, reasons

MOST_LINES = 400


def _line_fields() -> dict[str, wtforms.Field]:
    """The fields of a row. WTForms shows them in the order of making."""
    relations = inspect(MovementLine).relationships
    made = {
        "pupil": relation_field(MovementLine, relations["pupil"]),
        "event_date": forms.column_field(MovementLine, "event_date"),
        "to_class": relation_field(MovementLine, relations["to_class"]),
        "counterpart": wtforms.StringField("Откуда прибыл / куда выбыл", [fields.Optional(), fields.Length(300)]),
        "reason": wtforms.StringField("Основание", [fields.Optional(), fields.Length(300)]),
    }
    made["event_date"].kwargs["render_kw"] = _labels(lambda rules: rules.event_label)
    made["to_class"].kwargs["render_kw"] = _shown(lambda rules: rules.has_class)
    named = _shown(lambda rules: rules.counterpart_label) | _labels(lambda rules: rules.counterpart_label)
    made["counterpart"].kwargs["render_kw"] = named
    return made


def _shown(holds: Callable[[KindRules], object]) -> dict[str, str]:
    """For the page's script: the kinds of which a field is a part."""
    return {"data-show-for": " ".join(kinds_where(holds))}


def _labels(label: Callable[[KindRules], str | None]) -> dict[str, str]:
    """For the page's script: what a field is called by the kind chosen."""
    return {"data-labels": json.dumps({kind: label(kind.rules) for kind in kinds_where(label)}, ensure_ascii=False)}


class LinesField(RowsField):
    """The rows of an order."""

    add_label = "Обучающийся"
    target = "pupil"
    fill = Fill(
        label="Добавить весь класс",
        chooser="Класс",
        choices="SchoolClassView.lookup",
        source="MovementOrderView.class_pupils",
        argument="class_id",
        missing="Сначала выберите класс.",
        nothing="Все обучающиеся класса уже в приказе.",
        icon="users-group",
    )


class MovementOrderView(RecordView, model=MovementOrder):
    resource = Resource.MOVEMENT_ORDERS
    route = "movement_orders"
    menu = Menu(
        "Движение",
        order=10,
        icon="arrows-exchange",
        hint="Внести приказ и сразу увидеть срок",
        reader_hint="Приказы школ и сроки их внесения",
    )
    guide, clause = "secretary#приказ", "3.3.4.4"
    list_columns = ["number", "order_date", "kind", "academic_year", "state", "entered_on", "entered_by", "school"]
    default_order = ("order_date",)
    default_descending = True
    filter_columns = ["kind", "academic_year", "order_date", "entered_on", "annulled_on", "school"]
    search_hint = "Номер приказа"
    empty_hint = "Внесите первый приказ: панель сразу посчитает срок."
    add_label = "Приказ"
    form_fieldsets = [
        ("Приказ", ["kind", "number", "order_date", "decision_date", "note"]),
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
                    "academic_year",
                    "school",
                    "note",
                    "annulled_on",
                    "annulment_reason",
                ]
            },
        )
    ]
    fixed_columns = ("kind",)
    form_paths = ("lines.pupil", "lines.to_class")
    related = [
        Related(
            MovementLine,
            "order_id",
            ("pupil", "event_date", "from_class", "to_class", "counterpart", "reason", "entered_on"),
            "Обучающиеся в приказе",
        )
    ]
    blocks = (judged_orders.ORDER_BLOCK,)
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
    method_permission_name = RecordView.method_permission_name | {"class_pupils": Action.EDIT}

    def form_extra(self) -> dict[str, Any]:
        row = type("LineForm", (FlaskForm,), {"Meta": type("Meta", (), {"csrf": False}), **_line_fields()})
        lines = LinesField(wtforms.FormField(row), "Обучающиеся", min_entries=1, max_entries=MOST_LINES)
        kind = forms.column_field(MovementOrder, "kind")
        kind.kwargs["render_kw"] = {"data-kind-switch": ""}
        decision = forms.column_field(MovementOrder, "decision_date")
        decision.kwargs["render_kw"] = _shown(lambda rules: rules.needs_decision)
        return {"lines": lines, "kind": kind, "decision_date": decision}

    def prefill(self, form: forms.Form) -> None:
        super().prefill(form)
        pupil = request.args.get("pupil")
        if pupil:
            chosen = find(form.lines[0].form.pupil.model, pupil)
            form.lines[0].form.pupil.data = chosen

    def saved(self, obj: MovementOrder, created: bool) -> None:
        """The secretary hears at once by when the order had to be there."""
        words, kind = reasons.after_entering(judged_orders.judged(obj))
        flash(words if created else words.replace("внесён", "исправлен", 1), kind)
        if obj.outlived:
            flash("Более поздние переводы отменены: " + "; ".join(obj.outlived) + ".", "info")

    def write(self, form: forms.Form, obj: MovementOrder | None) -> MovementOrder:
        draft = OrderDraft(
            kind=form.kind.data if "kind" in form else obj.kind,
            number=form.number.data,
            order_date=form.order_date.data,
            decision_date=form.decision_date.data,
            note=form.note.data,
            lines=tuple(_draft_line(row.form) for row in form.lines.entries),
        )
        return movement.enter(db.session, draft) if obj is None else movement.change(db.session, obj, draft)

    def erase(self, obj: MovementOrder) -> DeletedRecord:
        return movement.delete(db.session, obj)

    def obstacles(self, rows: Sequence[MovementOrder]) -> dict[int, list[str]]:
        return movement.standing_on(db.session, rows)

    def card_subtitle(self, obj: MovementOrder) -> str:
        return obj.kind.title_ru

    @expose("/class_pupils")
    @has_access
    def class_pupils(self) -> dict[str, Any]:
        """Everybody who is in a class now, for «Добавить весь класс»."""
        chosen = find(SchoolClass, request.args.get("class_id", ""))
        pupils = movement.class_pupils(db.session, chosen) if chosen is not None else []
        return {"results": [{"id": pupil.id, "text": str(pupil), "hint": ""} for pupil in pupils], "more": False}


def _draft_line(row: wtforms.Form) -> LineDraft:
    return LineDraft(
        pupil=row.pupil.data,
        event_date=row.event_date.data,
        to_class=row.to_class.data,
        counterpart=row.counterpart.data or None,
        reason=row.reason.data or None,
    )
