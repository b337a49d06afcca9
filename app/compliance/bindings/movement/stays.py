"""Stays begun and ended by hand: whoever is put into a class or taken out of it without an order owes the order.

A stay is the unbroken time of a pupil in the school. It is begun by a membership that continues no earlier one, and
ended by one that nothing continues; an order that opened or closed the membership is judged by its own line. A gap in
which no study day lies breaks nothing; a departure breaks it however soon the pupil is back.

The subject of such a fact is the membership under the sign minus: lines stand under the same rules, with numbers of
their own.
"""

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, exists, literal, or_, select

from app.compliance.bindings.movement.mid_year import GENERAL, other_rules
from app.compliance.bindings.movement.periods import PERIOD, YEAR, year_end
from app.compliance.bindings.movement.tables import CLASS, LINE, MEMBER, rule_of
from app.compliance.calendars import Statement
from app.compliance.columns import by_class, due_of, expression, row, school_year_of
from app.compliance.duties import Duty, OtherRule
from app.compliance.readings import BY_CLASS
from app.compliance.relations import NEXT_WORKING_DAY, fenced
from app.compliance.within import Within, is_open
from app.models.movement.kinds import LEAVING, OrderKind
from app.regulation.schema import OpeningKind, Shape

OTHER = MEMBER.alias("other_stay")


BY_DAYS = {BY_CLASS[0]: frozenset({"office", BY_CLASS[1]})}


class _OfStays(Duty):
    shape = Shape.EXPECTED
    opens = frozenset({OpeningKind.TRIGGER})
    trigger_ids = frozenset({"movement_event", "enrolment_decision"})
    day: ColumnElement[Any]
    """From which the term runs."""
    readings: Mapping[str, frozenset[str]] = MappingProxyType(BY_DAYS)
    kinds: Mapping[str, OrderKind]
    """Rule → the order that is missing."""

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(self.kinds)

    def anchors(self, rules: Collection[str], within: Within) -> list[Statement]:
        found = [
            select(literal(rule).label("rule"), self.day.label("anchor")).where(*self._by_hand(within)).distinct()
            for rule in (*rules, *self._terms(rules, within))
        ]
        return [*found, self._gaps(within, literal(NEXT_WORKING_DAY).label("rule"))]

    def _missing(self, rule: ColumnElement[Any]) -> ColumnElement[Any]:
        """The kind of the order that is missing."""
        return case(*((rule == each, literal(kind.value)) for each, kind in self.kinds.items()))

    def _terms(self, rules: Collection[str], within: Within) -> list[str]:
        """Other rules by whose terms may be counted."""
        return []

    def _by_another(
        self, rule: ColumnElement[Any], day: ColumnElement[Any], due: Mapping[str, Any], within: Within
    ) -> list[tuple[Any, Any]]:
        """Where it is read that the term is another rule's, and that term."""
        return []

    @abstractmethod
    def _gaps(self, within: Within, rule: ColumnElement[Any]) -> Statement:
        """(rule, anchor): the last days before gaps, perhaps some more."""

    @abstractmethod
    def _by_hand(self, within: Within) -> list[ColumnElement[bool]]:
        """Memberships of which no order says how they began, or ended."""

    @abstractmethod
    def _pairs(self, within: Within) -> Select[Any]:
        """(id, school_id, gone_on, back_on) of them with each other membership of the pupil: the last day before the
        gap and the first one after it."""

    def _unbroken(self, within: Within, dialect: str | None) -> Select[Any]:
        """The memberships with whose neighbour no study day lies between."""
        pair = fenced(self._pairs(within)).subquery("pair")
        source, dates = due_of(pair, pair.c.school_id, pair.c.gone_on, [NEXT_WORKING_DAY], dialect)
        following = dates[NEXT_WORKING_DAY]
        studied = exists().where(
            PERIOD.c.school_id == pair.c.school_id,
            PERIOD.c.starts_on < pair.c.back_on,
            PERIOD.c.ends_on >= following,
        )
        no_gap = or_(pair.c.gone_on.is_(None), pair.c.back_on <= following)
        return select(pair.c.id).select_from(source).where(or_(no_gap, ~studied))

    def _facts(
        self, rule: ColumnElement[Any], rules: Collection[str], within: Within, dialect: str | None
    ) -> Select[Any]:
        """Of the members of classes, with their school years."""
        source: FromClause = MEMBER.join(CLASS, CLASS.c.id == MEMBER.c.class_id)
        source = source.join(YEAR, YEAR.c.id == CLASS.c.academic_year_id)
        day = expression(self.day)
        grade = by_class(within, self.rules[0], day, CLASS.c.grade)
        source, due = due_of(source, MEMBER.c.school_id, day, list(rules), dialect, grade=grade)
        source, others = due_of(source, MEMBER.c.school_id, day, self._terms(rules, within), dialect)
        terms = (*self._by_another(rule, day, others, within), *((rule == each, due[each]) for each in rules))
        columns = row(
            rule=rule,
            detail=self._missing(rule),
            school_id=MEMBER.c.school_id,
            subject_id=-MEMBER.c.id,
            about_id=MEMBER.c.pupil_id,
            group_id=MEMBER.c.class_id,
            anchor=day,
            opens_on=day,
            due=case(*terms),
        )
        asked = rule.in_(list(rules)), MEMBER.c.id.not_in(self._unbroken(within, dialect))
        return select(*columns).select_from(source).where(*self._by_hand(within), *asked)


class Begun(_OfStays):
    """Each beginning of a stay that no order made, by the grade of the class."""

    day = MEMBER.c.starts_on

    readings: Mapping[str, frozenset[str]] = MappingProxyType(
        BY_DAYS
        | {
            "first-grade-mid-year": frozenset({"special", "general"}),
            "tenth-grade-mid-year": frozenset({"general", "special"}),
        }
    )

    def __init__(self, kinds: Mapping[str, OrderKind]) -> None:
        self.kinds = kinds

    def selects(self, rules: Collection[str], within: Within, dialect: str | None) -> list[Statement]:
        of_grade = {kind.rules.to_grade: rule for rule, kind in self.kinds.items()}
        other = of_grade.pop(None)
        own = [(CLASS.c.grade == grade, rule) for grade, rule in of_grade.items()]
        rule = case(*self._mid_year(own, other, within), *own, else_=other)
        # Of a grade that is entered before its year begins that is a duty of its own.
        elsewhere = and_(CLASS.c.grade.in_(sorted(other_rules())), MEMBER.c.starts_on <= YEAR.c.starts_on)
        return [self._facts(rule, rules, within, dialect).where(~elsewhere)]

    def _terms(self, rules: Collection[str], within: Within) -> list[str]:
        others = [each.rule for each in other_rules().values() if within.is_read(each.reading, each.option)]
        return others if rule_of(GENERAL) in rules else []

    def _by_another(
        self, rule: ColumnElement[Any], day: ColumnElement[Any], due: Mapping[str, Any], within: Within
    ) -> list[tuple[Any, Any]]:
        general = rule_of(GENERAL)
        return [
            (and_(rule == general, CLASS.c.grade == grade, self._is_read(other, day, within)), due[other.rule])
            for grade, other in other_rules().items()
            if other.rule in due
        ]

    @staticmethod
    def _is_read(other: OtherRule, day: ColumnElement[Any], within: Within) -> ColumnElement[bool]:
        return within.chosen(other.reading, other.option, school_year_of(rule_of(GENERAL), day))

    def _missing(self, rule: ColumnElement[Any]) -> ColumnElement[Any]:
        """By the grade, whatever rule it is judged by."""
        of_grade = {kind.rules.to_grade: literal(kind.value) for kind in self.kinds.values()}
        other = of_grade.pop(None)
        return case(*((CLASS.c.grade == grade, kind) for grade, kind in of_grade.items()), else_=other)

    def _mid_year(self, own: Sequence[tuple[Any, str]], other: str, within: Within) -> list[tuple[Any, str]]:
        """Of a grade with a rule of its own the general one, when the year has begun, where it is so read."""
        if not within.is_read("first-grade-mid-year", "general"):
            return []
        general = within.chosen("first-grade-mid-year", "general", school_year_of(other, MEMBER.c.starts_on))
        later = MEMBER.c.starts_on > YEAR.c.starts_on
        return [(and_(of_grade, later, general), other) for of_grade, _ in own]

    def _by_hand(self, within: Within) -> list[ColumnElement[bool]]:
        narrowed = within.of(MEMBER, {"pupil": MEMBER.c.pupil_id})
        return [MEMBER.c.opened_by_id.is_(None), ~MEMBER.c.is_initial, is_open(self.day), *narrowed]

    def _gaps(self, within: Within, rule: ColumnElement[Any]) -> Statement:
        return select(rule, self._pairs(within).subquery("pair").c.gone_on.label("anchor")).distinct()

    def _pairs(self, within: Within) -> Select[Any]:
        left = exists().where(LINE.c.id == OTHER.c.closed_by_id, LINE.c.kind.in_([kind.value for kind in LEAVING]))
        before = and_(OTHER.c.pupil_id == MEMBER.c.pupil_id, OTHER.c.starts_on < MEMBER.c.starts_on, ~left)
        columns = MEMBER.c.id, MEMBER.c.school_id, OTHER.c.ends_on.label("gone_on"), MEMBER.c.starts_on.label("back_on")
        return select(*columns).join_from(MEMBER, OTHER, before).where(*self._by_hand(within))


class Ended(_OfStays):
    """Each end of a stay within the school year that no order made."""

    day = MEMBER.c.ends_on

    def __init__(self, kinds: Mapping[str, OrderKind]) -> None:
        self.kinds = kinds

    def selects(self, rules: Collection[str], within: Within, dialect: str | None) -> list[Statement]:
        return [self._facts(literal(self.rules[0]), rules, within, dialect).where(*self._within_year())]

    @staticmethod
    def _within_year() -> list[ColumnElement[bool]]:
        return [MEMBER.c.ends_on >= YEAR.c.starts_on, MEMBER.c.ends_on < year_end(YEAR, CLASS.c.grade)]

    def _by_hand(self, within: Within) -> list[ColumnElement[bool]]:
        narrowed = within.of(MEMBER, {"pupil": MEMBER.c.pupil_id})
        return [MEMBER.c.closed_by_id.is_(None), MEMBER.c.ends_on.is_not(None), is_open(self.day), *narrowed]

    def _gaps(self, within: Within, rule: ColumnElement[Any]) -> Statement:
        return select(rule, self.day.label("anchor")).where(*self._by_hand(within)).distinct()

    def _pairs(self, within: Within) -> Select[Any]:
        after = and_(OTHER.c.pupil_id == MEMBER.c.pupil_id, OTHER.c.starts_on > MEMBER.c.starts_on)
        columns = MEMBER.c.id, MEMBER.c.school_id, MEMBER.c.ends_on.label("gone_on"), OTHER.c.starts_on.label("back_on")
        return select(*columns).join_from(MEMBER, OTHER, after).where(*self._by_hand(within))
