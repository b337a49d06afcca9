"""What can be done to many records at once: deleting, setting a field, a transition. The pages are in bulk.py."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import wtforms
from flask_wtf import FlaskForm
from markupsafe import Markup

from app.extensions import db
from app.models.states import closed_words, is_closed
from app.panel import cells
from app.panel.declaration import Button
from app.panel.editing import doubts
from app.panel.editing.pages import EditingPages
from app.panel.transitions import TransitionPages
from app.panel.trash import DeletingPages
from app.regulation.rights import Action
from app.services.engine import foreseen, states, submissions
from app.services.engine.errors import Refused
from app.services.engine.warnings import Doubt

ALREADY = "Значение уже такое."


@dataclass
class Judged:
    """What a preview tells of records, by their keys."""

    reasons: dict[int, str] = field(default_factory=dict)
    """Why the action passes a record by."""
    asked: dict[int, list[Doubt]] = field(default_factory=dict)
    """What a record is asked about before the action is done with it."""
    foretold: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """What else the action changes by a record."""


def _joined(hindrances: dict[int, list[str]]) -> dict[int, str]:
    """Of the records that something hinders; a record that is spoken of is a link."""
    return {key: Markup("; ").join(map(cells.linked, told)) for key, told in hindrances.items() if told}


class BulkAction(ABC):
    """One action of the list's bar."""

    code: str
    """What a form sends."""
    label: str
    title: str
    """Of the preview, before the number of records."""
    right: Action
    hint: str = "Ничего ещё не изменено. Проверьте записи и подтвердите."
    danger: bool = False
    tick: str = "Всё верно, сохранить"
    undone: ClassVar[bool] = False
    """Whether «Отменить» takes it back."""
    field: str = ""
    """The field that the person fills in first."""
    columns: tuple[str, ...] = ()
    """The columns that it sets; none: whatever a change of a record may touch."""
    shows_change: ClassVar[bool] = False
    """Whether the preview tells the old and the new value of the field."""

    def value_field(self) -> wtforms.Field | None:
        """The field, as yet of no form."""
        return None

    @abstractmethod
    def hindered(self, rows: Sequence[Any], form: FlaskForm | None) -> Judged:
        """Which of these records it passes by, and what their values are asked about; nothing is written."""

    def judge(self, rows: Sequence[Any], form: FlaskForm | None) -> Judged:
        """The same, with what the act as a whole is asked about; nothing is written."""
        judged = self.hindered(rows, form)
        possible = [obj for obj in rows if obj.id not in judged.reasons]
        found = foreseen.rehearsed(db.session, possible, lambda obj: self.do(obj, form), self.columns)
        return Judged(judged.reasons | found.refused, judged.asked | found.asked)

    def foretold(self, rows: Sequence[Any]) -> Mapping[int, Sequence[str]]:
        """What else it changes, as the page for one record tells it."""
        return {}

    def act(self, obj: Any, form: FlaskForm | None) -> None:
        """Do it to one record with what was answered about it; raises what its service raises."""
        submissions.once(db.session, None, lambda: self.do(obj, form), doubts.answered_for(obj.id))

    @abstractmethod
    def do(self, obj: Any, form: FlaskForm | None) -> Any:
        """Do it to one record by its own service."""


class Deleting(BulkAction):
    code, label, title, right = "delete", "Удалить", "Удаление", Action.DELETE
    danger = undone = True
    tick = "Всё верно, удалить"
    hint = (
        "Удалённое можно вернуть: сразу – кнопкой «Отменить», позже – через администратора школы."
        " Удаление попадёт в журнал действий."
    )

    def __init__(self, view: DeletingPages) -> None:
        self.view = view

    def hindered(self, rows: Sequence[Any], form: FlaskForm | None) -> Judged:
        return Judged(_joined(self.view.hindrances(rows)))

    def foretold(self, rows: Sequence[Any]) -> Mapping[int, Sequence[str]]:
        return self.view.foretold(rows, self.code)

    def do(self, obj: Any, form: FlaskForm | None) -> Any:
        return self.view.erase(obj)


class Setting(BulkAction):
    """The view's own field, for many records the same value."""

    right = Action.EDIT
    shows_change = True

    def __init__(self, view: EditingPages, name: str) -> None:
        self.view, self.field, self.code, self.columns = view, name, f"set:{name}", (name,)
        self.label = self.title = f"Изменить: {cells.label_for(view.model, name).lower()}"

    def value_field(self) -> wtforms.Field:
        return getattr(self.view.edit_form, self.field)

    def hindered(self, rows: Sequence[Any], form: Any) -> Judged:
        value = form[self.field].data
        told = {obj.id: self._unchangeable(obj, value) for obj in rows}
        reasons = {key: reason for key, reason in told.items() if reason}
        found = foreseen.of(db.session, [obj for obj in rows if obj.id not in reasons], self.field, value)
        return Judged(reasons | found.refused, found.asked)

    def _unchangeable(self, obj: Any, value: Any) -> str:
        if is_closed(obj):
            return closed_words(obj)
        if getattr(obj, self.field) == value:
            return ALREADY
        form = self.view.edit_form(formdata=None)
        self.view.prepare_form(form, obj)
        return "" if self.field in form else self.view.why_shut(obj, self.field)

    def do(self, obj: Any, form: Any) -> Any:
        reason = self._unchangeable(obj, form[self.field].data)
        if reason:
            raise Refused({self.field: [reason]})
        return self.view.write(form, obj)


class Moving(BulkAction):
    """A transition, with one reason for all."""

    def __init__(self, view: TransitionPages, button: Button) -> None:
        self.way = view.model.__states__.transition(button.name)
        self.view, self.name, self.code = view, button.name, f"move:{button.name}"
        self.label, self.title, self.danger, self.right = button.label, button.title, button.danger, self.way.action
        self.field, self.hint = self.way.reason, button.hint or self.hint

    def value_field(self) -> wtforms.Field | None:
        return self.view.reason_field(self.way)

    def hindered(self, rows: Sequence[Any], form: FlaskForm | None) -> Judged:
        return Judged(_joined(states.obstacles(db.session, rows, self.name)))

    def foretold(self, rows: Sequence[Any]) -> Mapping[int, Sequence[str]]:
        return self.view.foretold(rows, self.name)

    def do(self, obj: Any, form: Any) -> Any:
        return states.move(db.session, obj, self.name, form[self.field].data if form is not None else "")
