"""A fact with what a person wants to read of it: whom it is about, in which group, done by what, entered by whom."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, case, func, select, union_all

from app.compliance.calendars import Statement
from app.compliance.columns import COLUMNS
from app.compliance.corrected import CORRECTION, Corrected, Entry, corrections_of
from app.compliance.duties import Binding, Told, binding_of, bindings_of, duties_of
from app.compliance.within import Asked, Within
from app.models.engine.held import held_fact
from app.models.monitoring.corrections import CorrectionState
from app.models.schools import School
from app.models.territory import Municipality

SCHOOL, MUNICIPALITY, HELD = School.__table__, Municipality.__table__, held_fact

PLACE = ("sorted_on", "school_id", "group_id", "about_id", "rule", "subject_id")
"""Earliest due date first, then school and group. By numbers: names are read for the page alone, not for a region."""
FACT = (*COLUMNS, "ended_on", "sorted_on", "status")
OF_SCHOOL = ("school_name", "school_code", "municipality")
OF_HELD = ("held_on", "had_evidence", "correction_id", "refused_on")


@dataclass(frozen=True, kw_only=True)
class Record(Told):
    """One duty as known on a day; `status` and `due` are SQL's, where SQL was asked to judge."""

    rule: str
    school_id: int
    subject_id: int
    about_id: int
    group_id: int
    detail: str | None
    anchor: date
    opens_on: date | None
    due: date | None
    evidence: date | None
    withdrawn_on: date | None
    stays_from: date | None
    exempt: int | None
    ended_on: date | None
    held_id: int | None = None
    """An act would better or remove it: it stands as it stood."""
    held_on: date | None = None
    """The day of that act."""
    had_evidence: bool | None = None
    """Whether it was done then; what was not is late from that day on."""
    correction_id: int | None = None
    """What waits, or has waited, for who controls."""
    refused_on: date | None = None
    """The day on which that was refused; what is held goes on standing."""
    sorted_on: date
    school_name: str
    school_code: str
    municipality: str
    status: str | None = None
    entries: tuple[Entry, ...] = ()
    """All of them, the first one first, where there are several."""
    corrections: tuple[Corrected, ...] = ()
    """All that were asked for, in the order in which they hold."""

    @property
    def binding(self) -> Binding:
        return binding_of(self.rule)

    def by_entry(self, on: date) -> list["Record"]:
        """The record as each of its entries has it, the current one first; of a later day nothing was known."""

        def latest(entry: Entry) -> tuple[bool, date, date]:
            return entry.stands, entry.entered_on, entry.trigger

        return [self._by(entry, on) for entry in sorted(self.judged_entries(on), key=latest, reverse=True)]

    def judged_entries(self, on: date) -> list[Entry]:
        """By which the record is judged on a day: the latest correction puts one in the place of those before it."""
        alone = [entry for entry in self.entries if entry.alone]
        last = max((entry.row for entry in alone), default=0)
        entries = [entry for entry in self.entries if entry.row >= last]
        right = [each.entry for each in self.corrections if each.entry is not None and each.holds(on)]
        if not right:
            return entries
        # One that came after the correction was asked for is judged by itself.
        came = any(entry.stands and entry.entered_at > right[-1].entered_at for entry in alone)
        later = [entry for entry in entries if entry.entered_at > right[-1].entered_at]
        return later if came else [right[-1], *later]

    def _by(self, entry: Entry, on: date) -> "Record":
        evidence = entry.entered_on if entry.entered_on <= on else None
        return replace(self, anchor=entry.trigger, opens_on=entry.trigger, evidence=evidence, entered_by=entry.author)

    @property
    def left_undone(self) -> bool:
        """Nothing was entered by the day on which it could no longer be: that day stands as the evidence."""
        return self.ended_on is not None and self.evidence is not None

    @property
    def stood(self) -> bool:
        """Whether the entry stands, or stood at the end of the day before it was withdrawn."""
        return self.withdrawn_on is None or (self.evidence is not None and self.evidence < self.withdrawn_on)

    @property
    def place(self) -> list[Any]:
        """Where the record stands in the list: `records(after=…)` goes on behind it."""
        return [getattr(self, name) for name in PLACE]

    @property
    def judged_id(self) -> int:
        """The judged record that corrections are about."""
        return self.subject_id if self.asked_id is None else self.asked_id

    @property
    def full_caption(self) -> str:
        return ", ".join(part for part in (self.caption, self.group) if part)

    @property
    def author(self) -> str | None:
        """Who entered the evidence; what is entered later than the day asked about has none yet."""
        return self.entered_by if self.evidence else None


def read(connection: Connection, statement: Statement, asked: Asked) -> list[Record]:
    """The records of a `detailed` statement, with all their entries where one has several."""
    return _with_entries(
        connection, [_record(row._mapping) for row in connection.execute(statement, asked.given)], asked
    )


def _record(values: Mapping[Any, Any]) -> Record:
    own = {name: values[name] for name in (*FACT, *OF_SCHOOL, *OF_HELD) if name in values}
    binding = binding_of(own["rule"])
    prefix = _prefix(binding)
    found = {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}
    return Record(**own, **asdict(binding.told({**own, **found})))


def _with_entries(connection: Connection, records: list[Record], asked: Asked) -> list[Record]:
    """One query for all that are judged by their entries, however many and of whatever kind; one for corrections."""
    about = asked._replace(given=asked.given | {"subjects": sorted({each.subject_id for each in records})})
    found = _entries(connection, records, about)
    corrections = _corrections(connection, records, about)
    return [
        replace(
            each,
            entries=tuple(found.get((each.rule, each.subject_id), ())),
            corrections=tuple(corrections.get((each.rule, each.subject_id), ())),
        )
        if each.held_id is None
        else each
        for each in records
    ]


def _entries(connection: Connection, records: list[Record], about: Asked) -> dict[tuple[str, int], list[Entry]]:
    found: dict[tuple[str, int], list[Entry]] = defaultdict(list)
    statement = _entries_of(frozenset(each.rule for each in records), about.within)
    for rule, key, *values in connection.execute(statement, about.given) if statement is not None else ():
        found[rule, key].append(Entry(*values))
    return found


def _corrections(connection: Connection, records: list[Record], about: Asked) -> dict[tuple[str, int], list[Corrected]]:
    """By rule and subject; one query for all."""
    by_rule = duties_of({each.rule for each in records})
    tables = {rule: duty.judged for duty, asked in by_rule if duty.judged for rule in asked}
    keys = {(each.rule, each.subject_id): each.judged_id for each in records}
    found = corrections_of(connection, set(tables.values()), set(keys.values()))
    told = {(rule, subject): found.get((tables.get(rule, ""), key)) for (rule, subject), key in keys.items()}
    days = _other_days(connection, records, about)
    return {
        key: [_running_from(each, days.get(key)) for each in corrections]
        for key, corrections in told.items()
        if corrections
    }


def _running_from(corrected: Corrected, day: date | None) -> Corrected:
    if corrected.entry is None or day is None:
        return corrected
    return replace(corrected, entry=replace(corrected.entry, trigger=day))


def _other_days(connection: Connection, records: list[Record], about: Asked) -> dict[tuple[str, int], date]:
    """Where a reading has terms run from another day: one query, where one is chosen."""
    by_rule = duties_of({each.rule for each in records})
    selects = [one for duty, asked in by_rule for one in duty.other_days(asked, about.within)]
    if not selects:
        return {}
    rows = connection.execute(union_all(*selects), about.given)
    return {(rule, key): day for rule, key, day in rows if day is not None}


def _entries_of(rules: Collection[str], within: Within) -> Statement | None:
    selects = [one for duty, asked in duties_of(rules) for one in duty.entries(asked, within)]
    if not selects:
        return None
    entry = union_all(*selects).subquery("entry")
    told = [column for column in entry.c if column is not entry.c.place]
    return select(*told).order_by(entry.c.rule, entry.c.subject_id, entry.c.place, entry.c.entered_at)


def sorted_facts(fact: FromClause) -> tuple[Statement, list[ColumnElement[Any]]]:
    """The facts with the columns of their place, and those columns."""
    sorted_on = func.coalesce(fact.c.due, fact.c.anchor)
    return select(*fact.c, sorted_on.label("sorted_on")), [sorted_on, *(fact.c[name] for name in PLACE[1:])]


def detailed(page: Statement, rules: Collection[str]) -> Statement:
    """A page of facts of these rules with school and what their bindings tell. Outer joins: a fact is never lost."""
    fact = page.subquery("page")
    source: FromClause = fact.outerjoin(SCHOOL, SCHOOL.c.id == fact.c.school_id).outerjoin(
        MUNICIPALITY, MUNICIPALITY.c.id == SCHOOL.c.municipality_id
    )
    source = source.outerjoin(HELD, HELD.c.id == fact.c.held_id).outerjoin(
        CORRECTION, CORRECTION.c.id == HELD.c.correction_id
    )
    details = dict(zip(OF_SCHOOL, (SCHOOL.c.name, SCHOOL.c.code, MUNICIPALITY.c.name), strict=True))
    refused_on = case((CORRECTION.c.state == CorrectionState.REFUSED, CORRECTION.c.decided_on))
    of_held = HELD.c.since_on, HELD.c.had_evidence, HELD.c.correction_id, refused_on
    details |= dict(zip(OF_HELD, of_held, strict=True))
    for binding in bindings_of(rules):
        source, columns = binding.details(fact, source)
        details |= {_prefix(binding) + name: column for name, column in columns.items()}
    labelled = (column.label(name) for name, column in details.items())
    return select(*fact.c, *labelled).select_from(source).order_by(*(fact.c[name] for name in PLACE))


def _prefix(binding: Binding) -> str:
    return f"{binding.group}__"
