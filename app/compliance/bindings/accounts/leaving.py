"""When the stay ended for which an account is owed: by an order, or by a hand that wrote none (docs/adr/0039)."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, func, literal, select

from app.compliance.bindings.accounts.tables import earlier
from app.compliance.bindings.movement.periods import YEAR
from app.compliance.bindings.movement.stays import Ended
from app.compliance.bindings.movement.tables import CLASS, LINE, MEMBER, in_force
from app.compliance.calendars import Statement
from app.compliance.columns import expression
from app.compliance.relations import NEXT_WORKING_DAY
from app.compliance.within import ON, SUBJECTS, Within
from app.models.movement.kinds import LEAVING
from app.models.people import Guardianship

KIN = Guardianship.__table__
LEAVES = sorted(kind.value for kind in LEAVING)


def stays_asked(within: Within) -> list[ColumnElement[bool]]:
    """Memberships of the pupils asked about, or of the children of the parents."""
    children = select(KIN.c.pupil_id).where(KIN.c.parent_id.in_(SUBJECTS))
    asked = {"pupil": [MEMBER.c.pupil_id.in_(SUBJECTS)], "parent": [MEMBER.c.pupil_id.in_(children)]}
    return [*within.of_schools(MEMBER), *asked.get(within.about or "", [])]


class _EndedByHand(Ended):
    """Ends of stays by the day that no order tells: few. They owe an order of departure besides."""

    def __init__(self) -> None:
        super().__init__({})

    def _by_hand(self, within: Within) -> list[ColumnElement[bool]]:
        own = MEMBER.c.closed_by_id.is_(None), MEMBER.c.ends_on.is_not(None), self.day <= ON
        return [*own, *stays_asked(within)]

    def gaps(self, within: Within) -> Statement:
        return self._gaps(within, literal(NEXT_WORKING_DAY).label("rule"))

    def days(self, within: Within, dialect: str | None) -> CTE:
        """(pupil_id, ends_on), by name: within a fact SQLite would parse too deep."""
        source = MEMBER.join(CLASS, CLASS.c.id == MEMBER.c.class_id)
        source = source.join(YEAR, YEAR.c.id == CLASS.c.academic_year_id)
        ended = *self._by_hand(within), *self._within_year(), MEMBER.c.id.not_in(self._unbroken(within, dialect))
        return select(MEMBER.c.pupil_id, MEMBER.c.ends_on).select_from(source).where(*ended).cte()


LEFT = _EndedByHand()


def pupil_left_on(fact: FromClause, within: Within, dialect: str | None) -> ColumnElement[Any]:
    """The first day on which the pupil has left, from the beginning of the stay on."""
    return _left_on(fact, fact.c.about_id, within, dialect)


def child_left_on(fact: FromClause, within: Within, dialect: str | None) -> ColumnElement[Any]:
    """The same of the child for whose stay a parent's account is owed."""
    of_line = select(LINE.c.pupil_id).where(LINE.c.id == fact.c.subject_id)
    of_member = select(MEMBER.c.pupil_id).where(MEMBER.c.id == -fact.c.subject_id)
    child = func.coalesce(*(each.correlate(fact).scalar_subquery() for each in (of_line, of_member)))
    return _left_on(fact, child, within, dialect)


def _left_on(fact: FromClause, pupil: ColumnElement[Any], within: Within, dialect: str | None) -> ColumnElement[Any]:
    gone, ended = LINE.alias("gone"), LEFT.days(within, dialect)
    leaves = gone.c.kind.in_(LEAVES), gone.c.event_date >= fact.c.stays_from
    own = gone.c.pupil_id == pupil, *leaves, *in_force(gone, expression(gone.c.entered_on))
    by_order = select(func.min(gone.c.event_date)).where(*own).correlate(fact).scalar_subquery()
    of_pupil = ended.c.pupil_id == pupil, ended.c.ends_on >= fact.c.stays_from
    by_hand = select(func.min(ended.c.ends_on)).where(*of_pupil).correlate(fact).scalar_subquery()
    return earlier(by_order, by_hand)
