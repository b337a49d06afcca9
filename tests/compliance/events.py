"""A toy group of rules: a table of events, bound to the rules of a term that lies before its event.

It stands for what a new group adds: one file. The engine, the counts, the lists and the reasons are the panel's own.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    FromClause,
    Integer,
    MetaData,
    String,
    Table,
    insert,
)

from app.compliance.duties import Binding, Told, Words, declare, forget
from app.compliance.recorded import Recorded

METADATA = MetaData()
EVENT = Table(
    "toy_event",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("school_id", Integer),
    Column("rule", String(20)),
    Column("title", String(50)),
    Column("happens_on", Date),
    Column("cancelled_on", Date),
    Column("entered_on", Date),
    Column("entered_at", DateTime(timezone=True)),
    Column("entered_by", String(50)),
)
NAME = Table("toy_name", METADATA, Column("id", Integer, primary_key=True), Column("place", String(50)))
STAMP = datetime(2026, 1, 1, tzinfo=UTC)
TRIGGERS = {"event": "event_day", "holiday": "holiday_start", "day-transfer": "transfer_target_day"}


def details(fact: FromClause, source: FromClause) -> tuple[FromClause, dict[str, ColumnElement[Any]]]:
    source = source.outerjoin(EVENT, EVENT.c.id == fact.c.subject_id).outerjoin(NAME, NAME.c.id == fact.c.subject_id)
    return source, {"title": EVENT.c.title, "place": NAME.c.place, "entered_by": EVENT.c.entered_by}


def told(values: Mapping[str, Any]) -> Told:
    return Told(caption=values["title"], group=values["place"] or "", entered_by=values["entered_by"])


def duty(rule: str) -> Recorded:
    return Recorded(
        rule,
        table=EVENT,
        trigger=EVENT.c.happens_on,
        where=(EVENT.c.rule == rule,),
        columns={"about_id": EVENT.c.id},
        by={"toy_event": EVENT.c.id},
        withdrawn_on=EVENT.c.cancelled_on,
        trigger_ids=frozenset({TRIGGERS[rule]}),
    )


@contextmanager
def bound(connection: Connection) -> Iterator[Binding]:
    """The group, for a while."""
    METADATA.create_all(connection)
    binding = Binding(
        "toy",
        tuple(map(duty, TRIGGERS)),
        about="toy_event",
        narrowed_by=("toy_event",),
        details=details,
        told=told,
        words=Words(withdrawn="мероприятие отменено {}"),
    )
    declare(binding)
    try:
        yield binding
    finally:
        forget(binding)


def add(connection: Connection, rule: str, happens: date, entered: date, **values: Any) -> int:
    row = {"school_id": 1, "rule": rule, "title": "Ёлка", "happens_on": happens, "entered_on": entered}
    made = connection.execute(insert(EVENT).values(**row | {"entered_by": "Завуч З. З.", "entered_at": STAMP} | values))
    return made.inserted_primary_key[0]
