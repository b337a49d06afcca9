"""One row of a file against the form: what it would change, or why it is refused. The check and the run are one code.

The check takes back what it wrote (`rehearsal`), the run commits (`transaction`): each row by itself.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from app.choices import Choice
from app.exchange.reader import Row
from app.extensions import db
from app.models.base import label_of
from app.panel import cells
from app.panel.editing.forms import field_at
from app.panel.editing.pages import EditingPages
from app.panel.importing import matching
from app.panel.importing.columns import (
    CLEAR,
    ERRORS,
    NO_TOKEN,
    NUMBER,
    as_sent,
    empty_form,
    folded,
    imports_of,
    offered,
)
from app.panel.importing.references import References
from app.security.guard import Denied, person_of
from app.services.engine import submissions, warnings
from app.services.engine.errors import Changed, Refused
from app.services.engine.told import Card
from app.services.engine.transaction import rehearsal, transaction
from app.services.engine.warnings import NOTHING, Confirmed, Doubt, Unconfirmed

NO_ADDING = "Такой записи нет, а добавлять записи вам нельзя."
CHANGED = "После проверки запись изменил другой человек. Загрузите файл ещё раз."


class State(Choice):
    NEW = "new", "новая", "blue"
    CHANGED = "changed", "изменена", "green"
    SAME = "same", "без изменений", "gray"
    REFUSED = "refused", "отказано", "red"


@dataclass
class Outcome:
    """What became, or would become, of one row."""

    number: int
    state: State
    name: str = ""
    id: int | None = None
    version: int | None = None
    errors: list[tuple[str, str]] = field(default_factory=list)
    """(label of the field, words); no label: the whole row."""
    warnings: list[Doubt] = field(default_factory=list)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    """(label, old, new)."""

    @property
    def is_refused(self) -> bool:
        return self.state is State.REFUSED

    def packed(self) -> dict[str, Any]:
        told = [
            {**vars(each), "about": [str(value) for value in each.about], "cards": [vars(card) for card in each.cards]}
            for each in self.warnings
        ]
        return {**asdict(self), "warnings": told}

    @classmethod
    def unpacked(cls, kept: Mapping[str, Any]) -> "Outcome":
        lists = {name: [tuple(each) for each in kept[name]] for name in ("errors", "changes")}
        warnings = list(map(_doubt, kept["warnings"]))
        return cls(**{**kept, **lists, "warnings": warnings, "state": State(kept["state"])})


def _doubt(kept: Mapping[str, Any]) -> Doubt:
    cards = tuple(Card(**card) for card in kept.get("cards", ()))
    return Doubt(**{**kept, "about": tuple(kept["about"]), "cards": cards})


@dataclass
class Typed:
    """The filled cells of a row as a browser would send them, and those that could not be understood."""

    sent: dict[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    number: str = ""

    @property
    def names(self) -> set[str]:
        return self.sent.keys() | self.errors.keys()


class Reading:
    """A file that is brought in, row by row, as the person who acts."""

    def __init__(self, view: EditingPages, columns: Mapping[str, str], *, for_good: bool, marked: bool = False) -> None:
        self.view, self.columns, self.for_good = view, columns, for_good
        self.mark = imports_of(view).mark if marked else None
        self.blank = empty_form(view)
        """What a cell is held against; nothing is ever written into it."""
        self.names = [each.short_name for each in offered(view, self.blank)]
        self.claims = matching.Claims()
        self.references: dict[int | None, References] = {}

    def rows(
        self, rows: list[Row], checked: Mapping[int, Outcome], answers: Mapping[int, Confirmed]
    ) -> Iterator[Outcome]:
        """`checked` is what the person saw of each row, `answers` the warnings of it that he has confirmed."""
        with warnings.gathered(db.session, self.view.model, list(map(self._foreseen, rows))) as gathered:
            for row in rows:
                seen, gathered.place = checked.get(row.number), f"Строка {row.number}"
                if seen is not None and seen.is_refused:
                    yield seen
                else:
                    yield self.row(row, answers.get(row.number, NOTHING), seen)

    def row(self, row: Row, answers: Confirmed = NOTHING, seen: Outcome | None = None) -> Outcome:
        outcome = Outcome(row.number, State.REFUSED)
        try:
            with self._block(answers):
                submissions.take_turn(db.session, f"import {self.view.model.__tablename__}")
                self._enter(row, outcome, seen)
        except Unconfirmed as error:
            outcome.warnings = list(error.warnings)
            if self.for_good:
                outcome.state = State.REFUSED
                outcome.errors = [("", f"Не подтверждено: {each.told}") for each in error.warnings]
        except Refused as error:
            outcome.state, outcome.errors = State.REFUSED, self._told(error.errors)
        except Denied as error:
            outcome.state, outcome.errors = State.REFUSED, [("", str(error))]
        except Changed:
            outcome.state, outcome.errors = State.REFUSED, [("", CHANGED)]
        return outcome

    def _block(self, answers: Confirmed) -> AbstractContextManager[None]:
        return (transaction if self.for_good else rehearsal)(db.session, answers)

    def _enter(self, row: Row, outcome: Outcome, seen: Outcome | None) -> None:
        """The row as a record, in the transaction that is open. Raises what the edit form would show."""
        typed = self._typed(row)
        outcome.name = _name(self.names, typed, row, self.columns)
        obj = self._record(row, typed)
        outcome.state = State.NEW if obj is None else State.CHANGED
        if obj is not None:
            outcome.id, outcome.version, outcome.name = obj.id, obj.version, str(obj)
        form = self._checked(typed, obj)
        outcome.changes = self._changes(form, obj)
        if obj is not None and not outcome.changes:
            outcome.state = State.SAME
            return
        if seen is not None and (seen.id, seen.version) != (outcome.id, outcome.version):
            raise Changed
        saved = self.view.write(form, obj)
        if self.mark is not None and obj is None:
            self.mark.set(saved)
        db.session.flush()
        outcome.name = str(saved)
        if self.for_good:
            outcome.id = saved.id

    def _foreseen(self, row: Row) -> dict[str, Any]:
        """What the questions about the row read of it, before it is a record."""
        wanted = warnings.columns_of(self.view.model)
        given = {name: text for heading, name in self.columns.items() if (text := row.values.get(heading, ""))}
        form = self.view.add_form(formdata=MultiDict({name: given.get(name, "") for name in wanted}), meta=NO_TOKEN)
        return {name: form[name].data for name in wanted if name in form and form[name].validate(form)}

    # The row as it would be typed.

    def _typed(self, row: Row) -> Typed:
        typed = Typed()
        school = self._school(row)
        references = self.references.setdefault(school, References(school))
        for heading, name in self.columns.items():
            text = row.values.get(heading, "")
            if name == NUMBER:
                typed.number = text.removeprefix("№").strip()
            elif name != ERRORS and text:
                self._type(typed, self.blank[name], text, references)
        return typed

    def _type(self, typed: Typed, entry: Any, text: str, references: References) -> None:
        try:
            typed.sent[entry.short_name] = "" if folded(text) == CLEAR else as_sent(entry, text, references)
        except ValueError as error:
            typed.errors[entry.short_name] = [str(error)]

    def _school(self, row: Row) -> int | None:
        """The school that the row is about, where that is known: what it refers to is looked for there."""
        own = person_of(db.session).default_school_id
        heading = next((heading for heading, name in self.columns.items() if name == "school"), None)
        text = row.values.get(heading, "") if heading is not None else ""
        if own is not None or not text:
            return own
        try:
            return self.references.setdefault(None, References()).find(self.blank["school"], text)
        except ValueError:
            return None

    def _record(self, row: Row, typed: Typed) -> Any:
        """The record that the row is about; None for a new one."""
        probe = self._form(None, typed)
        probe.validate()
        keys = {name for key in imports_of(self.view).keys for name in key.names}
        wrong = {name: list(probe[name].errors) for name in typed.sent if probe[name].errors} | typed.errors
        if keys & wrong.keys():
            raise Refused(wrong)
        values = {name: probe[name].data if name in typed.sent else None for name in keys}
        school = probe["school"].data if "school" in typed.sent else None
        school_id = school.id if school is not None else person_of(db.session).default_school_id
        if not typed.number:
            self.claims.claim(imports_of(self.view).keys, row.number, values, school_id)
        obj = matching.record_of(self.view, typed.number, values, school_id)
        if obj is not None:
            self.claims.claim_record(row.number, obj.id)
        elif not self.view.may_add(person_of(db.session)):
            raise Refused({"": [NO_ADDING]})
        return obj

    def _form(self, obj: Any, typed: Typed) -> Any:
        """The form with the filled cells in it. What the file leaves out stays as it is, or as the model begins."""
        form = self.view._form(obj, formdata=MultiDict(typed.sent), meta=NO_TOKEN)
        for name in self.view.form_columns:
            if name in form and name not in typed.sent and (obj is not None or not form[name].flags.required):
                del form[name]
        return form

    def _checked(self, typed: Typed, obj: Any) -> Any:
        """The form that may be written. Raises Refused with all that is wrong."""
        form = self._form(obj, typed)
        fine = form.validate()
        together = self.view._together(form, obj)
        errors = {name: list(each.errors) for name, each in form._fields.items() if each.errors and name in self.names}
        errors |= typed.errors
        if obj is not None:
            errors |= self._fixed(form, obj, typed)
        if errors or not fine or not together:
            raise Refused(errors or {"": [str(error) for error in form.form_errors]})
        return form

    def _fixed(self, form: Any, obj: Any, typed: Typed) -> dict[str, list[str]]:
        """What the form of a stored record does not have cannot be changed by a file either."""
        shut = [name for name in typed.sent if name not in form]
        if not shut:
            return {}
        probe = self._form(None, typed)
        probe.validate()
        return {name: [self.view.why_shut(obj, name)] for name in shut if probe[name].data != getattr(obj, name, None)}

    def _changes(self, form: Any, obj: Any) -> list[tuple[str, str, str]]:
        given = [(name, form[name].data) for name in self.names if name in form]
        old = {name: getattr(obj, name, None) for name, _ in given}
        return [
            (form[name].label.text, cells.plain(old[name]), cells.plain(value))
            for name, value in given
            if value != old[name]
        ]

    def _told(self, errors: Mapping[str, list[str]]) -> list[tuple[str, str]]:
        """Errors at the labels of their fields."""
        return [(_label(self.view.model, self.blank, place), words) for place, told in errors.items() for words in told]


def _label(model: type, form: Any, place: str) -> str:
    if not place or place == NUMBER:
        return place
    found = field_at(form, place, {})
    return found.label.text if found is not None else label_of(model, place)


def _name(names: list[str], typed: Typed, row: Row, columns: Mapping[str, str]) -> str:
    """What a refused row is called: the first two of its cells."""
    told = [text for heading, text in row.values.items() if text and columns[heading] in names]
    return ", ".join(told[:2])[:120]
