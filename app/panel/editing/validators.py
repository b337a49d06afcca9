"""Checks of form fields: what is wrong is said in Russian, and what to do."""

from collections.abc import Callable
from datetime import date
from typing import Any

import wtforms
from wtforms.validators import StopValidation, ValidationError

from app.extensions import db
from app.security.guard import person_of


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
        # Not «maxlength»: a browser would cut what is pasted before it is cleaned, without a word.
        self.field_flags = {"longest": limit}

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


class Agrees:
    """What is typed must agree with another field of the form; while that one is wrong, it stays as typed."""

    def __init__(self, other: str, agrees: Callable[[str, Any], bool]) -> None:
        self.other, self.agrees = other, agrees

    def __call__(self, form: wtforms.Form, field: wtforms.Field) -> None:
        try:
            agreed = self.agrees(field.data, form[self.other].data if self.other in form else None)
        except ValueError as error:
            raise StopValidation(str(error)) from error
        if not agreed:
            raise StopValidation


class SensibleDate:
    """A date check of `app.models.values` against today's local date."""

    def __init__(self, check: Callable[[date, date], date]) -> None:
        self.check = check

    def __call__(self, form: wtforms.Form, field: wtforms.Field) -> None:
        try:
            self.check(field.data, person_of(db.session).today)
        except ValueError as error:
            raise ValidationError(str(error)) from error
