"""Accounts of enrolled pupils and of their parents: owed for each enrolment by an order, and for each beginning of a
stay that no order made (3.3.2.4, docs/adr/0039).

The subject is the line of the order, or the membership under the sign minus; a parent's duty is told by the parent's
card, so each parent owes for each child and enrolment.
"""

from abc import abstractmethod
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, FromClause, case, literal, select

from app.compliance.bindings.accounts.leaving import KIN, LEFT, stays_asked
from app.compliance.bindings.accounts.tables import ANEW, READING, anew, handed_over, later
from app.compliance.bindings.movement.periods import YEAR
from app.compliance.bindings.movement.stays import Begun
from app.compliance.bindings.movement.tables import CLASS, LINE, MEMBER, ORDER
from app.compliance.calendars import Statement
from app.compliance.columns import due_of, expression, row
from app.compliance.corrected import FREED, is_set
from app.compliance.duties import Duty
from app.compliance.relations import NEXT_WORKING_DAY
from app.compliance.within import ON, SUBJECTS, Within, is_open
from app.models.engine.entries import CorrectedTo
from app.models.movement.kinds import kinds_where
from app.regulation.schema import OpeningKind, Shape

ENROLLING = sorted(kind.value for kind in kinds_where(lambda rules: rules.enrols))


class Whose:
    """Of a pupil's stay the person who gets the account: the pupil himself."""

    kind = "pupil"

    def join(self, source: FromClause, stay: FromClause) -> FromClause:
        return source

    def card(self, stay: FromClause) -> ColumnElement[Any]:
        return stay.c.pupil_id

    def trigger(self, document: ColumnElement[Any]) -> ColumnElement[Any]:
        return document

    def narrowed(self, within: Within, stay: FromClause) -> list[ColumnElement[bool]]:
        return within.among({self.kind: self.card(stay)})


class Parents(Whose):
    """His parents, each from the day on which the guardianship is known here."""

    kind = "parent"

    def join(self, source: FromClause, stay: FromClause) -> FromClause:
        return source.join(KIN, KIN.c.pupil_id == stay.c.pupil_id)

    def card(self, stay: FromClause) -> ColumnElement[Any]:
        return KIN.c.parent_id

    def trigger(self, document: ColumnElement[Any]) -> ColumnElement[Any]:
        return later(document, KIN.c.entered_on)

    def narrowed(self, within: Within, stay: FromClause) -> list[ColumnElement[bool]]:
        found = super().narrowed(within, stay)
        if within.about == self.kind:  # the index of the stays' pupils
            children = select(KIN.c.pupil_id).where(KIN.c.parent_id.in_(SUBJECTS))
            found.append(stay.c.pupil_id.in_(children))
        return found


class _ForStays(Duty):
    shape = Shape.EXPECTED
    opens = frozenset({OpeningKind.TRIGGER})
    trigger_ids = frozenset({"enrolment_document"})
    of_each_card = True
    readings: Mapping[str, frozenset[str]] = MappingProxyType({READING: frozenset({"in_force", ANEW})})
    rule: str
    whose: Whose

    @property
    def rules(self) -> tuple[str, ...]:
        return (self.rule,)

    @abstractmethod
    def _trigger(self) -> ColumnElement[Any]:
        """The day from which the term runs."""

    def _fact(self, stay: FromClause, within: Within, due: Any, **columns: Any) -> list[ColumnElement[Any]]:
        trigger, card = expression(self._trigger()), self.whose.card(stay)
        return row(
            rule=literal(self.rule),
            school_id=stay.c.school_id,
            about_id=card,
            anchor=trigger,
            opens_on=trigger,
            due=due,
            evidence=handed_over(self.whose.kind, card, trigger, anew(trigger, self.rule, within)),
            **columns,
        )


class ByDocument(_ForStays):
    """For each pupil whom an order enrols, from the date of the order."""

    def __init__(self, rule: str, whose: Whose) -> None:
        self.rule, self.whose = rule, whose

    def _trigger(self) -> ColumnElement[Any]:
        return self.whose.trigger(ORDER.c.order_date)

    def _source(self) -> FromClause:
        return self.whose.join(LINE.join(ORDER, ORDER.c.id == LINE.c.order_id), LINE)

    def _where(self, within: Within) -> list[ColumnElement[bool]]:
        """An order in place of another one is no enrolment of its own."""
        narrowed = *within.of_schools(LINE), *self.whose.narrowed(within, LINE)
        own = LINE.c.kind.in_(ENROLLING), LINE.c.continues_id.is_(None), is_open(self._trigger())
        return [*own, *narrowed]

    def anchors(self, rules: Collection[str], within: Within) -> list[Statement]:
        named = literal(self.rule).label("rule"), self._trigger().label("anchor")
        return [select(*named).select_from(self._source()).where(*self._where(within)).distinct()]

    def selects(self, rules: Collection[str], within: Within, dialect: str | None) -> list[Statement]:
        trigger, began = expression(self._trigger()), expression(LINE.c.event_date)
        source, due = due_of(self._source(), LINE.c.school_id, trigger, [self.rule], dialect, began)
        stands = is_set(LINE.name, LINE.c.id, CorrectedTo.STANDING)
        columns = self._fact(
            LINE,
            within,
            due[self.rule],
            subject_id=LINE.c.id,
            group_id=LINE.c.to_class_id,
            stays_from=began,
            withdrawn_on=case((ORDER.c.annulled_on <= ON, case((~stands, ORDER.c.annulled_on)))),
            exempt=case((is_set(LINE.name, LINE.c.id, CorrectedTo.FREED), FREED)),
        )
        return [select(*columns).select_from(source).where(*self._where(within))]


class ByHand(_ForStays, Begun):
    """For each beginning of a stay that no order made, from its first day."""

    def __init__(self, rule: str, whose: Whose) -> None:
        self.rule, self.whose = rule, whose

    def _trigger(self) -> ColumnElement[Any]:
        return self.whose.trigger(MEMBER.c.starts_on)

    def _by_hand(self, within: Within) -> list[ColumnElement[bool]]:
        own = MEMBER.c.opened_by_id.is_(None), ~MEMBER.c.is_initial, MEMBER.c.starts_on <= ON
        return [*own, *stays_asked(within)]

    def anchors(self, rules: Collection[str], within: Within) -> list[Statement]:
        rule = literal(self.rule).label("rule")
        first = select(rule, self._trigger().label("anchor")).select_from(self.whose.join(MEMBER, MEMBER))
        opened = is_open(self._trigger()), *self.whose.narrowed(within, MEMBER)
        following = self._gaps(within, literal(NEXT_WORKING_DAY).label("rule"))
        return [first.where(*self._by_hand(within), *opened).distinct(), following, LEFT.gaps(within)]

    def selects(self, rules: Collection[str], within: Within, dialect: str | None) -> list[Statement]:
        source: FromClause = MEMBER.join(CLASS, CLASS.c.id == MEMBER.c.class_id)
        source = self.whose.join(source.join(YEAR, YEAR.c.id == CLASS.c.academic_year_id), MEMBER)
        trigger, began = expression(self._trigger()), expression(MEMBER.c.starts_on)
        source, due = due_of(source, MEMBER.c.school_id, trigger, [self.rule], dialect, began)
        columns = self._fact(
            MEMBER,
            within,
            due[self.rule],
            subject_id=-MEMBER.c.id,
            group_id=MEMBER.c.class_id,
            stays_from=began,
        )
        asked = is_open(self._trigger()), MEMBER.c.id.not_in(self._unbroken(within, dialect))
        narrowed = *self._by_hand(within), *self.whose.narrowed(within, MEMBER)
        return [select(*columns).select_from(source).where(*asked, *narrowed)]
