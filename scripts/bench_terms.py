"""The region's terms against their bare SQL: time, what is handed over, and new numbers after a change.

Alone: `BENCH_PUPILS=200000 .venv/bin/python scripts/bench_terms.py` (or DATABASE_URL for PostgreSQL); part of
`make bench`.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("SGO_INSTANCE", str(ROOT / "instance" / "bench"))
os.environ["SGO_DEMO"] = "1"

from flask import Flask  # noqa: E402 - the settings above must stand before the application is imported
from sqlalchemy import Connection, insert, text  # noqa: E402

from app import create_app  # noqa: E402
from app.clock import today, utc_now  # noqa: E402
from app.compliance import duties, queries, relations, terms  # noqa: E402
from app.compliance.readings import Choice, readings_of  # noqa: E402
from app.extensions import db  # noqa: E402
from app.models.calendars import RegionCalendarDay  # noqa: E402
from scripts import bench_data  # noqa: E402
from scripts.bench_floor import COMPLIANCE  # noqa: E402

RUNS = 5
RATIO, BYTES, CHANGED = 2, 200_000, 1_000
"""Times the bare SQL; bytes of due dates handed over; milliseconds from a change to the region's new numbers."""


def clock() -> float:
    """Of SQLite the processor's time: it is not the others' on a busy machine. PostgreSQL works elsewhere."""
    return time.process_time() if db.engine.dialect.name == "sqlite" else time.perf_counter()


def measure(app: Flask) -> list[str]:
    """Lines to read; one that broke its limit begins with «!»."""
    with app.app_context(), db.engine.connect() as connection:
        on = today()
        counted = lambda: queries.counts(connection, duties.rules(), None, on)  # noqa: E731
        floor, ours = _in_turns(lambda: connection.execute(text(COMPLIANCE)).all(), counted)
        found = [_line("сроки региона, × голый SQL", ours / floor, RATIO, f"{ours:.0f} и {floor:.0f} мс")]
        sent = queries.ask(connection, duties.rules(), None, on, None)
        size = sum(len(value) for value in sent.given.values() if isinstance(value, str)) if sent else 0
        found.append(_line("сроки, передано базе, байт", size, BYTES))
        for name, change in (("правила", _rule), ("дня календаря", _calendar), ("чтения", _reading)):
            taken = min(_timed(change, connection, on, number) for number in range(RUNS))
            found.append(_line(f"новые числа после изменения {name}, мс", taken, CHANGED))
        return found


def _line(name: str, value: float, limit: float, more: str = "") -> str:
    shown = f"{value:10.1f}" if limit < 10 else f"{value:10.0f}"
    return f"{'! ' if value > limit else ''}{name:<46}{shown}  не больше {limit}  {more}".rstrip()


def _in_turns(floor: Callable[[], Any], ours: Callable[[], Any]) -> tuple[float, float]:
    """The quickest of several runs of each, in milliseconds."""
    taken: list[list[float]] = [[], []]
    for _ in range(RUNS):
        for times, work in zip(taken, (floor, ours), strict=True):
            started = clock()
            work()
            times.append((clock() - started) * 1000)
    return min(taken[0]), min(taken[1])


def _timed(change: Callable[..., Any], connection: Connection, on: date, number: int) -> float:
    started = clock()
    change(connection, on, number)
    return (clock() - started) * 1000


def _rule(connection: Connection, on: date, number: int) -> None:
    """As if read anew: no due date is known any more."""
    for known in (relations._due_dates, relations._otherwise, relations._passing, terms._compiled):
        known.cache_clear()
    queries.counts(connection, duties.rules(), None, on)


def _calendar(connection: Connection, on: date, number: int) -> None:
    """A day of the region's calendar: that of every school is another one."""
    with connection.begin_nested() as taken_back:
        day = {"region_id": 1, "day": date(2026, 4, 1) + number * timedelta(days=1), "is_working": False, "act": "Указ"}
        stamps = {"version": 1, "entered_at": utc_now(), "entered_on": on, "entered_by": "Система"}
        connection.execute(insert(RegionCalendarDay.__table__).values(**day, **stamps))
        queries.counts(connection, duties.rules(), None, on)
        taken_back.rollback()


def _reading(connection: Connection, on: date, number: int) -> None:
    other = Choice(2025 - number, "days-after", "event_day_counted")
    queries.counts(connection, duties.rules(), None, on, readings=readings_of(connection).instead(other))


def main() -> None:
    app = create_app()
    print(bench_data.prepare(app))
    found = measure(app)
    print("\n".join(found))
    sys.exit(any(line.startswith("!") for line in found))


if __name__ == "__main__":
    main()
