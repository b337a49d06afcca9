"""Columns that the database computes: declared on a model, never stored; shown, filtered, sorted and exported.

    age = computed("Возраст", kinds.INTEGER, lambda m, today: full_years(m.birth_date, today), shows=("birth_date",))

The function gives an SQL expression over the model for a day. One that counts rows of other models is written with
their mapped classes, so that the guard at the session narrows it to what the reader sees, and names them in `over`:
whoever does not see those rows as a whole is not told a number that would be a part of the truth. One written past the
guard, over bare tables, says so: `system` names the count (start-up check SGO071).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, extract, inspect, select
from sqlalchemy.orm import Session, object_session

from app import clock
from app.models.kinds import Kind

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
    name: str = field(default="", init=False)

    def __set_name__(self, owner: type, name: str) -> None:
        object.__setattr__(self, "name", name)

    @property
    def info(self) -> dict[str, Any]:
        return {"label": self.label}

    def on(self, model: Any, today: date) -> ColumnElement[Any]:
        """The SQL expression over a model."""
        return self.make(model, today)

    def __get__(self, obj: Any, owner: type) -> Any:
        if obj is None:
            return self
        known = _known(obj)
        session = object_session(obj)
        if self.name not in known and session is not None:
            load(session, [obj], [self.name], clock.today())
        return known.get(self.name)


def computed(
    label: str,
    kind: Kind,
    make: Make,
    *,
    shows: tuple[str, ...] = (),
    over: Callable[[], Iterable[Any]] = tuple,
    system: str = "",
) -> Any:
    """Declare a computed column by its expression: (model, today) → SQL."""
    return Computed(label, kind, make, shows, over, system)


def computed_of(model: Any, name: str) -> Computed | None:
    """The computed column of that name, if it is one."""
    found = getattr(model, name, None)
    return found if isinstance(found, Computed) else None


def load(session: Session, rows: Iterable[Any], names: Iterable[str], today: date) -> None:
    """Read these computed columns of rows of one model: one query, however many."""
    rows = list(rows)
    found = {name: each for name in names if rows and (each := computed_of(type(rows[0]), name)) is not None}
    if not found:
        return
    model = type(rows[0])
    wanted = (each.on(model, today).label(name) for name, each in found.items())
    statement = select(model.id, *wanted).where(model.id.in_([obj.id for obj in rows]))
    values = {key: dict(zip(found, told, strict=True)) for key, *told in session.execute(statement)}
    for obj in rows:
        _known(obj).update(values.get(obj.id, {}))


def _known(obj: Any) -> dict[str, Any]:
    return inspect(obj).info.setdefault(VALUES, {})


def full_years(born: Any, today: date) -> ColumnElement[int]:
    """The age in full years on a day; NULL where the date is not known."""
    years = today.year - extract("year", born)
    later = extract("month", born) * 100 + extract("day", born) > today.month * 100 + today.day
    return (years - case((later, 1), else_=0)).cast(Integer)
