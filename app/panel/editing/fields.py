"""Form fields: what is typed comes back, what is wrong is said in Russian at the field."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

import wtforms
from flask import url_for
from markupsafe import Markup
from wtforms.validators import ValidationError
from wtforms.widgets import DateInput, DateTimeLocalInput, TextArea, TextInput, TimeInput

from app.choices import Choice
from app.extensions import db
from app.models import kinds
from app.models.kinds import Kind
from app.models.names import visible
from app.models.shared import is_shared
from app.panel.editing.validators import Required
from app.panel.registry import view_of
from app.regulation.rights import Action, Resource
from app.security.guard import actor_of, person_of
from app.security.scoping import condition

NOT_FOUND = "Такой записи нет или она недоступна. Выберите значение из списка."
LONGEST_KEY = 9
"""Digits of a record's number."""


class ParsedField(wtforms.Field):
    """A value that is typed as text and understood by its kind; what is not understood stays as it was typed."""

    widget = TextInput()
    kind: ClassVar[Kind]
    native = False
    """Whether the browser has an entry of its own for it: it would drop what it does not understand, without a word."""

    def __init__(self, label: str | None = None, validators: Any = None, *, column: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.column = column

    def process_formdata(self, valuelist: list[str]) -> None:
        text = visible(valuelist[0] if valuelist else "").strip()
        self.data = None
        value = self.kind.parse(text, self.column) if text else None
        # Seconds of a stored instant are not shown: who leaves it alone does not change it.
        same = value is not None and self.object_data is not None and _alike(self, value, self.object_data)
        self.data = self.object_data if same else value

    @property
    def is_text(self) -> bool:
        """What was typed is not understood."""
        return self.data is None and bool(self.raw_data and self.raw_data[0])

    def written(self, value: Any) -> str:
        """A value as the entry reads it."""
        return self.kind.text(value).replace("\N{NO-BREAK SPACE}", "")

    def _value(self) -> str:
        return self.written(self.data) if self.data is not None else (self.raw_data or [""])[0]


def _alike(field: ParsedField, one: Any, other: Any) -> bool:
    return type(one) is type(other) and field.written(one) == field.written(other)


class DateField(ParsedField):
    """A native date input; a date typed as dd.mm.yyyy is understood too."""

    widget, kind, native = DateInput(), kinds.DATE, True

    def written(self, value: date) -> str:
        return value.isoformat()


class TimeField(ParsedField):
    """Hours and minutes."""

    widget, kind, native = TimeInput(), kinds.TIME, True


class InstantField(ParsedField):
    """A date and a time of the installation's zone."""

    widget, kind, native = DateTimeLocalInput(), kinds.INSTANT, True

    def written(self, value: datetime) -> str:
        return kinds.local(value).strftime("%Y-%m-%dT%H:%M")


class IntegerField(ParsedField):
    """A whole number."""

    kind = kinds.INTEGER


class DecimalField(ParsedField):
    """An exact number, written with a comma."""

    kind = kinds.DECIMAL


class FloatField(ParsedField):
    """A measured number, written with a comma."""

    kind = kinds.FLOAT


class StructureField(ParsedField):
    """JSON as text."""

    widget, kind = TextArea(), kinds.STRUCTURE

    def written(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, indent=1)


class SelectField(wtforms.SelectField):
    """A choice of an enumeration or of fixed pairs; an unknown value is refused in Russian."""

    def __init__(
        self, *args: Any, enum: type[Choice] | None = None, blank: bool = False, read: Any = None, **kwargs: Any
    ) -> None:
        pairs = dict(enum.choices() if enum else kwargs.pop("choices", ()))
        kwargs["choices"] = ({"": "—"} if blank else {}) | pairs
        kwargs["coerce"] = _coerce(read or enum or str)
        super().__init__(*args, **kwargs)

    def pre_validate(self, form: wtforms.Form) -> None:
        if self.raw_data and self.raw_data[0] not in self.choices:
            raise ValidationError("Такого значения нет. Выберите из списка.")

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None

    @property
    def told(self) -> Any:
        """What is chosen, as the list of choices calls it."""
        return self.choices.get(self.data, self.data)


def _coerce(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def run(value: Any) -> Any:
        if value in (None, ""):
            return None
        return read(value)

    return run


class RemoteSelectField(wtforms.Field):
    """A record chosen by typing: the page carries only the chosen one, the rest is looked up within one's scope."""

    widget = staticmethod(lambda field, **kw: Markup(""))
    multiple = False
    data: Any

    def __init__(
        self,
        label: str,
        model: Any,
        endpoint: str,
        validators: Sequence[Any] = (),
        *,
        depends: str | None = None,
        resource: Resource | None = None,
        creates: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.creates = creates
        self.model, self.lookup_endpoint, self.depends, self.resource = model, endpoint, depends, resource
        self.only: frozenset[int] | None = None

    def narrow(self, keys: frozenset[int]) -> None:
        """Offer these records alone, all at once; another one that was chosen is refused."""
        self.only, self.depends = keys, None
        if self.data is not None and not self._is_offered(self.data):
            self.data, self.process_errors = None, [NOT_FOUND]

    def _is_offered(self, obj: Any) -> bool:
        return self.only is None or obj.id in self.only

    @property
    def allow_blank(self) -> bool:
        return not any(isinstance(validator, Required) for validator in self.validators)

    @property
    def remote_url(self) -> str | None:
        return None if self.only is not None else url_for(self.lookup_endpoint)

    @property
    def may_look_up(self) -> bool:
        return person_of(db.session).may(Action.VIEW, view_of(self.model).resource)

    @property
    def create_url(self) -> str | None:
        """Where a record that is not there yet is added without leaving the form; only who may add is led there."""
        view = view_of(self.model)
        return view.url("add", in_place=1) if self.creates and view.may_add(person_of(db.session)) else None

    @property
    def current(self) -> list[tuple[int, str]]:
        return [(self.data.id, str(self.data))] if self.data is not None else []

    @property
    def offered(self) -> list[tuple[int, str]]:
        """What else the page itself offers."""
        if not self.only:
            return []
        found = db.session.scalars(db.select(self.model).where(self.model.id.in_(sorted(self.only))))
        return sorted((obj.id, str(obj)) for obj in found if obj is not self.data)

    def _value(self) -> str:
        return str(self.data.id) if self.data is not None else ""

    def pre_validate(self, form: wtforms.Form) -> None:
        """A closed entry of a directory stays where it was chosen, and is not chosen anew."""
        chosen = self.data
        if chosen is None or not is_shared(self.model) or chosen == self.object_data:
            return
        if chosen.is_closed(person_of(db.session).today):
            raise ValidationError(f"«{chosen}» – {chosen.state}. Выберите другое значение.")

    def process_formdata(self, valuelist: list[str]) -> None:
        text = (valuelist[0] if valuelist else "").strip()
        found = find(self.model, text, self.resource) if text else None
        self.data = found if found is not None and self._is_offered(found) else None
        if text and self.data is None:
            raise ValueError(NOT_FOUND)


def written(value: Any) -> Any:
    """A value as a box of a form takes it."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, bool) else kinds.plain(value)


class RowSelectField(RemoteSelectField):
    """The same in a row of many: the rows look up what was chosen in all of them at once (rows.py)."""

    asked: str | None = None
    """The number that was sent, until it is settled."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type = RemoteSelectField.__name__

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data, self.asked = None, (valuelist[0] if valuelist else "").strip() or None

    def settle(self, found: dict[str, Any]) -> None:
        """Take the record that was asked for, of those that were found."""
        self.data = found.get(self.asked or "")
        if self.data is None:
            self.process_errors: list[str] = [NOT_FOUND]


def find_all(
    model: Any, texts: Iterable[str], resource: Resource | None = None, options: Sequence[Any] = ()
) -> dict[str, Any]:
    """Records by their numbers as they were sent, within the actor's scope, in one query. Junk is not found."""
    numbers = {text: int(text) for text in texts if text.isdecimal() and len(text) <= LONGEST_KEY}
    resources = None if resource is None else (resource,)
    where = condition(model, actor_of(db.session), resources=resources)
    statement = db.select(model).where(model.id.in_(sorted(set(numbers.values()))), where)
    rows = db.session.scalars(statement.options(*options))
    by_number = {row.id: row for row in rows}
    return {text: by_number[number] for text, number in numbers.items() if number in by_number}


def find(model: Any, text: Any, resource: Resource | None = None) -> Any:
    """A record by its number within the actor's scope, or None. Junk is none too."""
    return find_all(model, [str(text)], resource).get(str(text))
