"""Shape R: each record is owed by itself, by the worst of its entries (deadlines.md, Entries).

Nearly every record has one entry, the row's own columns. Of the few that have several, all stand side by side, and the
worst of those that had opened by the day is the fact: what was known on the day before what was not, then the most
days from due to entry. `evaluate` chooses by the same.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Date,
    Exists,
    FromClause,
    Table,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from app.compliance.calendars import Statement
from app.compliance.columns import COLUMNS, by_class, days_from, due_of, expression, row, school_year_of
from app.compliance.corrected import FREED, is_set, judged_by, set_right
from app.compliance.duties import Duty
from app.compliance.otherwise import InPlace, OtherTerm
from app.compliance.readings import BY_CLASS
from app.compliance.relations import BEFORE_START, fenced
from app.compliance.within import ON, SINCE, SUBJECTS, Within, is_open
from app.models.engine.entries import CorrectedTo, past_entry
from app.regulation import load_regulation
from app.regulation.schema import OpeningKind, Shape

PAST = past_entry
LAST = 2**31 - 1
"""The place of the entry that stands, after the numbers of those before it."""
NO_TERM = -1_000_000
"""Better than any: an entry without a term tells nothing."""


@dataclass(frozen=True)
class OtherDay:
    """Of two options of a reading the other one has the term run from a day of the record."""

    reading: str
    option: str
    day: ColumnElement[Any]
    """Never NULL; of the table or of `whole`. The choice is that of its school year."""


@dataclass(frozen=True)
class Recorded(Duty):
    """Each row of a table that a condition holds for, judged by its own entries; its term runs from its own trigger.

    Where the rule opens on its due day (a term before the event), the record is counted from that day on.
    """

    rule: str
    table: Table
    """With `school_id` and the stamps of an entry."""
    trigger: ColumnElement[Any]
    """Of the table or of `whole`."""
    where: tuple[ColumnElement[bool], ...] = ()
    other_day: "OtherDay | None" = None
    """Where a reading has the term run from another day than the trigger."""
    falls_under: Callable[[Within], Sequence[ColumnElement[bool]]] | None = None
    """In place of `where`: which rows fall under the rule depends on the readings chosen."""
    reads: tuple[str, ...] = ()
    """Those readings."""
    columns: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    """Of the fact, of the table: whom it is about and the like."""
    by: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)
    """Table → the column that names its record, for questions about some records."""
    whole: Table | None = None
    """The record that the row is a row of, and the column that says so: withdrawn as a whole."""
    part_of: ColumnElement[Any] | None = None
    withdrawn_on: ColumnElement[Any] | None = None
    grade: ColumnElement[Any] | None = None
    """By whose days the term may be read to be counted."""
    other_term: OtherTerm | None = None
    in_place: InPlace | None = None
    continues: ColumnElement[Any] | None = None
    """Of a row that came in place of another one the number of that: one duty, judged by the entries of both."""
    trigger_ids: frozenset[str] = frozenset()
    shape: Shape = Shape.RECORD

    opens = frozenset({OpeningKind.TRIGGER, OpeningKind.DUE})

    @property
    def rules(self) -> tuple[str, ...]:
        return (self.rule,)

    @property
    def readings(self) -> Mapping[str, frozenset[str]]:
        others = self.other_day, self.other_term, self.in_place
        by_class = [BY_CLASS[0]] if self.grade is not None else []
        names = [*(each.reading for each in others if each is not None), *by_class, *self.reads]
        return {name: frozenset(load_regulation().readings[name].options) for name in names}

    @property
    def opens_when_due(self) -> bool:
        return load_regulation().rules[self.rule].opens_when_due

    def selects(self, rules: Collection[str], within: Within, dialect: str | None) -> list[Statement]:
        """The records of one entry, and those of several."""
        return [self._entered_once(within, dialect), self._entered_again(within, dialect)]

    def anchors(self, rules: Collection[str], within: Within) -> list[Statement]:
        """What a record was entered with before counts however long ago it was."""
        others = self.other_term.anchors(within) if self.other_term else []
        return [each for rule in (self.rule, *others) for each in self._anchors(rule, within)]

    def _anchors(self, named: str, within: Within) -> list[Statement]:
        rule, entry = literal(named).label("rule"), self._entries(within)
        trigger = self._runs_from(self.trigger, within)
        current = select(rule, trigger.label("anchor")).select_from(self._source())
        earlier = select(rule, entry.c.trigger_on.label("anchor"))
        began = is_open(trigger) if not self.opens_when_due else trigger >= SINCE
        known = [] if self.opens_when_due else [entry.c.trigger_on <= ON]
        return [
            current.where(began, *self._owed(within), *self._narrowed(within)).distinct(),
            earlier.where(*known).distinct(),
        ]

    def entries(self, rules: Collection[str], within: Within) -> list[Statement]:
        table, rule = self.table, literal(self.rule).label("rule")
        asked = or_(table.c.id.in_(SUBJECTS), *([self.continues.in_(SUBJECTS)] if self.continues is not None else []))
        where = _either([*self._where(within)], self._in_place())
        several = asked, table.c.id.in_(self._several()), *where
        stamps = table.c.entered_on, table.c.entered_by, table.c.entered_at, _no_day(), literal(LAST).label("place")
        stamped = PAST.c.entered_on, PAST.c.entered_by, PAST.c.entered_at
        of_row = [table.c.id.label("row"), self._counts_alone(within).label("alone")]
        earlier = self._runs_from(PAST.c.trigger_on, within), *stamped, PAST.c.until_on, PAST.c.id, *of_row
        return [
            select(rule, self._record_id.label("subject_id"), self._runs_from(self.trigger, within), *stamps, *of_row)
            .select_from(self._source())
            .where(*several),
            select(rule, self._record_id, *earlier)
            .select_from(self._source().join(PAST, table.c.id == PAST.c.subject_id))
            .where(PAST.c.subject == table.name, asked, *where),
        ]

    def other_days(self, rules: Collection[str], within: Within) -> list[Statement]:
        if self.other_day is None or not within.is_read(self.other_day.reading, self.other_day.option):
            return []
        day = self._runs_from(cast(null(), Date), within)
        found = select(literal(self.rule).label("rule"), self.table.c.id.label("subject_id"), day.label("day"))
        return [found.select_from(self._source()).where(self.table.c.id.in_(SUBJECTS), *self._where(within))]

    def _runs_from(self, day: ColumnElement[Any], within: Within) -> ColumnElement[Any]:
        """The day from which the term runs by an entry with this day, as it is read."""
        other = self.other_day
        if other is None or not within.is_read(other.reading, other.option):
            return day
        default = load_regulation().readings[other.reading].default
        year, ways = school_year_of(self.rule, other.day), {default: day, other.option: other.day}
        found: ColumnElement[Any] = within.as_read(other.reading, year, ways)
        return found

    def _where(self, within: Within) -> Sequence[ColumnElement[bool]]:
        return self.where if self.falls_under is None else self.falls_under(within)

    def _owed(self, within: Within) -> tuple[ColumnElement[bool], ...]:
        """Rows with a duty of their own."""
        own = [] if self.continues is None else [self.continues.is_(None)]
        return (*self._where(within), *own)

    @property
    def _record_id(self) -> ColumnElement[Any]:
        """The row by whose number an entry is judged."""
        return self.table.c.id if self.continues is None else func.coalesce(self.continues, self.table.c.id)

    def _in_place(self) -> list[ColumnElement[bool]]:
        return [] if self.continues is None else [self.continues.is_not(None)]

    def _narrowed(self, within: Within) -> list[ColumnElement[bool]]:
        """Asked by a record that is in the place of another, too."""
        found = within.of(self.table, self.by)
        if self.continues is None or self.whole is None or within.about != self.whole.name:
            return found
        other, of_whole = self.table.alias(), self.by[within.about]
        asked = select(other.c[self.continues.name]).where(other.c[of_whole.name].in_(SUBJECTS))
        return [*within.of_schools(self.table), or_(of_whole.in_(SUBJECTS), self.table.c.id.in_(asked))]

    def _source(self) -> FromClause:
        if self.whole is None or self.part_of is None:
            return self.table
        return self.table.join(self.whole, self.whole.c.id == self.part_of)

    @property
    def subject(self) -> str:
        return self.table.name

    def _several(self) -> CompoundSelect[tuple[int]]:
        """The rows of the records that have earlier entries, or that a correction has set right, those in place of
        others too: few. By numbers alone, so that no other row is read."""
        past = select(PAST.c.subject_id).where(PAST.c.subject == self.table.name)
        continued = []
        if self.continues is not None:
            other = self.table.alias()
            in_place = other.c[self.continues.name]
            continued = [select(column).where(in_place.is_not(None)) for column in (in_place, other.c.id)]
        return union_all(past, set_right(self.table.name), *continued)

    def _withdrawn_with_all(self) -> ColumnElement[Any]:
        """The day on which the last of those in its place was withdrawn; none, while one of them stands."""
        own = self._withdrawn()
        if self.continues is None or self.whole is None or self.part_of is None or self.withdrawn_on is None:
            return own
        later, whole = self.table.alias(), self.whole.alias()
        gone = whole.c[self.withdrawn_on.name]
        mine = later.c[self.continues.name] == self.table.c.id, whole.c.entered_on <= ON
        source = later.join(whole, whole.c.id == later.c[self.part_of.name])
        stands = exists().select_from(source).where(*mine, or_(gone.is_(None), gone > ON))
        last = select(func.max(gone)).select_from(source).where(*mine).correlate(self.table).scalar_subquery()
        return case((stands.correlate(self.table), _no_day()), (last > own, last), else_=own)

    def _withdrawn(self) -> ColumnElement[Any]:
        if self.withdrawn_on is None:
            return _no_day()
        return case((self.withdrawn_on <= ON, self.withdrawn_on))

    def _entered_once(self, within: Within, dialect: str | None) -> Statement:
        table, runs_from = self.table, self._runs_from(self.trigger, within)
        trigger = expression(runs_from)
        source, due = self._due(self._source(), trigger, within, dialect)
        columns = self._columns(trigger, table.c.entered_on, due)
        narrowed = *self._owed(within), *self._narrowed(within), table.c.id.not_in(self._several())
        return select(*columns).select_from(source).where(*self._opened(runs_from, due, within, dialect), *narrowed)

    def _due(
        self, source: FromClause, anchor: ColumnElement[Any], within: Within, dialect: str | None
    ) -> tuple[FromClause, Any]:
        """The term by an entry with this day."""
        grade = None if self.grade is None else by_class(within, self.rule, anchor, self.grade)
        source, due = due_of(source, self.table.c.school_id, anchor, [self.rule], dialect, grade=grade)
        if self.other_term is None:
            return source, due[self.rule]
        of_table = self.table.c.school_id, anchor
        return self.other_term.instead(source, due[self.rule], *of_table, self.rule, within, dialect)

    def _opened(self, trigger: Any, due: Any, within: Within, dialect: str | None) -> list[ColumnElement[bool]]:
        """Without terms nothing is known of what opens by them: all of it is given, and judged one by one."""
        if not self.opens_when_due:
            return [is_open(trigger)]
        return [is_open(due)] if dialect and not within.coming else []

    def _entered_again(self, within: Within, dialect: str | None) -> Statement:
        table, entry = self.table, self._entries(within)
        source: FromClause = entry.join(table, table.c.id == entry.c.record_id)
        if self.whole is not None and self.part_of is not None:
            source = source.join(self.whole, self.whole.c.id == self.part_of)
        source, due = self._due(source, expression(entry.c.trigger_on), within, dialect)
        entered_on = entry.c.entered_on
        # What was entered on the day of a withdrawal or after it goes with it.
        name, key = table.name, table.c.id
        withdrawn = case((~is_set(name, key, CorrectedTo.STANDING), self._withdrawn_with_all()))
        freed = case((is_set(name, key, CorrectedTo.FREED), FREED))
        stood = case((entered_on >= withdrawn, 0), else_=1)
        known = case((entered_on <= ON, 1), else_=0)
        days = func.coalesce(days_from(case((entered_on <= ON, entered_on), else_=ON), due), NO_TERM)
        counted = case((due == literal(BEFORE_START, Date), 0), else_=1)
        worst_first = (counted, stood, known, days, entry.c.is_current, entered_on, entry.c.trigger_on)
        place = func.row_number().over(partition_by=entry.c.record_id, order_by=[each.desc() for each in worst_first])
        aside = {"withdrawn_on": withdrawn, "exempt": freed}
        columns = self._columns(entry.c.trigger_on, entered_on, due, aside)
        begun = entry.c.trigger_on <= ON if not self.opens_when_due else due <= ON
        opened = [] if self.opens_when_due and (dialect is None or within.coming) else [begun]
        # Those in the place of others were let in with whatever was asked.
        within_record = [] if self.continues is None else [*self._owed(within), *self._narrowed(within)]
        ranked = select(*columns, place.label("place")).select_from(source).where(*opened, *within_record).subquery()
        chosen = [ranked.c.place == 1, *([ranked.c.opens_on >= SINCE] if opened else [])]
        return select(*(ranked.c[name] for name in COLUMNS)).where(*chosen)

    def _entries(self, within: Within) -> CTE:
        """Every entry of the records that have several, with the date from which the term ran by it. Fenced: SQLite
        would otherwise lay out the due dates once for each half. Kept by PostgreSQL: where it expects one row of a
        table that the open transaction has filled, it would compute all this anew for each."""
        table = self.table
        # What came in place of another falls under the rule of that one, whatever its own date says.
        narrowed = _either([*self._where(within), *self._narrowed(within)], self._in_place())
        current = select(
            self._record_id.label("record_id"),
            self._runs_from(self.trigger, within).label("trigger_on"),
            table.c.entered_on,
            literal(1).label("is_current"),
        ).select_from(self._source())
        day = self._runs_from(PAST.c.trigger_on, within)
        earlier = select(self._record_id, day, PAST.c.entered_on, literal(0)).select_from(
            self._source().join(PAST, and_(PAST.c.subject == table.name, PAST.c.subject_id == table.c.id))
        )
        right = judged_by(table.name)
        named = self._runs_from(right.c.trigger_on, within)
        corrected = select(table.c.id, named, right.c.entered_on, literal(0)).select_from(
            self._source().join(right, right.c.subject_id == table.c.id)
        )
        last = self._outdone(within, lambda later: later.c.id > table.c.id)
        entries = union_all(
            current.where(table.c.id.in_(self._several()), ~self._replaced(table.c.entered_at), *narrowed, *last),
            earlier.where(~self._replaced(PAST.c.entered_at), *narrowed, *last),
            corrected.where(*narrowed, *self._outdone(within, lambda later: later.c.entered_at > right.c.until_at)),
        )
        return fenced(entries).cte().prefix_with("MATERIALIZED", dialect="postgresql")

    def _outdone(self, within: Within, came: Callable[[Any], ColumnElement[bool]]) -> Sequence[ColumnElement[bool]]:
        """Without the entries in whose place one came that is read to count alone."""
        return [] if self.in_place is None else self.in_place.outdone(self._record_id, within, came)

    def _counts_alone(self, within: Within) -> ColumnElement[bool]:
        return false() if self.in_place is None else self.in_place.counts_alone(within)

    def _replaced(self, entered_at: ColumnElement[Any]) -> Exists:
        """Whether the entry was made before the correction by which its record is judged was asked for."""
        right = judged_by(self.table.name)
        return exists().where(right.c.subject_id == self._record_id, right.c.until_at >= entered_at)

    def _columns(
        self, trigger: Any, entered_on: Any, due: Any, aside: Mapping[str, ColumnElement[Any]] | None = None
    ) -> list[ColumnElement[Any]]:
        return row(
            rule=literal(self.rule),
            school_id=self.table.c.school_id,
            subject_id=self.table.c.id,
            anchor=trigger,
            opens_on=due if self.opens_when_due else trigger,
            due=due,
            evidence=case((entered_on <= ON, entered_on)),
            **(aside or {"withdrawn_on": self._withdrawn()}),
            **self.columns,
        )


def _no_day() -> ColumnElement[Any]:
    return cast(null(), Date)


def _either(all_of: list[ColumnElement[bool]], others: list[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    return [or_(and_(*all_of), *others)] if all_of and others else all_of
