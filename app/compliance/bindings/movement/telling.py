"""A fact of movement as a person reads it: the pupil, the class, the order, and what contradicts the year's outcome."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, case, func, select

from app.compliance.bindings.movement.tables import CLASS, LINE, ORDER, PUPIL, in_force
from app.compliance.duties import Told
from app.models.movement.kinds import YEAR_END, OrderKind
from app.russian import format_date


def details(fact: FromClause, source: FromClause) -> tuple[FromClause, dict[str, ColumnElement[Any]]]:
    """The names, and the line whose entry is the evidence: the subject itself, or the first one on the pupil."""
    entered, order = LINE.alias("entered"), ORDER.alias("entered_order")
    first = case((fact.c.evidence.is_not(None), _first_entry(fact)))
    of_itself = case((fact.c.detail.is_(None), fact.c.subject_id), else_=first)
    source = (
        source.outerjoin(PUPIL, PUPIL.c.id == fact.c.about_id)
        .outerjoin(CLASS, CLASS.c.id == fact.c.group_id)
        .outerjoin(entered, entered.c.id == of_itself)
        .outerjoin(order, order.c.id == entered.c.order_id)
    )
    named = (PUPIL.c.last_name, PUPIL.c.first_name, PUPIL.c.middle_name, CLASS.c.grade, CLASS.c.letter)
    columns = {column.name: column for column in named}
    return source, columns | {
        "order_id": order.c.id,
        "number": order.c.number,
        "order_date": order.c.order_date,
        "entered_by": entered.c.entered_by,
        "other_kind": _contradiction(fact),
    }


def told(values: Mapping[str, Any]) -> Told:
    names = (values["last_name"], values["first_name"], values["middle_name"])
    by_order = values["order_date"] is not None
    return Told(
        caption=" ".join(name for name in names if name),
        group=f"{values['grade']} «{values['letter']}»" if values["letter"] else "",
        evidence_caption=f"№ {values['number']} от {format_date(values['order_date'])}" if by_order else "",
        evidence_id=values["order_id"],
        entered_by=values["entered_by"],
        contradiction=_in_words(values["other_kind"], values["detail"]),
    )


def _in_words(entered: str | None, expected: str) -> str:
    if entered is None:
        return ""
    return f"внесён приказ «{OrderKind(entered).title_ru}», а по итогу года ожидается «{OrderKind(expected).title_ru}»"


def _of_pupil(line: FromClause, fact: FromClause) -> tuple[ColumnElement[bool], ...]:
    """Lines on the pupil in the school year of the class."""
    year = select(CLASS.c.academic_year_id).where(CLASS.c.id == fact.c.group_id).correlate(fact).scalar_subquery()
    return line.c.pupil_id == fact.c.about_id, line.c.academic_year_id == year, *in_force(line)


def _first_entry(fact: FromClause) -> ColumnElement[Any]:
    """The line whose entry date is the evidence of a duty that no line made."""
    line = LINE.alias("first")
    named = select(line.c.id).where(line.c.kind == fact.c.detail, *_of_pupil(line, fact))
    return named.order_by(line.c.entered_on, line.c.id).limit(1).correlate(fact).scalar_subquery()


def _contradiction(fact: FromClause) -> ColumnElement[Any]:
    """A year-end order of another kind than the outcome of the year asks for."""
    line = LINE.alias("other")
    kinds = [kind.value for kind in sorted(YEAR_END)]
    named = select(func.min(line.c.kind)).where(
        line.c.kind.in_(kinds), line.c.kind != fact.c.detail, *_of_pupil(line, fact)
    )
    return case((fact.c.detail.in_(kinds), named.correlate(fact).scalar_subquery()))
