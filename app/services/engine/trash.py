"""The bin: a deleted record is kept as it was and can be put back (docs/adr/0012-deleted-records-go-to-a-bin.md).

Back come the numbers, the entry stamps and the version of every row, so the rows are inserted past the flush, which
would stamp them anew (as is done on purpose to what terms are judged by); who may do it is checked here, and the trail
gets an event of its own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import event, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import QueryContext, Session

from app.clock import local_date, utc_now
from app.compliance import changed, hold
from app.models import kinds
from app.models.base import label_of
from app.models.engine.audit import AuditAction
from app.models.engine.deleted import DeletedRecord
from app.models.kinds import pack, unpack
from app.models.references import key_of
from app.regulation.rights import Action
from app.security import entries
from app.security.actor import Actor
from app.security.guard import Denied, actor_of, effective, person_of, system_step
from app.security.resources import OWNERS, RESOURCES
from app.security.scoping import condition
from app.security.writes import touch
from app.services.engine import audit, bettering, coherence, confirming, conflicts
from app.services.engine.errors import Changed, Conflict, Refused
from app.services.engine.transaction import transaction
from app.services.engine.warnings import NOTHING, Confirmed, Doubt, Unconfirmed

UNDO_TIME = timedelta(hours=24)
"""How long who deleted a record may take it back himself; afterwards the school's Administrator does."""
BATCH = "bin_batch"

Effect = Callable[[Session, Any], None]
EFFECTS: dict[type, Effect] = {}
"""What restoring a record of a model has to do besides; raises Refused when it cannot, and nothing is restored."""


def restores(model: Any) -> Callable[[Effect], Effect]:
    """Register the effect of a model: `@trash.restores(MovementOrder)`."""

    def register(effect: Effect) -> Effect:
        EFFECTS[model] = effect
        return effect

    return register


def new_batch() -> str:
    return uuid4().hex


@contextmanager
def together(session: Session, batch: str) -> Iterator[None]:
    """Everything deleted in this block is one act: «Отменить» takes it back as a whole."""
    session.info[BATCH] = batch
    try:
        yield
    finally:
        session.info.pop(BATCH, None)


def kept(session: Session, obj: Any) -> DeletedRecord:
    """The record as it stands, ready for the bin. The caller deletes it and calls `put`."""
    actor, now = person_of(session), utc_now()
    cascade = inspect(obj).mapper.cascade_iterator("delete", inspect(obj))
    rows = [obj, *(other for other, *_ in cascade)]
    return DeletedRecord(
        entity=obj.__tablename__,
        kind=obj.__titles__[0],
        record_id=obj.id,
        school_id=getattr(obj, "school_id", None),
        name=str(obj)[:300],
        data=[{"entity": row.__tablename__, "values": _values(row)} for row in rows],
        batch=session.info.get(BATCH) or new_batch(),
        deleted_at=now,
        deleted_on=local_date(now),
        deleted_by=actor.name,
        deleted_by_id=actor.account_id,
    )


def kept_row(session: Session, owner: Any, row: Any) -> DeletedRecord:
    """A row that was taken out of its record, told by what it is about and whose it was."""
    about = getattr(row, OWNERS[type(row)].columns[0])
    deleted = kept(session, row)
    deleted.name = f"{kinds.plain(about)}: {owner}"[:300]
    return deleted


def put(session: Session, deleted: DeletedRecord) -> None:
    """Into the bin, in the deleting transaction: whoever may delete need not see the bin."""
    with system_step(session, "put a deleted record in the bin"):
        session.add(deleted)


def restore(session: Session, deleted: DeletedRecord, confirmed: Confirmed = NOTHING) -> Any:
    """Put a record back as whoever keeps the bin. Raises Conflict, Changed, Denied, Unconfirmed; then nothing is
    restored."""

    def may(model: Any, key: int) -> bool:
        where = condition(DeletedRecord, actor_of(session), Action.EDIT)
        if session.scalar(select(DeletedRecord.id).where(DeletedRecord.id == deleted.id, where)) is None:
            return False
        if not model.__gives_rights__:
            return True
        own = condition(model, actor_of(session), Action.EDIT, RESOURCES[model][:1])
        return session.scalar(select(model.id).where(model.id == key, own)) is not None

    return _restore(session, deleted, may, confirmed)


@dataclass
class Undone:
    """What became of a deletion that was taken back."""

    done: list[Any] = dataclass_field(default_factory=list)
    refusals: list[str] = dataclass_field(default_factory=list)
    asked: list[tuple[int, str, Doubt]] = dataclass_field(default_factory=list)
    """The key in the bin and the name of what comes back when it is confirmed, with what is asked."""


Answers = Callable[[int], Confirmed]
"""What was answered about a record, by its key in the bin."""


def undo(session: Session, batch: str, answers: Answers = lambda _: NOTHING) -> Undone:
    """Take back one's own deletion, each record by itself. Raises Conflict when it is too late."""
    actor = person_of(session)
    own = select(DeletedRecord).where(
        DeletedRecord.batch == batch,
        DeletedRecord.deleted_by_id == actor.account_id,
        DeletedRecord.restored_at.is_(None),
    )
    with system_step(session, "find one's own deletion"):
        found = session.scalars(own.order_by(DeletedRecord.id.desc())).all()
    if any(utc_now() - deleted.deleted_at > UNDO_TIME for deleted in found):
        raise Conflict("Со дня удаления прошло больше суток: запись может восстановить администратор школы.")
    return _each(session, found, actor, answers)


def _each(session: Session, found: Any, actor: Actor, answers: Answers) -> Undone:
    def may(model: Any, key: int) -> bool:
        where = condition(model, actor, Action.DELETE, RESOURCES[model][:1])
        return session.scalar(select(model.id).where(model.id == key, where)) is not None

    undone = Undone()
    for deleted, key, name in [(deleted, deleted.id, deleted.name) for deleted in found]:
        try:
            undone.done.append(_restore(session, deleted, may, answers(key)))
        except Unconfirmed as error:
            undone.asked += [(key, name, doubt) for doubt in error.warnings]
        except (Refused, Changed, Denied) as error:
            undone.refusals.append(f"{name}: {str(error) or 'запись уже восстановлена.'}")
    return undone


def _restore(session: Session, deleted: DeletedRecord, may: Callable[[type, int], bool], confirmed: Confirmed) -> Any:
    model = model_of(deleted.entity)
    if model is None:
        raise Conflict("Записей этого вида в панели больше нет.")
    with transaction(session, confirmed):
        with system_step(session, "restore a deleted record"):
            _mark(session, deleted)
            obj = session.get_one(model, _insert(session, deleted))
            hold.is_known_by(session, obj)
            changed.is_known_by(session, obj)
            if not may(model, obj.id):
                raise Denied(f"Недостаточно прав: восстановление, «{model.__titles__[1]}».")
            if (rows := OWNERS.get(model)) is not None:
                touch(session, rows, obj)
            coherence.require(session, obj)
            EFFECTS.get(model, _nothing)(session, obj)
        confirming.require(session, obj, bettering.doubts(session))
        audit.record(session, AuditAction.RESTORE, deleted.name, obj=obj)
    return obj


def _nothing(session: Session, obj: Any) -> None:
    """Most records act on nothing but themselves."""


def _mark(session: Session, deleted: DeletedRecord) -> None:
    """First of all, under the version: of two who restore at once the second one fails here."""
    if deleted.restored_at is not None:
        raise Changed
    actor = person_of(session)
    deleted.restored_at, deleted.restored_by, deleted.restored_by_id = utc_now(), actor.name, actor.account_id
    session.flush()


def _insert(session: Session, deleted: DeletedRecord) -> int:
    """Insert the rows and return the record's number: its own, but where SQLite has given it to another row since."""
    moved: dict[tuple[str, int], int] = {}
    own = {(part["entity"], part["values"]["id"]) for part in deleted.data}
    for part in deleted.data:
        model, values = model_of(part["entity"]), dict(part["values"])
        _require_targets(session, model, values, own)
        row = _row(model, values, moved)
        row |= _entered_anew(session, model, row)
        if session.scalar(select(model.id).where(model.id == values["id"])) is not None:
            del row["id"]
        hold.row_comes_back(session, model, row)
        changed.row_comes_back(session, model, row)
        try:
            result = session.connection().execute(model.__table__.insert().values(row))
        except IntegrityError as error:
            raise Conflict(f"Восстановить нельзя. {conflicts.conflict_of(error)}") from error
        moved[part["entity"], values["id"]] = next(iter(result.inserted_primary_key or ()))
    return moved[deleted.entity, deleted.record_id]


def _row(model: Any, values: dict[str, Any], moved: dict[tuple[str, int], int]) -> dict[str, Any]:
    """Column → value: of a column that has gone since nothing is kept, a new one takes its default."""
    row = {
        column.name: unpack(column, values[column.name]) for column in model.__table__.columns if column.name in values
    }
    for column in model.__table__.columns:
        for key in column.foreign_keys:
            target = (key.column.table.name, values.get(column.name))
            if key.column.name == "id" and target in moved:
                row[column.name] = moved[target]
    return row


def _entered_anew(session: Session, model: Any, row: dict[str, Any]) -> dict[str, Any]:
    """What terms are judged by is evidence from the day of restoring; on the day of its entry it never went."""
    if model not in entries.judged():
        return {}
    stamp = entries.stamp_now(session, row["school_id"])
    return stamp if row["entered_on"] < stamp["entered_on"] else {}


def _require_targets(session: Session, model: Any, values: dict[str, Any], own: set[tuple[str, int]]) -> None:
    """Every record that a row leads to is still there, or went with it."""
    for relation, column in links(model):
        target, key = relation.mapper.class_, values.get(column.name)
        if key is None or (target.__tablename__, key) in own:
            continue
        if session.scalar(select(target.id).where(target.id == key)) is None:
            label, kind = label_of(model, relation.key), target.__titles__[0].lower()
            raise Conflict(
                f"Восстановить нельзя: нет записи, на которую она ссылается («{label}» – {kind} № {key})."
                " Если она удалена, сначала восстановите её."
            )


def links(model: Any) -> list[tuple[Any, Any]]:
    """(relation, column) of every many-to-one to a guarded model."""
    return [
        (relation, key_of(relation))
        for relation in inspect(model).relationships
        if relation.direction.name == "MANYTOONE" and relation.mapper.class_ in RESOURCES
    ]


def model_of(entity: str) -> Any:
    return next((model for model in RESOURCES if model.__tablename__ == entity), None)


def _values(obj: Any) -> dict[str, Any]:
    mapper = inspect(obj).mapper
    return {
        column.name: pack(getattr(obj, mapper.get_property_by_column(column).key))
        for column in mapper.local_table.columns
    }


@event.listens_for(DeletedRecord, "load")
@event.listens_for(DeletedRecord, "refresh")
def _open(deleted: DeletedRecord, context: QueryContext, *_: Any) -> None:
    """Who may not see the records of a kind is not told what a deleted one was called or held."""
    actor, model = effective(context.session), model_of(deleted.entity)
    deleted.readable = actor is not None and model is not None and _sees(actor, model, deleted.school_id)


def _sees(actor: Actor, model: Any, school_id: int | None) -> bool:
    resource = RESOURCES[model][0]
    schools = actor.school_ids(resource, Action.VIEW)
    return schools is None or school_id in schools or (model.__path__.common and actor.may(Action.VIEW, resource))


def readable_entities(actor: Actor) -> list[str]:
    """The tables whose deleted records the actor may know by name, in some school at least."""
    return [model.__tablename__ for model in RESOURCES if actor.may(Action.VIEW, RESOURCES[model][0])]
