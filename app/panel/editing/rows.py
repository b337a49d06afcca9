"""Rows of a form: the records of a record (app/models/rows.py), one compact line each, however many.

A page of a thousand rows costs one query for each reference, and no list of choices is written a thousand times: the
heading of a column holds what its pickers need, and the page's script (static/panel/rows.js) makes them as they come
into sight.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import wtforms
from sqlalchemy import UniqueConstraint, inspect
from wtforms.utils import unset_value

from app.extensions import db
from app.models.base import label_of
from app.models.references import key_of
from app.models.rows import ChildRows
from app.panel import cells, kinds
from app.panel.editing import fields
from app.panel.editing.row import NUMBER, TICK, TICKS, Column, Row
from app.panel.loading import eager
from app.panel.registry import view_of
from app.regulation.rights import Action
from app.russian import counted
from app.security.guard import person_of
from app.web import arguments

LONGEST_NUMBER = 6
"""Digits of the number of a row: no page has a million of them."""
WITH_CHOICES = 50
"""Rows up to which each select carries its choices; with more the script takes them from the heading."""
MOST_SHOWN = 2
"""Times the greatest number of rows that a refused form still comes back with."""


def _is_stale(record: Any) -> bool:
    return bool(inspect(record).expired_attributes)


class RowsField(wtforms.Field):
    """Rows are numbered by the page, with gaps where some were taken away; what is no number names no row."""

    widget = None

    def __init__(self, label: str, rows: ChildRows, owner: Any, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.rows, self.owner = rows, owner
        self.row_form = row_form(rows)
        self.entries: list[Row] = []
        self.absent: frozenset[str] = frozenset()
        """Columns that this record has not and that no choice on the page can bring back."""
        self.skipped: frozenset[str] = frozenset()
        """Columns that are no part of the record for the choice that was sent."""
        self.needed: frozenset[str] = frozenset()
        """Columns that are to be filled for the choice that is settled or was sent."""
        self.words: dict[str, str] = {}
        """Labels that follow from a choice that is settled."""
        self._own_errors: list[str] = []

    # What was typed.

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        self.process_errors: list[str] = []
        self._own_errors = []
        stored = list(data) if data is not unset_value and data is not None else []
        self.object_data = stored
        numbers = sorted(set(self._numbers(formdata or ())))
        if numbers or f"{self.name}-{TICKS}" in (formdata or ()):
            self._read(formdata, numbers, {str(row.id): row for row in stored})
        else:  # what was not sent at all stays as it is
            self.entries = [Row(n, self._bound(n, None, row), stored=row) for n, row in enumerate(stored)]
        if not self.entries:
            self.entries = [Row(0, self._bound(0, None, None))]
        self._resolve()

    def _read(self, formdata: Any, numbers: list[int], stored: dict[str, Any]) -> None:
        if len(numbers) > MOST_SHOWN * self.rows.most:
            raise arguments.BadArgument(f"{self._too_many(len(numbers))} Ничего не сохранено.")
        ticks = f"{self.name}-{TICKS}" in formdata
        for n in numbers:
            row = stored.pop(formdata.get(f"{self.name}-{n}-{NUMBER}", ""), None)
            ticked = not ticks or f"{self.name}-{n}-{TICK}" in formdata
            self.entries.append(Row(n, self._bound(n, formdata, row), ticked, row))

    def _numbers(self, formdata: Iterable[Any]) -> Iterator[int]:
        prefix = f"{self.name}-"
        for name in formdata:
            number = name[len(prefix) :].partition("-")[0] if name.startswith(prefix) else ""
            if number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER:
                yield int(number)

    def _bound(self, number: Any, formdata: Any, stored: Any) -> wtforms.Form:
        return self.row_form(formdata, obj=stored, prefix=f"{self.name}-{number}-")

    def _resolve(self) -> None:
        """The records that were chosen, one query for each column however many rows."""
        for name in self.rows.references:
            asked = [row.form[name] for row in self.entries if name in row.form and row.form[name].asked]
            if asked:
                model, options = asked[0].model, eager(asked[0].model, self.rows.filling(name))
                found = fields.find_all(model, {field.asked for field in asked}, asked[0].resource, options)
                for field in asked:
                    field.settle(found)

    def reload(self) -> None:
        """A refusal has taken everything back: what was chosen is read anew, again by one query for each column."""
        for name in self.rows.references:
            chosen = [row.form[name].data for row in self.entries if name in row.form]
            stale = {
                str(key)
                for each in chosen
                if each is not None
                for key in inspect(each).identity or ()
                if _is_stale(each)
            }
            if stale:
                model = type(next(each for each in chosen if each is not None))
                fields.find_all(model, stale, options=eager(model, self.rows.filling(name)))

    def settle(self, form: wtforms.Form, record: Any) -> None:
        """Leave out the columns that the record's own choice rules out, on the page too where the choice is fixed."""
        for name, follows in self.rows.show_for.items():
            is_open = follows.column in form
            choice = form[follows.column].data if is_open else getattr(record, follows.column, None)
            if choice is None:
                continue
            if not follows.shown(choice):
                self.skipped |= {name}
                self.absent |= frozenset() if is_open else {name}
            elif follows.wanted(choice):
                self.needed |= {name}
            if label := follows.label(choice):
                self._call(name, label)
        for row in self.entries:
            for name in self.skipped & row.form._fields.keys():
                row.form[name].data, row.form[name].process_errors = None, []
            for name in self.absent & row.form._fields.keys():
                del row.form[name]

    def _call(self, name: str, label: str) -> None:
        self.words[name] = label
        for row in self.entries:
            if name in row.form:
                row.form[name].label.text = label

    def fill(self, rows: Iterable[dict[str, Any]]) -> None:
        """Open the form of a new record with these rows."""
        self.entries = []
        for number, values in enumerate(rows):
            self.entries.append(Row(number, self._bound(number, None, None)))
            for name, value in values.items():
                self.entries[-1].form[name].data = value

    def take(self, row: Row | None, other: Row | None) -> Row | None:
        """Put another's row in the place of one; None: there is none. The row that stands now."""
        if row is not None:
            place = self.entries.index(row)
            self.entries.pop(place)
        else:
            place = len(self.entries)
        if other is None:
            return None
        number = row.number if row is not None else max((int(each.number) for each in self.entries), default=-1) + 1
        made = Row(number, self._bound(number, None, other.stored), stored=other.stored)
        for name in self.absent & made.form._fields.keys():
            del made.form[name]
        for name in self.words.keys() & made.form._fields.keys():
            made.form[name].label.text = self.words[name]
        self.entries.insert(place, made)
        return made

    # What is wrong with it.

    @property
    def kept(self) -> list[Row]:
        """The rows to save, in the order of the page: a service's `lines-0-…` is the first of these."""
        return [row for row in self.entries if row.is_left]

    def validate(self, form: wtforms.Form, extra_validators: Any = ()) -> bool:
        self._own_errors = []
        kept = self.kept
        if not kept and self.rows.none:
            self._own_errors.append(self.rows.none)
        if len(kept) > self.rows.most:
            self._own_errors.append(self._too_many(len(kept)))
            return False
        for row in kept:
            row.form.validate()
            for name in self.skipped & row.form._fields.keys():
                row.form[name].errors = []
        return not self.errors

    def _too_many(self, number: int) -> str:
        rows, most = counted(number, "строка", "строки", "строк"), counted(self.rows.most, "строки", "строк", "строк")
        return f"«{self.label.text}»: {rows}, а в одной записи – не больше {most}. Разделите их на несколько записей."

    @property
    def errors(self) -> list[Any]:
        """The rows' own, then what is wrong in each row."""
        return [*self._own_errors, *(row.form.errors for row in self.entries if row.form.errors)]

    @errors.setter
    def errors(self, errors: list[Any]) -> None:
        self._own_errors = [error for error in errors if isinstance(error, str)]

    @property
    def own_errors(self) -> list[str]:
        return self._own_errors

    @property
    def problems(self) -> list[dict[str, Any]]:
        """What is wrong in the rows, the same words once: label, message, the places as (number of the line, id)."""
        found: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for line, row in enumerate(self.entries, 1):
            for field in row.form:
                if field.errors:
                    key = (field.label.text, " ".join(field.errors))
                    found.setdefault(key, []).append((line, field.id))
        return [{"label": label, "message": text, "places": places} for (label, text), places in found.items()]

    def line_of(self, field: wtforms.Field) -> int | None:
        """The number of the line in which a field stands."""
        return next((n for n, row in enumerate(self.entries, 1) if field in row.form._fields.values()), None)

    # What is shown.

    @property
    def template(self) -> Row:
        """An empty row for the page's script to copy."""
        form = self._bound("__i__", None, None)
        for name in self.absent & form._fields.keys():
            del form[name]
        return Row("__i__", form)

    @property
    def next(self) -> int:
        """The number of the next row that the page adds."""
        return max(len(self.entries) + 100, *(int(row.number) + 1 for row in self.entries), 0)

    @property
    def add_many(self) -> list[dict[str, Any]]:
        """Buttons that add everybody who belongs to a chosen record; only for who may look it up."""
        made = []
        for many in self.rows.add_many:
            target = inspect(inspect(self.rows.model).relationships[self.rows.target].mapper.class_)
            view = view_of(target.relationships[many.by].mapper.class_)
            if person_of(db.session).may(Action.VIEW, view.resource):
                chooser = label_of(target.class_, many.by)
                told = {"by": many.by, "label": many.label, "nobody": many.nobody, "chooser": chooser}
                made.append(told | {"choices_url": view.url("lookup")})
        return made

    @property
    def columns(self) -> list[Column]:
        """The columns of the page: what is asked for, and behind what a row is about what is only shown."""
        empty, shown = self.template.form, self.rows.shown
        names = [self.rows.columns[0], *shown, *self.rows.columns[1:]]
        return [
            Column(name, self._label(name), empty._fields.get(name), self.rows.show_for.get(name), self.owner)
            for name in names
            if name not in self.absent
        ]

    def _label(self, name: str) -> str:
        return self.words.get(name) or label_of(self.rows.model, name)

    def shown_in(self, row: Row, name: str) -> str:
        """The text of a column that is only shown: as it is stored, or what the chosen record says of itself."""
        if name in row.said:
            return row.said[name]
        target = self.rows.target
        same = row.stored is not None and (target is None or getattr(row.stored, target) is row.form[target].data)
        return cells.plain(getattr(row.stored, name) if same else self.filled(row.form[target].data, name))

    def filled(self, target: Any, name: str) -> Any:
        """What a column is filled with for a chosen record."""
        _, _, path = self.rows.fill_from[name].partition(".")
        return cells.value_of(target, path) if target is not None else None

    @property
    def has_choices(self) -> bool:
        """Whether each select of a row carries its choices itself."""
        return len(self.entries) <= WITH_CHOICES

    @property
    def data(self) -> list[dict[str, Any]]:
        return [row.form.data for row in self.kept]

    @data.setter
    def data(self, value: Any) -> None:
        """WTForms sets it; the rows are read from the form alone."""

    # What is saved.

    def populate_obj(self, obj: Any, name: str) -> None:
        """The record's rows become what the page says; who is not among them is taken out."""
        stored = self._stored_for_kept(getattr(obj, name))
        setattr(obj, name, [self._written(row, stored[row.number]) for row in self.kept])

    def repeated(self) -> dict[str, list[str]]:
        """Rows that are alike in what may not repeat within a record, by the place of the later one."""
        wrong: dict[str, list[str]] = {}
        kept = [(line, row) for line, row in enumerate(self.entries, 1) if row.is_left]
        for names in self._unique():
            first: dict[tuple[Any, ...], int] = {}
            for n, (line, row) in enumerate(kept):
                values = tuple(getattr(row.form[name].data, "id", row.form[name].data) for name in names)
                if None not in values and first.setdefault(values, line) != line:
                    label = row.form[names[-1]].label.text
                    wrong[f"{self.short_name}-{n}-{names[-1]}"] = [f"«{label}» – как в строке {first[values]}."]
        return wrong

    def _unique(self) -> Iterator[list[str]]:
        """The columns of a row that may not repeat within one record."""
        mapper = inspect(self.rows.model)
        by_key = {key_of(mapper.relationships[name]).key: name for name in self.rows.references}
        own = key_of(self.rows.relation).key
        for constraint in mapper.local_table.constraints:
            if isinstance(constraint, UniqueConstraint) and own in constraint.columns:
                names = [by_key.get(each.key, each.key) for each in constraint.columns if each.key != own]
                if names and all(name in self.rows.columns for name in names):
                    yield names

    def _stored_for_kept(self, stored: Sequence[Any]) -> dict[Any, Any]:
        """The stored row that each row of the page is: the one about the same, else its own. So what is taken out in
        one row and added in another, or changes places with another, stays the row that it was."""
        names = [self.rows.target] if self.rows.target is not None else next(self._unique(), [])
        if not names:
            return {row.number: row.stored for row in self.kept}
        about = {tuple(getattr(each, name) for name in names): each for each in stored}
        found = {row.number: about.pop(tuple(row.form[name].data for name in names), None) for row in self.kept}
        taken = set(map(id, found.values()))
        return {
            row.number: found[row.number] or (row.stored if id(row.stored) not in taken else None) for row in self.kept
        }

    def _written(self, row: Row, stored: Any) -> Any:
        record = stored if stored is not None else self.rows.model()
        for name in self.rows.columns:
            if name in row.form:
                row.form[name].populate_obj(record, name)
            elif name in self.absent:
                setattr(record, name, None)
        return record


def row_form(rows: ChildRows) -> type[wtforms.Form]:
    """The fields of a row. WTForms shows them in the order of making."""
    relations = inspect(rows.model).relationships
    made: dict[str, Any] = {NUMBER: wtforms.HiddenField()}
    for name in rows.columns:
        relation = relations.get(name)
        made[name] = (
            kinds.relation_field(rows.model, relation, fields.RowSelectField)
            if relation is not None
            else kinds.row_field(rows.model, name)
        )
    return type("RowForm", (wtforms.Form,), made)


def field_of(model: Any, rows: ChildRows) -> wtforms.Field:
    """The unbound field of a model's rows."""
    return RowsField(label_of(model, rows.name), rows, model)
