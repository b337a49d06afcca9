"""Changes of dates that stand in the trail become entries, where it tells them exactly; the others are listed.

Revision ID: 20261126_91
Revises: 20261126_90
Create Date: 2026-11-26 20:20:00

"""

from collections import defaultdict
from datetime import UTC
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "20261126_91"
down_revision = "20261126_90"
branch_labels = None
depends_on = None

STAMP = ("entered_at", "entered_on", "entered_by", "entered_by_id")
# As the panel has it on the day of this script: from what the term of a line runs.
TRIGGERS = {
    "departure": ("event_date",),
    "enrolment": ("event_date", "to_class_id"),
    "enrolment_1": ("decision_date", "to_class_id"),
}
INSTANT = sa.DateTime(timezone=True)

LINE = sa.table(
    "movement_line",
    *(sa.column(name, sa.Integer) for name in ("id", "order_id", "school_id", "to_class_id", "entered_by_id")),
    *(sa.column(name, sa.String) for name in ("kind", "entered_by")),
    *(sa.column(name, sa.Date) for name in ("event_date", "entered_on")),
    sa.column("entered_at", INSTANT),
)
ORDER = sa.table(
    "movement_order",
    sa.column("id", sa.Integer), sa.column("number", sa.String), sa.column("decision_date", sa.Date),
)  # fmt: skip
EVENT = sa.table(
    "audit_event",
    *(sa.column(name, sa.Integer) for name in ("id", "record_id", "account_id")),
    *(sa.column(name, sa.String) for name in ("action", "entity", "actor")),
    sa.column("at", INSTANT), sa.column("changes", sa.JSON),
)  # fmt: skip
PAST = sa.table(
    "past_entry",
    *(sa.column(name, sa.Integer) for name in ("id", "subject_id", "school_id", "entered_by_id", "ended_by_id")),
    *(sa.column(name, sa.String) for name in ("subject", "entered_by", "ended_by", "ended")),
    *(sa.column(name, sa.Date) for name in ("trigger_on", "entered_on", "until_on")),
    *(sa.column(name, INSTANT) for name in ("entered_at", "until_at")),
    sa.column("trigger", sa.JSON),
)
SETTINGS = sa.table(
    "school_settings",
    sa.column("school_id", sa.Integer), sa.column("time_zone", sa.String),
    sa.column("valid_from", sa.Date), sa.column("valid_to", sa.Date),
)  # fmt: skip
SCHOOL = sa.table("school", sa.column("id", sa.Integer), sa.column("code", sa.String))


def upgrade():
    connection = op.get_bind()
    events, zones = _events(connection), _zones(connection)
    untold = defaultdict(list)
    for line in _lines(connection, events):
        own = _own_events(line, events)
        if not own:
            continue
        states = _states(line, own)
        if states is None:
            untold[line.school_id].append(f"№ {line.number} (запись {line.id})")
        else:
            _store(connection, line, own, states, zones[line.school_id])
    codes = dict(connection.execute(sa.select(SCHOOL.c.id, SCHOOL.c.code)).all()) if untold else {}
    for school_id, names in sorted(untold.items()):
        print(f"Школа {codes[school_id]}: даты в строках приказов исправляли, но журнал не говорит точно, когда и на что: "
              f"{', '.join(names)}. Внесение оставлено прежним.")  # fmt: skip


def downgrade():
    """The stamps of the first entry were those of the record."""
    connection = op.get_bind()
    seen = set()
    for past in connection.execute(sa.select(PAST).where(PAST.c.subject == "movement_line").order_by(PAST.c.id)).all():
        if past.subject_id not in seen:
            _stamp(connection, past.subject_id, {name: getattr(past, name) for name in STAMP})
        seen.add(past.subject_id)
    connection.execute(sa.delete(PAST))


def _events(connection):
    """(table, record) → the changes of what may be a trigger, in their order."""
    columns = {name for names in TRIGGERS.values() for name in names}
    wanted = EVENT.c.action == "change", EVENT.c.entity.in_(("movement_line", "movement_order"))
    found = defaultdict(list)
    for event in connection.execute(sa.select(EVENT).where(*wanted).order_by(EVENT.c.id)):
        if columns & set(event.changes or ()):
            found[event.entity, event.record_id].append(event)
    return found


def _zones(connection):
    found = defaultdict(list)
    for row in connection.execute(sa.select(SETTINGS).order_by(SETTINGS.c.valid_from)):
        found[row.school_id].append(row)
    return found


def _lines(connection, events):
    """The lines that some change may be about."""
    ids = {name: {key for entity, key in events if entity == name} for name in ("movement_line", "movement_order")}
    if not events:
        return []
    statement = sa.select(LINE, ORDER.c.number, ORDER.c.decision_date).join_from(
        LINE, ORDER, ORDER.c.id == LINE.c.order_id
    )
    rows = connection.execute(statement.where(LINE.c.kind.in_(sorted(TRIGGERS))).order_by(LINE.c.id)).all()
    return [row for row in rows if row.id in ids["movement_line"] or row.order_id in ids["movement_order"]]


def _own_events(line, events):
    """What happened to a line after its entry: SQLite gives the number of a deleted record again."""
    columns = set(TRIGGERS[line.kind])
    found = events.get(("movement_line", line.id), []) + events.get(("movement_order", line.order_id), [])
    later = (event for event in sorted(found, key=lambda event: event.id) if _utc(event.at) >= _utc(line.entered_at))
    return [event for event in later if columns & set(event.changes)]


def _states(line, events):
    """The trigger before each change and after the last one; None where they do not lead to what stands."""
    state = {name: _packed(getattr(line, name)) for name in TRIGGERS[line.kind]}
    found = [dict(state)]
    for event in reversed(events):
        for name in state.keys() & event.changes.keys():
            old, new = event.changes[name]
            if new != state[name] or old is None:
                return None
            state[name] = old
        found.append(dict(state))
    return found[::-1]


def _store(connection, line, events, states, settings):
    stamp, past = {name: getattr(line, name) for name in STAMP}, []
    for event, before, after in zip(events, states, states[1:], strict=False):
        day = _local(event.at, settings)
        if day > stamp["entered_on"]:
            made = {
                "entered_at": event.at,
                "entered_on": day,
                "entered_by": event.actor,
                "entered_by_id": event.account_id,
            }
            past.append((before, stamp, made))
            stamp = made
        elif past and past[-1][0] == after and past[-1][2] is stamp:
            _, stamp, _ = past.pop()  # taken back on its own day
    for trigger, entered, ended in past:
        connection.execute(sa.insert(PAST).values(_row(line, trigger, entered, ended)))
    if past:
        _stamp(connection, line.id, stamp)


def _row(line, trigger, entered, ended):
    day = trigger[TRIGGERS[line.kind][0]]
    until = {
        "until_at": "entered_at",
        "until_on": "entered_on",
        "ended_by": "entered_by",
        "ended_by_id": "entered_by_id",
    }
    return {
        "subject": "movement_line", "subject_id": line.id, "school_id": line.school_id, "ended": "changed",
        "trigger_on": sa.Date().python_type.fromisoformat(day), "trigger": trigger, **entered,
    } | {name: ended[of] for name, of in until.items()}  # fmt: skip


def _stamp(connection, key, stamp):
    connection.execute(sa.update(LINE).where(LINE.c.id == key).values(stamp))


def _packed(value):
    return value if value is None or isinstance(value, int) else value.isoformat()


def _utc(instant):
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _local(instant, settings):
    """The day in the zone that the school had then."""
    for row in reversed(settings):
        day = _utc(instant).astimezone(ZoneInfo(row.time_zone)).date()
        if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to):
            return day
    return _utc(instant).astimezone(ZoneInfo("Asia/Sakhalin")).date()
