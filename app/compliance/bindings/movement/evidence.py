"""Whose duty a member of a class owes, and by which entry it is done."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, func, select

from app.compliance.bindings.movement.tables import LINE, MEMBER, counting, in_force, pupils, set_right_pupils
from app.compliance.within import Within
from app.models.movement.kinds import OrderKind


def of_member(
    source: FromClause,
    classes: FromClause,
    kind: ColumnElement[Any],
    kinds: Sequence[OrderKind],
    within: Within,
    dialect: str | None,
) -> tuple[FromClause, dict[str, ColumnElement[Any]]]:
    """Whose duty it is, and the first entry of an order of that kind (one of `kinds`) on the pupil in that year."""
    source, entered = _first_entry(source, classes, kind, kinds, within, dialect)
    lines, day, counted = counting(LINE)
    corrected = select(func.min(day)).select_from(lines).where(_names(LINE, classes, kind), *counted)
    evidence = case(
        (MEMBER.c.pupil_id.in_(set_right_pupils()), corrected.correlate(MEMBER, classes).scalar_subquery()),
        else_=entered,
    )
    return source, {
        "school_id": classes.c.school_id,
        "about_id": MEMBER.c.pupil_id,
        "group_id": MEMBER.c.class_id,
        "subject_id": MEMBER.c.id,
        "evidence": evidence,
    }


def _first_entry(
    source: FromClause,
    classes: FromClause,
    kind: ColumnElement[Any],
    kinds: Sequence[OrderKind],
    within: Within,
    dialect: str | None,
) -> tuple[FromClause, ColumnElement[Any]]:
    """SQLite looks it up member by member, by the index; PostgreSQL is quicker with all of them at once, joined."""
    day = func.min(LINE.c.entered_on)
    if dialect != "postgresql":
        own = select(day).where(_names(LINE, classes, kind), *in_force(LINE))
        return source, own.correlate(MEMBER, classes).scalar_subquery()
    alike = LINE.c.pupil_id, LINE.c.kind, LINE.c.academic_year_id
    narrowed = LINE.c.kind.in_(kinds), *within.of_schools(LINE), *pupils(within, LINE), *in_force(LINE)
    first = select(*alike, day.label("entered_on")).where(*narrowed).group_by(*alike).subquery("first")
    return source.outerjoin(first, _names(first, classes, kind)), first.c.entered_on


def _names(line: FromClause, classes: FromClause, kind: ColumnElement[Any]) -> ColumnElement[bool]:
    """Lines of a kind on the member in the school year of his class."""
    own = line.c.pupil_id == MEMBER.c.pupil_id, line.c.academic_year_id == classes.c.academic_year_id
    return and_(*own, line.c.kind == kind)
