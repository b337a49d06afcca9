"""What a question about obligations is narrowed to: its day, and the schools, the pupil or the order it is about."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, FromClause, Select, bindparam, select

from app.compliance.bindings.movement import LINE, ORDER
from app.models.movement import ClassMembership
from app.models.movement.outcomes import YearOutcome
from app.models.people import Pupil
from app.models.study import AcademicYear, SchoolClass, StudyPeriod

MEMBER, CLASS, OUTCOME = ClassMembership.__table__, SchoolClass.__table__, YearOutcome.__table__
YEAR, PERIOD, PUPIL = AcademicYear.__table__, StudyPeriod.__table__, Pupil.__table__

ON, SINCE = bindparam("on", type_=Date), bindparam("since", type_=Date)
SUBJECTS: Any = bindparam("subjects", expanding=True)
"""The numbers of the pupils, or of the orders, that a question is about."""
EARLIEST = date(1900, 1, 1)
"""`:since` of a question about all that was ever owed."""


@dataclass(frozen=True)
class Within:
    """What narrows the facts, so that the database starts from it. The values are the statement's parameters."""

    schools: bool = False
    pupil: bool = False
    order: bool = False

    def of_schools(self, table: FromClause) -> list[ColumnElement[bool]]:
        return [table.c.school_id.in_(bindparam("schools", expanding=True))] if self.schools else []

    def lines(self) -> list[ColumnElement[bool]]:
        found = self.of_schools(LINE)
        if self.pupil:
            found.append(LINE.c.pupil_id.in_(SUBJECTS))
        if self.order:
            found.append(LINE.c.order_id.in_(SUBJECTS))
        return found

    def members(self) -> list[ColumnElement[bool]]:
        if self.pupil:
            return [MEMBER.c.pupil_id.in_(SUBJECTS)]
        if self.order:
            named = LINE.alias()
            return [MEMBER.c.pupil_id.in_(select(named.c.pupil_id).where(named.c.order_id.in_(SUBJECTS)))]
        return []

    def years(self) -> list[ColumnElement[bool]]:
        found = self.of_schools(YEAR)
        if self.pupil:
            found.append(YEAR.c.school_id.in_(_of(PUPIL, PUPIL.c.school_id)))
        if self.order:
            found.append(YEAR.c.id.in_(_of(ORDER, ORDER.c.academic_year_id)))
        return found


def _of(table: FromClause, column: ColumnElement[Any]) -> Select[Any]:
    return select(column).where(table.c.id.in_(SUBJECTS))
