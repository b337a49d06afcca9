"""Rows on their way into the tables: keys given out beforehand, entry stamps, bulk inserts in order of references."""

from collections import defaultdict
from datetime import date, datetime, time
from itertools import product
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import sql
from sqlalchemy import Connection, Sequence, Table, func, insert, select

from app.models.accounts import Account, AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.accounts.handings import HandingOver
from app.models.accounts.officials import Official
from app.models.calendars import RegionCalendarDay, SchoolCalendarDay
from app.models.directories.people import (
    FamilyCategory,
    HealthGroup,
    MovementReason,
    Position,
    PreventiveCategory,
)
from app.models.directories.study import AchievementKind, Platform, Room, StudyProfile, Subject, SubjectArea
from app.models.engine.entries import past_entry
from app.models.engine.held import held_fact
from app.models.monitoring.corrections import Correction
from app.models.monitoring.starts import SchoolStart
from app.models.movement import MovementLine, MovementOrder
from app.models.movement.memberships import ClassMembership
from app.models.movement.outcomes import YearOutcome
from app.models.people import Employee, Guardianship, Parent, Pupil
from app.models.schools import GradeWeek, School, SchoolSettings
from app.models.study import AcademicYear, SchoolClass, StudyPeriod
from app.models.territory import Municipality, MunicipalityCode, Region

ZONE = ZoneInfo("Asia/Sakhalin")
CHUNK = 5_000
# Every table stands after those it points to. Accounts point to schools alone, and all else may point to accounts.
MODELS = (
    Region, Municipality, MunicipalityCode, School, SchoolSettings, GradeWeek, SchoolStart, Account, Position, Employee,
    SubjectArea, Subject, StudyProfile, AchievementKind, Platform, Room, MovementReason, FamilyCategory,
    PreventiveCategory, HealthGroup,
    Official, RegionCalendarDay, SchoolCalendarDay, AcademicYear, StudyPeriod, SchoolClass, Pupil, Parent, Guardianship,
    MovementOrder, MovementLine, past_entry, Correction, held_fact, ClassMembership, YearOutcome, AccountPerson,
    Appointment, HandingOver,
)  # fmt: skip

Row = dict[str, Any]


def table_of(model: Any) -> Table:
    """Some tables have no model."""
    return model if isinstance(model, Table) else model.__table__


class Rows:
    """Collects the rows of a school and writes them table by table. Counts what it wrote.

    The tables are empty, but for those whose rows were asked for by `standing`.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._blank = {model: dict.fromkeys(table_of(model).columns.keys()) for model in MODELS}
        self._last: dict[type, int] = defaultdict(int)
        self._waiting: dict[type, list[Row]] = defaultdict(list)
        self.written: dict[str, int] = defaultdict(int)

    def add(self, model: Any, values: Row) -> Row:
        """Queue a row under the next key of its table. It may still be changed until it is written."""
        row = self._blank[model] | values
        row["id"] = self._take(model)
        if "version" in row:
            row["version"] = 1
        self._waiting[model].append(row)
        return row

    def drop(self, model: type, rows: list[Row]) -> None:
        """Forget rows not written yet; their keys stay unused."""
        gone = {id(row) for row in rows}
        self._waiting[model] = [row for row in self._waiting[model] if id(row) not in gone]

    def standing(self, model: Any) -> list[Row]:
        """The rows that stood in this table before; the keys given out come after theirs."""
        found = [dict(row) for row in self._connection.execute(select(table_of(model))).mappings()]
        if found:
            self._last[model] = max(row["id"] for row in found)
        return found

    def next_key(self, model: type) -> int:
        return self._last[model] + 1

    def waiting(self, model: type) -> list[Row]:
        return self._waiting[model]

    def write(self) -> None:
        for model in MODELS:
            rows = self._waiting.pop(model, [])
            if hasattr(model, "search_text_of"):
                for row in rows:
                    row["search_text"] = model.search_text_of(_searched(model, row))
            for row, (key, (of, made)) in product(rows, getattr(model, "__keys__", {}).items()):
                row[key] = made(*(row[each] or "" for each in of))
            for start in range(0, len(rows), CHUNK):
                self._write(table_of(model), rows[start : start + CHUNK])
            self.written[table_of(model).name] += len(rows)

    def _write(self, table: Table, rows: list[Row]) -> None:
        if self._connection.dialect.name == "postgresql":
            self._copy(table, rows)
        else:
            self._connection.execute(insert(table), rows)

    def _copy(self, table: Table, rows: list[Row]) -> None:
        """PostgreSQL's own way in for many rows: twice as fast as inserts."""
        names, dialect = list(rows[0]), self._connection.dialect
        bound = [(name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names]
        columns = sql.SQL(", ").join(map(sql.Identifier, names))
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
        with self._connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row([bind(row[name]) if bind else row[name] for name, bind in bound])

    def reset_sequences(self) -> None:
        """PostgreSQL does not see keys that were given: the next ones must come after them."""
        if self._connection.dialect.name != "postgresql":
            return
        for model, last in self._last.items():
            default = table_of(model).c.id.default
            named = default.name if isinstance(default, Sequence) else None
            sequence = named or func.pg_get_serial_sequence(table_of(model).name, "id")
            self._connection.execute(select(func.setval(sequence, last)))

    def _take(self, model: Any) -> int:
        self._last[model] += 1
        return self._last[model]


def _searched(model: type, row: Row) -> Row:
    return row | {"name_key": f"{row['grade']}{row['letter']}"} if model is SchoolClass else row


class Clerk:
    """Somebody who enters records, at the hours of a working day."""

    def __init__(self, rng: Random, name: str, account_id: int | None = None) -> None:
        self._rng, self.name, self.account_id = rng, name, account_id

    def stamp(self, day: date) -> Row:
        """Entry stamps of that local day."""
        minute = self._rng.randrange(8 * 60 + 30, 17 * 60 + 30)
        at = datetime.combine(day, time(minute // 60, minute % 60), ZONE)
        return {"entered_at": at, "entered_on": day, "entered_by": self.name, "entered_by_id": self.account_id}


def stamp_of(row: Row) -> Row:
    """The stamps of one row for another entered with it."""
    return {name: row[name] for name in ("entered_at", "entered_on", "entered_by", "entered_by_id")}
