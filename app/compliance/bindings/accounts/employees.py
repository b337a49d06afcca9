"""Accounts of hired employees: owed for each card, from the date of the hiring order (3.3.2.4)."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, FromClause, func, literal, select

from app.compliance.bindings.accounts.tables import handed_over
from app.compliance.calendars import Statement
from app.compliance.columns import due_of, expression, row
from app.compliance.duties import Duty
from app.compliance.within import Within, is_open
from app.models.people import Employee
from app.regulation.schema import OpeningKind, Shape

EMPLOYEE = Employee.__table__
TRIGGER = func.coalesce(EMPLOYEE.c.hiring_order_date, EMPLOYEE.c.hired_on)
"""Without an order, the first day of work."""


class Hired(Duty):
    """Each employee, once."""

    shape = Shape.EXPECTED
    opens = frozenset({OpeningKind.TRIGGER})
    trigger_ids = frozenset({"hiring_document"})

    def __init__(self, rule: str) -> None:
        self.rule = rule

    @property
    def rules(self) -> tuple[str, ...]:
        return (self.rule,)

    def _where(self, within: Within) -> list[ColumnElement[bool]]:
        return [is_open(TRIGGER), *within.of(EMPLOYEE, {EMPLOYEE.name: EMPLOYEE.c.id})]

    def anchors(self, rules: Collection[str], within: Within) -> list[Statement]:
        named = literal(self.rule).label("rule"), TRIGGER.label("anchor")
        return [select(*named).where(*self._where(within)).distinct()]

    def selects(self, rules: Collection[str], within: Within, dialect: str | None) -> list[Statement]:
        trigger, began = expression(TRIGGER), expression(EMPLOYEE.c.hired_on)
        source, due = due_of(EMPLOYEE, EMPLOYEE.c.school_id, trigger, [self.rule], dialect, began)
        columns = row(
            rule=literal(self.rule),
            school_id=EMPLOYEE.c.school_id,
            subject_id=EMPLOYEE.c.id,
            about_id=EMPLOYEE.c.id,
            anchor=trigger,
            opens_on=trigger,
            due=due[self.rule],
            stays_from=began,
            evidence=handed_over(EMPLOYEE.name, EMPLOYEE.c.id, trigger, ()),
        )
        return [select(*columns).select_from(source).where(*self._where(within))]


def dismissed_on(fact: FromClause, within: Within, dialect: str | None) -> ColumnElement[Any]:
    """The last day of work."""
    card = EMPLOYEE.alias("dismissed")
    found = select(card.c.dismissed_on).where(card.c.id == fact.c.about_id, card.c.dismissed_on.is_not(None))
    return found.correlate(fact).scalar_subquery()
