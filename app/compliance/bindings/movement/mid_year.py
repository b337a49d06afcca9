"""Who comes into grade 10 when the year has begun: by the general term, or by that of the grade, as it is read."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, select

from app.compliance.bindings.movement.periods import YEAR
from app.compliance.bindings.movement.tables import CLASS, LINE, rule_of
from app.compliance.duties import OtherRule
from app.models.movement.kinds import OrderKind, kinds_where

GENERAL = OrderKind.ENROLMENT
BEFORE_YEAR = {
    kind.rules.to_grade: rule_of(kind) for kind in kinds_where(lambda rules: rules.to_grade and not rules.trigger)
}
"""Grade → the rule of those who are in it when its year begins."""


def other_rules() -> dict[int, OtherRule]:
    """Grade → by whose term an enrolment into it in the middle of the year may be read to be due."""
    return {
        grade: OtherRule("tenth-grade-mid-year", "special", rule)
        for grade, rule in BEFORE_YEAR.items()
        if grade is not None
    }


def came_later(line: FromClause, grade: int) -> ColumnElement[bool]:
    """Lines of the general kind that lead into a class of the grade whose year had begun."""
    starts = select(YEAR.c.starts_on).where(YEAR.c.id == line.c.academic_year_id).correlate(line).scalar_subquery()
    of_grade = line.c.to_class_id.in_(select(CLASS.c.id).where(CLASS.c.grade == grade))
    return and_(line.c.kind == GENERAL, of_grade, line.c.event_date > starts)


def other_grade(fact: FromClause) -> ColumnElement[Any]:
    """The grade of a fact whose term may be read to be another rule's: of a line, or of a stay begun by hand."""
    line = LINE.alias("mid_year")
    whens = []
    for grade in other_rules():
        lines = select(line.c.id).where(line.c.id == fact.c.subject_id, came_later(line, grade))
        of_line = and_(fact.c.detail.is_(None), lines.correlate(fact).exists())
        by_hand = and_(fact.c.subject_id < 0, CLASS.c.grade == grade)
        whens += [(and_(fact.c.rule == rule_of(GENERAL), each), grade) for each in (of_line, by_hand)]
    return case(*whens)
