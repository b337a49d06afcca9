"""Before an act is saved a person is told that it betters closed terms, and that they stand as they stood until who
controls has confirmed it (app/compliance/hold.py, changed.py). It is asked as any warning is."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.compliance import changed, hold, mornings
from app.compliance.settings import Effect, settings
from app.regulation import load_regulation
from app.security.guard import person_of
from app.services.engine.warnings import Doubt

CODE = "betters-closed-terms"
WAITS = "До подтверждения показатели останутся прежними."


def doubts(session: Session) -> list[Doubt]:
    """Of the running transaction, what was not told of it yet: one warning with the number of terms. An answer holds
    for its day."""
    person = person_of(session)
    if person.is_system:
        return []
    effects = [each for each in changed.effects(session) if each.waits]
    bettered = [*hold.newly_bettered(session), *(one for each in effects for one in each.bettered)]
    words = [_told(each.values["rule"] for each in bettered)] if bettered else []
    if effects and not bettered:
        words = ["Сдвигает прошедшие сроки: кто внесёт по ним с опозданием, окажется в срок."]
    words += [divided(each) for each in effects if each.waiting]
    return [Doubt(CODE, " ".join((*words, WAITS)), about=(person.today,))] if words else []


def divided(effect: Effect) -> str:
    """Of a change of several parts, which wait and which act at once."""
    waiting = ", ".join(effect.waiting)
    if not effect.at_once:
        return f"Изменено несколько частей, они зависят друг от друга и ждут вместе: {waiting}."
    return f"Ждёт: {waiting}. Подействует сразу: {', '.join(effect.at_once)}."


def is_possible(session: Session, rows: Sequence[Any], columns: Sequence[str] = ()) -> bool:
    """Whether a change of these records of one model can better anything: one by which closed terms are judged bears
    on somebody who fails in something now; `columns`: those that are set, none: any. The number of queries does not
    depend on how many they are."""
    model, keys = type(rows[0]), sorted(obj.id for obj in rows)
    if any(model in setting.models for setting in settings()):
        return True
    today = person_of(session).today
    for about, ground in hold.grounds():
        if ground.model is not model or (columns and ground.columns and ground.columns.isdisjoint(columns)):
            continue
        cards: set[Any] = set(session.connection().scalars(ground.cards(keys)))
        if cards and mornings.failing(session, about, dict.fromkeys(cards, today)):
            return True
    return False


def _told(rules: Iterable[str]) -> str:
    titles, numbers = load_regulation().rules, Counter(rules)
    told = "; ".join(f"{titles[rule].title} – {number}" for rule, number in numbers.items())
    return f"Улучшает показатели прошедших сроков ({sum(numbers.values())}): {told}."
