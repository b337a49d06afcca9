"""The form of a whole family: the forms of its records side by side, one page, one sending."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import wtforms
from flask_appbuilder.models.sqla.interface import SQLAInterface
from markupsafe import Markup

from app.models.movement import MovementLine, MovementOrder
from app.models.movement.kinds import OrderKind
from app.models.people import Guardianship, Parent, Pupil
from app.panel.editing import fields, forms
from app.panel.registry import view_of

PUPIL, FIRST, SECOND = "pupil", "first", "second"
CARD = "card"
"""In place of what is typed: the card that is there already."""
NAMES = ["last_name", "first_name", "middle_name", "birth_date"]
OF_PUPIL = [*NAMES, "sex", "snils", "birth_certificate", "foreign_document", "address", "phone", "email"]
OF_PARENT = ["last_name", "first_name", "middle_name", "phone", "birth_date", "snils", "email", "address"]
OF_TIE = ["relation", "lives_with"]
OF_ORDER = ["kind", "number", "order_date", "decision_date"]
OF_LINE = ["event_date", "to_class", "counterpart", "reason"]
MODELS: Mapping[str, Any] = {PUPIL: Pupil, FIRST: Parent, SECOND: Parent}
SECTIONS = (
    (PUPIL, "Обучающийся", ""),
    (FIRST, "Родитель или представитель", ""),
    (SECOND, "Второй родитель или представитель", "Если есть: пустой раздел не записывается"),
    ("order", "Приказ о зачислении", "Можно внести и позже: тогда обучающийся будет «не зачислен»"),
)


@cache
def _built(part: str) -> type[forms.Form]:
    if part == "order":
        return forms.build(SQLAInterface(MovementOrder), OF_ORDER)
    if part == "line":
        return forms.build(SQLAInterface(MovementLine), OF_LINE)
    own = ["school", *OF_PUPIL] if part == PUPIL else OF_PARENT
    model = MODELS[part]
    card = fields.RemoteSelectField(
        "Карточка уже есть",
        model,
        view_of(model).lookup_endpoint,
        description="Если человек уже записан в школе: найдите его по фамилии, остальное заполнять не нужно",
        creates=False,
    )
    extra: dict[str, Any] = {CARD: card}
    if part != PUPIL:
        extra |= {name: forms.column_field(Guardianship, name) for name in OF_TIE}
    return type("PartForm", (forms.build(SQLAInterface(model), own),), extra)


class FamilyForm:
    """Its fields are called `<part>-<column>`; those of the order, on which nothing else on the page is called alike,
    by their own names, so that the script of an order's form serves here too."""

    def __init__(self, asks_school: bool) -> None:
        self.parts = {part: _built(part)(prefix=f"{part}-") for part in MODELS}
        self.order, self.line = _built("order")(), _built("line")()
        self.submission = self.order.submission
        self.form_errors: list[Any] = []
        self.doubts: list[Any] = []
        if not asks_school:
            del self.parts[PUPIL].school
        kinds = {key: words for key, words in OrderKind.choices() if OrderKind(key).rules.enrols}
        self.order.kind.choices = {"": "—"} | kinds
        self.line.event_date.label.text = OrderKind.ENROLMENT.rules.event_label
        self.line.counterpart.label.text = OrderKind.ENROLMENT.rules.counterpart_label
        self.line.to_class.flags.required = True
        for part, title, _, names in self._sections():
            for name in names if part in MODELS else ():
                self[name].part = title
        self._fields = {self[name].name: self[name] for _, _, _, names in self._sections() for name in names}

    def _sections(self) -> Iterator[tuple[str, str, str, list[str]]]:
        for part, title, hint in SECTIONS:
            yield part, title, hint, self._names(part)

    def _names(self, part: str) -> list[str]:
        if part not in MODELS:
            return [*OF_ORDER, *OF_LINE]
        tie, school = ([], ["school"]) if part == PUPIL else (OF_TIE, [])
        first = [*tie, *(name for name in school if name in self.parts[part])]
        return [f"{part}-{name}" for name in (*first, *(OF_PUPIL if part == PUPIL else OF_PARENT), CARD)]

    # As a form of the panel is read by its templates.

    def __iter__(self) -> Iterator[wtforms.Field]:
        return iter(self._fields.values())

    def __contains__(self, name: str) -> bool:
        return self._found(name) is not None

    def __getitem__(self, name: str) -> wtforms.Field:
        found = self._found(name)
        if found is None:
            raise KeyError(name)
        return found

    def _found(self, name: str) -> wtforms.Field | None:
        part, _, column = name.partition("-")
        if part in self.parts:
            return self.parts[part]._fields.get(column)
        listed: Sequence[tuple[forms.Form, list[str]]] = ((self.order, OF_ORDER), (self.line, OF_LINE))
        return next((form[name] for form, names in listed if name in names), None)

    def hidden_tag(self) -> Markup:
        """The token of the whole, and of its one submission."""
        return Markup("").join(
            self.order[name]() for name in ("csrf_token", self.submission.name) if name in self.order
        )

    @property
    def errors(self) -> dict[str | None, Any]:
        found: dict[str | None, Any] = {field.name: field.errors for field in self if field.errors}
        return found | ({None: self.form_errors} if self.form_errors else {})

    @property
    def sections(self) -> list[dict[str, Any]]:
        return [
            {"title": title, "hint": hint, "fields": names, "part": part if part in MODELS else None}
            for part, title, hint, names in self._sections()
        ]

    # What was typed.

    def card(self, part: str) -> Any:
        """The card that was taken; None: a new one."""
        return self.parts[part][CARD].data

    def is_filled(self, part: str) -> bool:
        """The class alone, which the page may have been opened with, is no order yet."""
        return any(_is_typed(self[name]) for name in self._names(part) if name != "to_class")

    def typed(self, part: str) -> dict[str, Any]:
        """Column → value, of the card that is being typed."""
        return {name: self.parts[part][name].data for name in (OF_PUPIL if part == PUPIL else OF_PARENT)}

    def validate(self) -> bool:
        """Only what is filled in is looked at, but of the pupil."""
        return all([*(self._valid(part) for part in MODELS), self._valid_order()])

    def _valid(self, part: str) -> bool:
        if part != PUPIL and not self.is_filled(part):
            return True
        form = self.parts[part]
        form.validate()
        if self.card(part) is not None:
            for field in form:
                field.errors = field.errors if field.short_name in (CARD, *OF_TIE) else []
        return not form.errors

    def _valid_order(self) -> bool:
        return not self.is_filled("order") or all([self.order.validate(), self.line.validate()])


def _is_typed(field: wtforms.Field) -> bool:
    return any(isinstance(value, str) and value.strip() for value in field.raw_data or ())
