"""Printed forms (4.1): each is one declaration, made by the service that gathers its data."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

from app.discovery import modules_of
from app.services.monitoring.compliance import Question

LEVELS = ("school", "municipality", "region")
LEVEL_WORDS = {"school": "школы", "municipality": "муниципалитета", "region": "региона"}
Data = TypeVar("Data")


@dataclass(frozen=True)
class Printing:
    """What every form is asked for: the question, and who prints it when. `at` is aware."""

    question: Question
    at: datetime
    by: str
    role: str


@dataclass(frozen=True)
class Form(Generic[Data]):
    """A form of the regulation: `gather` asks the services for its data, `build` turns the data into PDF bytes."""

    id: str
    title: str
    clause: str
    gather: Callable[[Session, Printing], Data]
    build: Callable[[Data], bytes]
    levels: tuple[str, ...] = LEVELS
    """The levels of monitoring for which it is printed."""
    parameters: tuple[str, ...] = ("on", "since")
    """What may be asked besides the organisation: the day, the beginning of the period."""
    wide: bool = False
    """Landscape, for tables with many columns."""
    order: int = 100
    """Its place on the page of forms: what is signed most often stands first."""


_DECLARED: dict[str, Form[Any]] = {}


def declare(form: Form[Data]) -> Form[Data]:
    """Note a form. Raises ValueError where another has its id: the second would be printed for the first."""
    if form.id in _DECLARED:
        raise ValueError(f"Форма «{form.id}» объявлена дважды: «{_DECLARED[form.id].title}» и «{form.title}».")
    _DECLARED[form.id] = form
    return form


def forms() -> dict[str, Form[Any]]:
    """Every form that a service declares, by id, in the order of the page."""
    modules_of("app.services")
    return dict(sorted(_DECLARED.items(), key=lambda item: (item[1].order, item[0])))


def form_of(form_id: str) -> Form[Any]:
    """Raises LookupError with a Russian line."""
    known = forms()
    if form_id not in known:
        raise LookupError(f"Формы «{form_id[:40]}» нет. Есть: {', '.join(known)}.")
    return known[form_id]


def build(session: Session, form: Form[Any], printing: Printing) -> bytes:
    """The form as PDF. The same data and the same moment give the same bytes. Raises LookupError: no such level."""
    level = printing.question.organisation.level
    if level not in form.levels:
        raise LookupError(f"Форма «{form.title}» не печатается для {LEVEL_WORDS[level]}.")
    return form.build(form.gather(session, printing))
