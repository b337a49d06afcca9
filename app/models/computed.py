"""Columns that the database computes: declared on a model, never stored; shown, filtered, sorted and exported.

    age = computed("Возраст", kinds.INTEGER, lambda m, today: full_years(m.birth_date, today), shows=("birth_date",))

The function gives an SQL expression over the model for a day. One that counts rows of other models is written with
their mapped classes, so that the guard at the session narrows it to what the reader sees, and names them in `over`:
whoever does not see those rows as a whole is not told a number that would be a part of the truth. One written past the
guard, over bare tables, says so: `system` names the count, or `past` the models of those tables, whose rows tell what
belongs to the record itself (start-up check SGO071).

`among` says as a set which records have one of some values, where a look at each record would cost too much:
(model, today, values) → condition. `here` tells the value of a record at hand without a query, where it can.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, event, extract, inspect, select
from sqlalchemy.orm import Session, object_session

from app import clock
from app.models.base import Record
from app.models.kinds import Kind

DAY = "local_day"
"""In `session.info`: the day of whoever acts, for which values are read that nobody asked a day for."""
VALUES = "computed"
"""In the `info` of a record's state: what was read, by name."""

Make = Callable[[Any, date], Any]


@dataclass(frozen=True)
class Computed:
    """A declared column; on a record its value, read with those of other records where a page shows many."""

    label: str
    kind: Kind
    make: Make
    shows: tuple[str, ...]
    """The columns that its value lets one read."""
    over: Callable[[], Iterable[Any]]
    """The other models whose rows it counts."""
    system: str
    """The name of a count that is made past the guard; empty: only what the reader sees is counted."""
    past: Callable[[], Iterable[Any]] = tuple
    """The models whose rows are read past the guard, since they tell what is a part of the record itself."""
    among: Callable[[Any, date, Any], ColumnElement[bool]] | None = None
    ordered: bool = True
    """Whether a list may stand in its order: of what is told in words to be read alone, it may not."""
    here: Callable[[Any, date], Any] | None = None
    """(record, day) → its value in a list of one; nothing: the database is asked."""
    name: str = field(default="", init=False)

    def __set_name__(self, owner: type, name: str) -> None:
        object.__setattr__(self, "name", name)

    @property
    def info(self) -> dict[str, Any]:
        return {"label": self.label}

    def on(self, model: Any, today: date) -> ColumnElement[Any]:
        """The SQL expression over a model."""
        return _made(self.make, model, today) if isinstance(model, type) else self.make(model, today)

    def __get__(self, obj: Any, owner: type) -> Any:
        if obj is None:
            return self
        known = _known(obj)
        session = object_session(obj)
        if self.name not in known and session is not None and obj.id is not None:
            with session.no_autoflush:
                load(session, [obj], [self.name], day_of(session))
        return known.get(self.name)


@lru_cache(maxsize=200)
def _made(make: Make, model: Any, today: date) -> ColumnElement[Any]:
    """Made once a day: a list has conditions ready that nobody asks."""
    expression: ColumnElement[Any] = make(model, today)
    return expression


def day_of(session: Any) -> date:
    """The day of whoever acts in a session; the clock's where nobody has said."""
    return (session is not None and session.info.get(DAY)) or clock.today()


def computed(
    label: str,
    kind: Kind,
    make: Make,
    *,
    shows: tuple[str, ...] = (),
    over: Callable[[], Iterable[Any]] = tuple,
    system: str = "",
    past: Callable[[], Iterable[Any]] = tuple,
    among: Callable[[Any, date, Any], ColumnElement[bool]] | None = None,
    here: Callable[[Any, date], Any] | None = None,
    ordered: bool = True,
) -> Any:
    """Declare a computed column by its expression: (model, today) → SQL."""
    return Computed(label, kind, make, shows, over, system, past, among, ordered, here)


def among(found: Computed, model: Any, today: date, values: Any) -> ColumnElement[bool]:
    """The records that have one of these values."""
    if found.among is not None:
        return found.among(model, today, values)
    condition: ColumnElement[bool] = found.on(model, today).in_(values)
    return condition


def computed_of(model: Any, name: str) -> Computed | None:
    """The computed column of that name, if it is one."""
    found = getattr(model, name, None)
    return found if isinstance(found, Computed) else None


def load(session: Session, rows: Iterable[Any], names: Iterable[str], today: date) -> None:
    """Read these computed columns of rows of one model: one query at most, however many."""
    rows = list(rows)
    found = {name: each for name in names if rows and (each := computed_of(type(rows[0]), name)) is not None}
    asked = [obj for obj in rows if not _told_here(obj, found, today)]
    if not found or not asked:
        return
    model = type(rows[0])
    wanted = (each.on(model, today).label(name) for name, each in found.items())
    statement = select(model.id, *wanted).where(model.id.in_([obj.id for obj in asked]))
    values = {key: dict(zip(found, told, strict=True)) for key, *told in session.execute(statement)}
    for obj in asked:
        _known(obj).update(values.get(obj.id, {}))


def _told_here(obj: Any, found: dict[str, Computed], today: date) -> bool:
    """Whether a record tells all of it by itself."""
    told = {name: each.here(obj, today) for name, each in found.items() if each.here is not None}
    values = {name: value[0] for name, value in told.items() if value}
    _known(obj).update(values)
    return len(values) == len(found)


def knows(obj: Any, name: str) -> bool:
    """Whether a value has been read already."""
    return name in _known(obj)


def _known(obj: Any) -> dict[str, Any]:
    return inspect(obj).info.setdefault(VALUES, {})


@event.listens_for(Record, "expire", propagate=True, raw=True)
def _forget(state: Any, names: Any) -> None:
    """With the columns goes what was computed of them."""
    state.info.pop(VALUES, None)


def full_years(born: Any, today: date) -> ColumnElement[int]:
    """The age in full years on a day; NULL where the date is not known."""
    years = today.year - extract("year", born)
    later = extract("month", born) * 100 + extract("day", born) > today.month * 100 + today.day
    return (years - case((later, 1), else_=0)).cast(Integer)
