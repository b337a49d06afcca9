"""Going a transition that a model declares (`__states__`): its checks, its effect, its reason, in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, object_session

from app.models.base import label_of
from app.models.states import Transition, barred_words, closed_words, in_words, is_barred, is_closed, state_of
from app.security.guard import moving, person_of
from app.services.engine import records
from app.services.engine.errors import Changed, Conflict, Refused
from app.services.engine.transaction import transaction
from app.services.engine.warnings import NOTHING, Confirmed

Act = Callable[[Session, Any], None]
Forbidden = Callable[[Session, Sequence[Any]], dict[int, list[str]]]


@dataclass(frozen=True)
class Effect:
    act: Act
    """What follows from the transition, done before the state changes; raises Refused."""
    forbidden: Forbidden | None = None
    """For many records at once what `act` would refuse them for, for a preview."""


EFFECTS: dict[tuple[type, str], Effect] = {}


def on(model: type, name: str, forbidden: Forbidden | None = None) -> Callable[[Act], Act]:
    """Register what a transition does besides: `@states.on(MovementOrder, "annul")`."""

    def register(act: Act) -> Act:
        EFFECTS[model, name] = Effect(act, forbidden)
        return act

    return register


def move(session: Session, obj: Any, name: str, reason: str | None = "", confirmed: Confirmed = NOTHING) -> Any:
    """Take a record through a transition and commit. Raises Refused for what forbids it, Conflict where the record is
    in no state for it, Changed where somebody has saved it since it was read; then nothing is saved."""
    states, way = obj.__states__, obj.__states__.transition(name)
    seen = obj.version
    with transaction(session, confirmed):
        obj = _locked(session, obj)
        if told := hindered(obj, way):
            raise Conflict(told)
        if seen != obj.version:
            raise Changed
        if effect := EFFECTS.get((type(obj), name)):
            effect.act(session, obj)
        with moving(session, obj, way):
            if way.reason:
                setattr(obj, way.reason, _given(obj, way, reason or ""))
            setattr(obj, states.column, states.value(way.target, person_of(session).today))
        records.confirm(session, obj)
    return obj


def _locked(session: Session, obj: Any) -> Any:
    """The record as it is now, whole; of two who take it through the second one waits here for the first."""
    model, key = type(obj), obj.id
    session.expire(obj)
    found = session.scalar(select(model).where(model.id == key).with_for_update(of=model, key_share=True))
    if found is None:
        raise Changed
    return found


def _given(obj: Any, way: Transition, reason: str) -> str:
    reason, longest = reason.strip(), inspect(type(obj)).columns[way.reason].type.length
    label = label_of(type(obj), way.reason)
    if not reason:
        raise Refused({way.reason: [f"Заполните поле «{label}»."]})
    if len(reason) > longest:
        raise Refused({way.reason: [f"{label}: не больше {longest} знаков."]})
    return reason


def hindered(obj: Any, way: Transition) -> str:
    """Why a record cannot go a transition from the state that it is in, or not by whom acts; nothing where it can."""
    if state_of(obj) not in way.sources:
        return f"«{obj}»: {in_words(obj)}. Это действие здесь уже невозможно."
    return barred_words(obj) if is_barred(obj, way, person_of(object_session(obj)).account_id) else ""


def obstacles(session: Session, rows: Sequence[Any], name: str) -> dict[int, list[str]]:
    """For each of these records of one model what forbids it the transition; in a fixed number of queries."""
    model = type(rows[0])
    way, effect = model.__states__.transition(name), EFFECTS.get((model, name))
    found = {obj.id: [words] for obj in rows if (words := hindered(obj, way))}
    possible = [obj for obj in rows if obj.id not in found]
    if effect is not None and effect.forbidden is not None and possible:
        found |= {key: told for key, told in effect.forbidden(session, possible).items() if told}
    return found


def require_open(obj: Any) -> None:
    """Raises Conflict for a record in a closed state: before the work, in place of the guard after it."""
    if is_closed(obj):
        raise Conflict(closed_words(obj))
