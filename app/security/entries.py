"""Entries of judged records (`__judged__`), held at every flush, whoever acts and by whatever way.

An entry is firm at 24:00 of its local day. Until then it is corrected and deleted as if it had never been made. After
that the record is not deleted, and a change of its trigger closes the entry (`past_entry`) and makes a new one with
stamps of its own. No system step is let through: what a term is judged by is taken back by nobody.

What stood is read from the database before the flush and again after it: what the session believes is not asked.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, delete, event, exists, insert, inspect, or_, select, update
from sqlalchemy.orm import Session, UOWTransaction
from sqlalchemy.orm.attributes import set_committed_value

from app.clock import local_date, utc_now
from app.models.engine.entries import EntryEnd, past_entry
from app.models.kinds import pack
from app.models.references import key_of
from app.models.rows import taken_out
from app.russian import format_date
from app.security.actor import SYSTEM
from app.security.corrected import freed, resting_on
from app.security.guard import Denied, actor_of, effective
from app.security.resources import OWNERS, RESOURCES
from app.security.stamps import school_zone

STAMP = ("entered_at", "entered_on", "entered_by", "entered_by_id")
UNTIL = {"until_at": "entered_at", "until_on": "entered_on", "ended_by": "entered_by", "ended_by_id": "entered_by_id"}
"""The end of an entry is the making of the next one."""
BEFORE = "entries_before"
OF_OWNER = "of_owner_"
Stored = dict[int, Row[Any]]
"""Number → a judged record as the database has it, with the columns of the record that it is a row of."""


@dataclass(frozen=True)
class Kept:
    """An entry: the date from which the term ran by it (None: of the calendar), when and by whom it was made."""

    trigger_on: date | None
    entered_on: date
    entered_by: str
    entered_by_id: int | None


class Firm(Denied):
    """The record was entered on an earlier day: it is not deleted, and whom it is about is not changed."""


def install(session_factory: Any) -> None:
    """Hold the entries on every session of this factory; after the guard, whose refusals come first."""
    event.listen(session_factory, "before_flush", _before)
    event.listen(session_factory, "after_flush", _after)


def judged() -> list[Any]:
    """The models by whose entry a term is judged."""
    return [model for model in RESOURCES if getattr(model, "__judged__", None) is not None]


def stamp_now(session: Session, school_id: int | None) -> dict[str, Any]:
    """The stamps of an entry made now: by whoever acts, on the local day of the school."""
    actor, now = actor_of(session) or effective(session) or SYSTEM, utc_now()
    values = now, local_date(now, school_zone(session, school_id)), actor.name, actor.account_id
    return dict(zip(STAMP, values, strict=True))


def firm(session: Session, model: Any, objects: Iterable[Any]) -> dict[int, str]:
    """Of these records of a judged model those whose entry is firm: number → the words that refuse its deletion."""
    names = {obj.id: str(obj) for obj in objects if obj.id is not None}
    if not names:
        return {}
    stored = _stored(session, model, model.__table__.c.id.in_(sorted(names)))
    held = _firm_of(session, model, list(stored.values()))
    return {key: _words(model, row, names[key]) for key, row in stored.items() if key in held}


def _keep_first_days(session: Session) -> None:
    """No flush takes the day away that a school began on, neither a deletion nor a move: as it stood it is kept, once
    its entry is firm, beside the past entries of the judged records."""
    gone: dict[Any, set[int]] = defaultdict(set)
    for obj in (*session.deleted, *session.dirty):
        name, _ = getattr(obj, "__first_day__", ("", ""))  # accounts and roles are Flask-AppBuilder's own
        if name and (obj in session.deleted or inspect(obj).attrs[name].history.has_changes()):
            gone[type(obj)].add(obj.id)
    for model, keys in gone.items():
        found = session.connection().execute(select(model.__table__).where(model.id.in_(sorted(keys))))
        if kept := [day for row in found if (day := _day_kept(session, model, row)) is not None]:
            session.connection().execute(insert(past_entry), kept)


def _day_kept(session: Session, model: Any, row: Row[Any]) -> dict[str, Any] | None:
    """None: it was entered today, and is corrected as if it had never been made; or a judged record tells it."""
    stamp, (name, told_by) = stamp_now(session, row.school_id), model.__first_day__
    if row.entered_on >= stamp["entered_on"] or getattr(row, told_by) is not None:
        return None
    day = getattr(row, name)
    values = {"subject": model.__tablename__, "subject_id": row.id, "school_id": row.school_id, "trigger_on": day}
    return values | {"trigger": {name: pack(day)}, "ended": EntryEnd.CHANGED} | _ended(row, stamp)


def _ended(row: Row[Any], stamp: dict[str, Any]) -> dict[str, Any]:
    """The stamps of an entry and of its end."""
    return {name: getattr(row, name) for name in STAMP} | {name: stamp[of] for name, of in UNTIL.items()}


def is_kept(session: Session, obj: Any) -> bool:
    """Whether this record, or a row of it, is of a firm entry: it is not deleted any more. One query."""
    model = next((each for each in judged() if each is type(obj) or _owner_of(each) is type(obj)), None)
    if model is None:
        return False
    columns, past = model.__table__.c, past_entry.c
    mine = columns.id == obj.id if model is type(obj) else _key(model) == obj.id
    changed = exists().where(past.subject == model.__tablename__, past.subject_id == columns.id)
    early = columns.entered_on < stamp_now(session, obj.school_id)["entered_on"]
    found = select(columns.id).where(mine, or_(early, changed)).limit(1)
    return session.connection().execute(found).first() is not None


def _owner_of(model: Any) -> Any:
    return OWNERS[model].relation.mapper.class_ if model in OWNERS else None


def _words(model: Any, row: Row[Any], name: str) -> str:
    since = format_date(row.entered_on)
    return f"«{name}»: внесено {since}, после дня внесения это не удаляется. {model.__judged__.instead}"


def _firm_of(session: Session, model: Any, rows: Sequence[Row[Any]]) -> frozenset[int]:
    """Those entered on an earlier day; or changed today, which leaves an entry of an earlier day behind them; or that a
    correction rests on. Two queries, however many."""
    old = {row.id for row in rows if row.entered_on < stamp_now(session, row.school_id)["entered_on"]}
    if young := [row.id for row in rows if row.id not in old]:
        past = past_entry.c.subject == model.__tablename__, past_entry.c.subject_id.in_(young)
        old.update(session.connection().execute(select(past_entry.c.subject_id).where(*past)).scalars())
        old |= resting_on(session, model.__tablename__, young)
    return frozenset(old)


def _before(session: Session, context: UOWTransaction, instances: Any) -> None:
    before = session.info[BEFORE] = {}
    _keep_first_days(session)
    for model in judged():
        owner = _owner_of(model)
        gone = [obj for obj in session.deleted if type(obj) is model]
        for whole in (obj for obj in session.dirty if type(obj) is owner):
            gone += taken_out(whole, OWNERS[model].name)
        for words in firm(session, model, gone).values():
            raise Firm(words)
        if (touched := _touched(session, model, owner)) is not None:
            before[model] = _stored(session, model, touched)


def _touched(session: Session, model: Any, owner: Any) -> Any:
    """The condition of the judged records that this flush may change; None: it changes none."""
    own = sorted(obj.id for obj in session.dirty if type(obj) is model)
    wholes = sorted(obj.id for obj in session.dirty if owner is not None and type(obj) is owner)
    if not own and not wholes:
        return None
    columns = model.__table__.c
    return or_(columns.id.in_(own), _key(model).in_(wholes)) if wholes else columns.id.in_(own)


def _key(model: Any) -> Any:
    """The column of a row that leads to its record."""
    return model.__table__.c[key_of(OWNERS[model].relation).name]


def _stored(session: Session, model: Any, where: Any) -> Stored:
    statement = select(model.__table__).where(where)
    if model in OWNERS:
        owner = OWNERS[model].relation.mapper.class_.__table__
        statement = statement.add_columns(*(column.label(OF_OWNER + column.name) for column in owner.c))
        statement = statement.join(owner, owner.c.id == _key(model))
    return {row.id: row for row in session.connection().execute(statement)}


def _after(session: Session, context: UOWTransaction) -> None:
    for model, before in session.info.pop(BEFORE, {}).items():
        now = _stored(session, model, model.__table__.c.id.in_(sorted(before))) if before else {}
        changed = [key for key, row in now.items() if _differ(model, before[key], row)]
        if changed:
            resting = resting_on(session, model.__tablename__, changed)
            nowhere = freed(session, model.__tablename__, changed)
            for key in changed:
                _keep(session, model, before[key], now[key], key in resting, key in nowhere)


def _differ(model: Any, before: Row[Any], now: Row[Any]) -> bool:
    """Whether it is about somebody else, or states another trigger."""
    return _is_another(model, before, now) or _trigger(model, before) != _trigger(model, now)


def _is_another(model: Any, before: Row[Any], now: Row[Any]) -> bool:
    return any(getattr(before, name) != getattr(now, name) for name in model.__judged__.fixed)


def _keep(session: Session, model: Any, before: Row[Any], now: Row[Any], rests: bool, is_freed: bool) -> None:
    if _is_another(model, before, now):
        if _firm_of(session, model, [before]):
            raise Firm(_fixed_words(model, before))
        return
    if is_freed:
        raise Firm(f"{model.__titles__[0]}: по исправлению эта запись не считается. Внесите верную отдельно.")
    stamp = stamp_now(session, now.school_id)
    if rests or before.entered_on < stamp["entered_on"]:
        _close(session, model, before, stamp)
        _set_stamp(session, model, now.id, stamp)
    elif (past := _past(session, model, now.id)) and past[-1].trigger == _trigger(model, now):
        # On the day of its change it is made what it was: as if it had not been changed.
        session.connection().execute(delete(past_entry).where(past_entry.c.id == past[-1].id))
        _set_stamp(session, model, now.id, {name: getattr(past[-1], name) for name in STAMP})


def _fixed_words(model: Any, row: Row[Any]) -> str:
    return (
        f"{model.__titles__[0]}: внесено {format_date(row.entered_on)}, после дня внесения не изменяется, о ком эта"
        f" запись и какого она вида. {model.__judged__.instead}"
    )


def _trigger(model: Any, row: Row[Any]) -> dict[str, Any]:
    """What the entry states for the term, as JSON keeps it."""
    return {name: pack(_value(row, name)) for name in model.__judged__.trigger(row).columns}


def _value(row: Row[Any], name: str) -> Any:
    return getattr(row, name) if name in row._fields else getattr(row, OF_OWNER + name)


def _close(session: Session, model: Any, row: Row[Any], stamp: dict[str, Any]) -> None:
    day = model.__judged__.trigger(row).day
    values = {
        "subject": model.__tablename__,
        "subject_id": row.id,
        "school_id": row.school_id,
        "trigger_on": _value(row, day) if day else None,
        "trigger": _trigger(model, row),
        "ended": EntryEnd.CHANGED,
    }
    values |= _ended(row, stamp)
    session.connection().execute(insert(past_entry).values(values))


def _set_stamp(session: Session, model: Any, key: int, stamp: dict[str, Any]) -> None:
    table = model.__table__
    session.connection().execute(update(table).where(table.c.id == key).values(stamp))
    held = session.identity_map.get(inspect(model).identity_key_from_primary_key((key,)))
    for name, value in stamp.items() if held is not None else ():
        set_committed_value(held, name, value)


def _past(session: Session, model: Any, key: int) -> list[Row[Any]]:
    """The earlier entries of a record, the latest last."""
    mine = past_entry.c.subject == model.__tablename__, past_entry.c.subject_id == key
    return list(session.connection().execute(select(past_entry).where(*mine).order_by(past_entry.c.id)))


def entries_of(session: Session, subject: str, key: int) -> list[Kept]:
    """Every entry of a judged record, the first one first; none of a record that is gone or not judged."""
    model = next((each for each in judged() if each.__tablename__ == subject), None)
    row = _stored(session, model, model.__table__.c.id == key).get(key) if model is not None else None
    if model is None or row is None:
        return []
    day = model.__judged__.trigger(row).day
    past = [Kept(each.trigger_on, *_stamp_of(each)) for each in _past(session, model, key)]
    return [*past, Kept(_value(row, day) if day else None, *_stamp_of(row))]


def _stamp_of(row: Row[Any]) -> tuple[date, str, int | None]:
    return row.entered_on, row.entered_by, row.entered_by_id


def authors_of(session: Session, subject: str, keys: Collection[int]) -> dict[int, frozenset[int]]:
    """Who entered judged records, by any of their entries: number → accounts; two queries, however many."""
    model = next((each for each in judged() if each.__tablename__ == subject), None)
    if model is None or not keys:
        return {}
    table, past = model.__table__.c, past_entry.c
    now = select(table.id, table.entered_by_id).where(table.id.in_(keys))
    before = select(past.subject_id, past.entered_by_id).where(past.subject == subject, past.subject_id.in_(keys))
    found: dict[int, frozenset[int]] = {}
    for key, account in session.connection().execute(now.union(before)):
        found[key] = found.get(key, frozenset()) | ({account} - {None})
    return found
