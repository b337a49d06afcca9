"""Form fields: what is typed comes back, what is wrong is said in Russian at the field."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import wtforms
from flask import url_for
from markupsafe import Markup
from wtforms.validators import StopValidation, ValidationError

from app.choices import Choice
from app.clock import today
from app.extensions import db
from app.panel.registry import view_of
from app.regulation.rights import Action, Resource
from app.russian import parse_date
from app.security.guard import actor_of
from app.security.scoping import condition


class Required:
    """A value is wanted. The message says what to do."""

    field_flags = {"required": True}

    def __init__(self, message: str = "Заполните поле.") -> None:
        self.message = message

    def __call__(self, form: wtforms.Form, field: wtforms.Field) -> None:
        if field.data is None or (isinstance(field.data, str) and not field.data.strip()):
            field.errors = [error for error in field.errors if error]
            raise StopValidation(self.message if not field.errors else None)


class Optional:
    """An empty value ends the validation."""

    def __call__(self, form: wtforms.Form, field: wtforms.Field) -> None:
        if field.data is None or (isinstance(field.data, str) and not field.data.strip()):
            raise StopValidation


class Length:
    """Not longer than the column."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.field_flags = {"maxlength": limit}

    def __call__(self, form: wtforms.Form, field: wtforms.Field) -> None:
        if isinstance(field.data, str) and len(field.data) > self.limit:
            raise ValidationError(f"Слишком длинно: не больше {self.limit} знаков.")


class Normalised:
    """Bring the text to the stored form; what cannot be is refused with the normaliser's own words."""

    def __init__(self, normalise: Callable[[str], str]) -> None:
        self.normalise = normalise

    def __call__(self, form: wtforms.Form, field: wtforms.Field) -> None:
        try:
            field.data = self.normalise(field.data)
        except ValueError as error:
            raise ValidationError(str(error)) from error


class SensibleDate:
    """A date check of `app.models.values` against today's local date."""

    def __init__(self, check: Callable[[date, date], date]) -> None:
        self.check = check

    def __call__(self, form: wtforms.Form, field: wtforms.Field) -> None:

        try:
            self.check(field.data, today())
        except ValueError as error:
            raise ValidationError(str(error)) from error


class DateField(wtforms.DateField):
    """A native date input; a date typed as dd.mm.yyyy is understood too."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = (valuelist[0] if valuelist else "").strip()
        self.data = parse_date(text) if text else None
        if text and self.data is None:
            raise ValueError(f"«{text[:20]}» – не дата. Ожидается дд.мм.гггг, например 31.08.2026.")

    @property
    def is_text(self) -> bool:
        """What was typed is no date: a browser's date box would drop it without a word."""
        return self.data is None and bool(self.raw_data and self.raw_data[0])

    def _value(self) -> str:
        """As a date box reads it; what is no date as it was typed."""
        return self.data.isoformat() if self.data is not None else (self.raw_data or [""])[0]


class IntegerField(wtforms.IntegerField):
    def process_formdata(self, valuelist: list[str]) -> None:
        text = (valuelist[0] if valuelist else "").strip()
        if text and not text.removeprefix("-").isdecimal():
            raise ValueError("Ожидается целое число.")
        self.data = int(text) if text and len(text) < 10 else None


class SelectField(wtforms.SelectField):
    """A choice of an enumeration or of fixed pairs; an unknown value is refused in Russian."""

    def __init__(self, *args: Any, enum: type[Choice] | None = None, blank: bool = False, **kwargs: Any) -> None:
        pairs = dict(enum.choices() if enum else kwargs.pop("choices", ()))
        kwargs["choices"] = ({"": "—"} if blank else {}) | pairs
        kwargs["coerce"] = _coerce(enum)
        super().__init__(*args, **kwargs)

    def pre_validate(self, form: wtforms.Form) -> None:
        if self.raw_data and self.raw_data[0] not in self.choices:
            raise ValidationError("Такого значения нет. Выберите из списка.")

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None


def _coerce(enum: type[Choice] | None) -> Callable[[Any], Any]:
    def run(value: Any) -> Any:
        if value in (None, ""):
            return None
        return enum(value) if enum else str(value)

    return run


class RemoteSelectField(wtforms.Field):
    """A record chosen by typing: the page carries only the chosen one, the rest is looked up within one's scope."""

    widget = staticmethod(lambda field, **kw: Markup(""))
    multiple = False

    def __init__(
        self,
        label: str,
        model: Any,
        endpoint: str,
        validators: Sequence[Any] = (),
        *,
        depends: str | None = None,
        resource: Resource | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.model, self.lookup_endpoint, self.depends, self.resource = model, endpoint, depends, resource

    @property
    def allow_blank(self) -> bool:
        return not any(isinstance(validator, Required) for validator in self.validators)

    @property
    def remote_url(self) -> str:
        return url_for(self.lookup_endpoint)

    @property
    def may_look_up(self) -> bool:
        return actor_of(db.session).may(Action.VIEW, view_of(self.model).resource)

    @property
    def create_url(self) -> str | None:
        """Where a record that is not there yet is added without leaving the form; only who may add is led there."""
        view = view_of(self.model)
        return view.url("add", in_place=1) if view.may_add(actor_of(db.session)) else None

    @property
    def current(self) -> list[tuple[int, str]]:
        return [(self.data.id, str(self.data))] if self.data is not None else []

    def _value(self) -> str:
        return str(self.data.id) if self.data is not None else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = (valuelist[0] if valuelist else "").strip()
        self.data = find(self.model, text, self.resource) if text else None
        if text and self.data is None:
            raise ValueError("Такой записи нет или она недоступна. Выберите значение из списка.")


def find(model: Any, text: Any, resource: Resource | None = None) -> Any:
    """A record by its number within the actor's scope, or None. Junk is none too."""
    if not str(text).isdecimal() or len(str(text)) > 9:
        return None
    resources = None if resource is None else (resource,)
    where = condition(model, actor_of(db.session), resources=resources)
    return db.session.scalar(db.select(model).where(model.id == int(text), where))
