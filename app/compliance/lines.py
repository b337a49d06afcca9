"""Facts of shape R: each line of an order is owed by itself, by the worst of its entries (deadlines.md, Entries).

Nearly every line has one entry, the row's own columns. Of the few that have several, all stand side by side, and the
worst of those that had opened by the day is the fact: what was known on the day before what was not, then the most
days from due to entry. `evaluate` chooses by the same.
"""

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from app.compliance.bindings.movement import LINE, OBLIGATIONS, ORDER, ByLine
from app.compliance.calendars import Statement
from app.compliance.columns import COLUMNS, days_from, due_of, expression, is_open, row
from app.compliance.relations import fenced
from app.compliance.within import ON, SINCE, Within
from app.models.engine.entries import past_entry

PAST = past_entry
LAST = 2**31 - 1
"""The place of the entry that stands, after the numbers of those before it."""
NO_TERM = -1_000_000
"""Better than any: an entry without a term tells nothing."""


def by_line(declared: ByLine, within: Within, dialect: str | None) -> list[Statement]:
    """The lines of one entry, and those of several."""
    return [_entered_once(declared, within, dialect), _entered_again(declared, within, dialect)]


def anchors_of_lines(declared: ByLine, within: Within) -> list[Statement]:
    """(rule, anchor) of them, each once; what a line was entered with before counts however long ago it was."""
    rule, table = literal(declared.rule).label("rule"), declared.trigger.table
    narrowed = is_open(declared.trigger), table.c.kind == declared.kind, *within.of_schools(table)
    entry = _entries(declared, within)
    return [
        select(rule, declared.trigger.label("anchor")).where(*narrowed).distinct(),
        select(rule, entry.c.trigger_on.label("anchor")).where(entry.c.trigger_on <= ON).distinct(),
    ]


def entered_again() -> Select[tuple[int]]:
    """The lines that have earlier entries: few."""
    return select(PAST.c.subject_id).where(PAST.c.subject == LINE.name)


@cache
def entries_of_lines() -> Statement:
    """(line, trigger, entered on, by whom, until) of `:lines` that have several entries, in the order of entering."""
    declared = [one for one in OBLIGATIONS.values() if isinstance(one, ByLine)]
    trigger = case(*((LINE.c.kind == one.kind, one.trigger) for one in declared))
    wanted: Any = bindparam("lines", expanding=True)
    current = (
        select(
            LINE.c.id, trigger, LINE.c.entered_on, LINE.c.entered_by, cast(null(), Date), literal(LAST).label("place")
        )
        .join_from(LINE, ORDER, ORDER.c.id == LINE.c.order_id)
        .where(LINE.c.id.in_(wanted), LINE.c.id.in_(entered_again()))
    )
    earlier = select(
        PAST.c.subject_id, PAST.c.trigger_on, PAST.c.entered_on, PAST.c.entered_by, PAST.c.until_on, PAST.c.id
    ).where(PAST.c.subject == LINE.name, PAST.c.subject_id.in_(wanted))
    found = union_all(current, earlier).subquery("entry")
    return select(*list(found.c)[:-1]).order_by(found.c.id, found.c.place)


def _entered_once(declared: ByLine, within: Within, dialect: str | None) -> Statement:
    trigger = expression(declared.trigger)
    source = LINE.join(ORDER, ORDER.c.id == LINE.c.order_id)
    source, due = due_of(source, LINE.c.school_id, trigger, [declared.rule], dialect)
    columns = _columns(declared, trigger, LINE.c.entered_on, due[declared.rule])
    narrowed = LINE.c.kind == declared.kind, is_open(declared.trigger), *within.lines()
    return select(*columns).select_from(source).where(*narrowed, LINE.c.id.not_in(entered_again()))


def _entered_again(declared: ByLine, within: Within, dialect: str | None) -> Statement:
    entry = _entries(declared, within)
    source: FromClause = entry.join(LINE, LINE.c.id == entry.c.line_id).join(ORDER, ORDER.c.id == LINE.c.order_id)
    source, dates = due_of(source, LINE.c.school_id, expression(entry.c.trigger_on), [declared.rule], dialect)
    due, entered_on = dates[declared.rule], entry.c.entered_on
    # What was entered on the day of an annulment or after it goes with it.
    stood = case((and_(ORDER.c.annulled_on <= ON, entered_on >= ORDER.c.annulled_on), 0), else_=1)
    known = case((entered_on <= ON, 1), else_=0)
    days = func.coalesce(days_from(case((entered_on <= ON, entered_on), else_=ON), due), NO_TERM)
    worst_first = (stood, known, days, entry.c.is_current, entered_on, entry.c.trigger_on)
    place = func.row_number().over(partition_by=entry.c.line_id, order_by=[each.desc() for each in worst_first])
    columns = _columns(declared, entry.c.trigger_on, entered_on, due)
    ranked = select(*columns, place.label("place")).select_from(source).where(entry.c.trigger_on <= ON).subquery()
    chosen = ranked.c.place == 1, ranked.c.opens_on >= SINCE
    return select(*(ranked.c[name] for name in COLUMNS)).where(*chosen)


def _entries(declared: ByLine, within: Within) -> Subquery:
    """Every entry of the lines that have several, with the date from which the term ran by it. Fenced: SQLite would
    otherwise lay out the due dates once for each half."""
    narrowed = LINE.c.kind == declared.kind, *within.lines()
    current = select(
        LINE.c.id.label("line_id"),
        declared.trigger.label("trigger_on"),
        LINE.c.entered_on,
        literal(1).label("is_current"),
    ).join_from(LINE, ORDER, ORDER.c.id == LINE.c.order_id)
    earlier = select(LINE.c.id, PAST.c.trigger_on, PAST.c.entered_on, literal(0)).join_from(
        LINE, PAST, and_(PAST.c.subject == LINE.name, PAST.c.subject_id == LINE.c.id)
    )
    both = union_all(current.where(LINE.c.id.in_(entered_again()), *narrowed), earlier.where(*narrowed))
    return fenced(both).subquery("entry")


def _columns(declared: ByLine, trigger: Any, entered_on: Any, due: Any) -> list[ColumnElement[Any]]:
    return row(
        rule=literal(declared.rule),
        kind=literal(declared.kind.value),
        school_id=LINE.c.school_id,
        pupil_id=LINE.c.pupil_id,
        academic_year_id=LINE.c.academic_year_id,
        class_id=func.coalesce(LINE.c.to_class_id, LINE.c.from_class_id),
        subject_id=LINE.c.id,
        line_id=LINE.c.id,
        anchor=trigger,
        opens_on=trigger,
        due=due,
        evidence=case((entered_on <= ON, entered_on)),
        annulled_on=case((ORDER.c.annulled_on <= ON, ORDER.c.annulled_on)),
    )
