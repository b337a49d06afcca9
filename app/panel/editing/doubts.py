"""Warnings on a form: told on top and at their fields, each with a tick; the ticks of a form that is sent.

Of many records at once (bulk work, an import) the warnings of one code share a tick: `grouped` lists them, the macro
`questions` shows them, `answered_for` gives each record the answers that were ticked for it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import wtforms
from flask import request
from markupsafe import Markup

from app.panel import cells
from app.panel.editing import forms
from app.services.engine.warnings import Confirmed, Doubt

TICK = "confirm"
"""The name of every tick; its value is the keys of what it answers, with spaces between."""
SHOWN = 20
"""Records that a question names; the rest is counted."""

MOST_TICKS = 5
"""Questions of the same words up to which each has a tick of its own."""


def answered() -> Confirmed:
    """What was ticked in the form of this request. A forged key answers no warning."""
    return Confirmed(frozenset(key for value in request.form.getlist(TICK) for key in value.split()))


def attach(form: wtforms.Form, warnings: Sequence[Doubt]) -> None:
    """Put warnings on a form that comes back: its template shows them and asks for a tick each."""
    ticked = answered().keys
    told: dict[str, dict[str, Any]] = {}
    group = _groups(warnings)
    kept: forms.Kept = {}
    for warning in warnings:
        field = forms.field_at(form, warning.field, kept)
        one = told.setdefault(group(warning), _told(len(told) + 1, warning, field))
        one["keys"] += [] if warning.key in one["keys"] else [warning.key]
        if field is not None and (line := _line(form, warning.field, field)) is not None:
            one["places"].append((line, field.id))
        if field is not None:
            field.doubts = [*getattr(field, "doubts", []), one]
    form.doubts = [
        one | {"key": " ".join(one["keys"]), "ticked": ticked.issuperset(one["keys"])} for one in told.values()
    ]


@dataclass
class Question:
    """One kind of warning over many records: its tick answers for the records and values listed, and no others."""

    code: str
    number: int
    rows: list[tuple[Any, str, Doubt]] = field(default_factory=list)
    """Mark (whatever tells the record: its key, its line in a file), name, warning."""
    ticked: bool = False

    @property
    def value(self) -> str:
        """What the tick sends."""
        return " ".join(answer(mark, doubt) for mark, _, doubt in self.rows)

    @property
    def words(self) -> str:
        """Of the first record, without its links."""
        return self.rows[0][2].words

    @property
    def records(self) -> int:
        return len({mark for mark, _, _ in self.rows})

    @property
    def shown(self) -> list[tuple[str, Markup]]:
        return [(name, cells.told(doubt)) for _, name, doubt in self.rows[:SHOWN]]


def grouped(found: Iterable[tuple[Any, str, Doubt]]) -> list[Question]:
    """Warnings of many records by their code, each as (mark, name of the record, warning)."""
    questions: dict[str, Question] = {}
    for mark, name, doubt in found:
        question = questions.setdefault(doubt.code, Question(doubt.code, len(questions) + 1))
        question.rows.append((mark, name, doubt))
    ticked = answered().keys
    for question in questions.values():
        question.ticked = all(answer(mark, doubt) in ticked for mark, _, doubt in question.rows)
    return list(questions.values())


def answered_for(mark: Any) -> Confirmed:
    """What was ticked for this one of the records listed."""
    return Confirmed(frozenset(key.removeprefix(f"{mark}/") for key in answered().keys if key.startswith(f"{mark}/")))


def answer(mark: Any, doubt: Doubt) -> str:
    """What a tick sends for this warning of this record."""
    return f"{mark}/{doubt.key}"


def _groups(warnings: Sequence[Doubt]) -> Callable[[Doubt], str]:
    """What is asked as one question: the same values; of very many rows the same words."""
    asked = Counter(words for _, words in {(warning.key, warning.words) for warning in warnings})
    return lambda warning: warning.words if asked[warning.words] > MOST_TICKS else warning.key


def _line(form: wtforms.Form, place: str, field: Any) -> int | None:
    """The line of the rows that a warning is about."""
    name = place.partition("-")[0]
    many = field is not None and name != place and name in form
    return form[name].line_of(field) if many else None


def _told(number: int, warning: Doubt, field: Any) -> dict[str, Any]:
    return {"id": f"confirm-{number}", "keys": [], "words": cells.told(warning), "field": field, "places": []}
