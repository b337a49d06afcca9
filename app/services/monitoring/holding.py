"""The corrections that a bettering act asks for: it waits until one is confirmed (deadlines.md, Entries, 2)."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.compliance import changed, held, hold, of_records
from app.compliance.evaluate import Judgement, judge_all
from app.compliance.settings import Effect
from app.models.monitoring.corrections import MOST_TEXT, Correction, CorrectionKind, CorrectionState
from app.models.rows import rows_of
from app.regulation import load_regulation
from app.security.entries import stamp_now
from app.services.engine import bettering
from app.services.monitoring import corrections

TAKEN_BACK = "Изменение отменено тем, кто его внёс: подтверждать нечего."
MOST_NAMES = 3
MOST_RULES = 4
"""Titles of rules in a reason; the rest is counted."""
CONFIRMED_BEFORE = "Изменение подтверждено раньше этого запроса: подтверждать нечего."


class Corrections:
    """How app/compliance/hold.py asks for them; in its system step, the stamps are those of whoever acts."""

    def ask(self, session: Session, act: Any, school_id: int, rules: Sequence[str]) -> int:
        numbers = Counter(rules)
        told = (f"{load_regulation().rules[rule].title} – {number}" for rule, number in numbers.items())
        correction = Correction(
            school_id=school_id,
            kind=CorrectionKind.BETTERING,
            subject=act.__tablename__,
            subject_id=act.id,
            about=_caption(act)[:MOST_TEXT],
            rule=rules[0],
            rules=list(numbers),
            reason=f"Улучшает показатели прошедших сроков: {'; '.join(told)}."[:MOST_TEXT],
        )
        session.add(correction)
        session.flush()
        return correction.id

    def ask_of_setting(self, session: Session, act: Any, school_id: int, effect: Effect) -> int:
        rules = [each.values["rule"] for each in effect.bettered] or effect.rules
        correction = _of_setting(act, school_id, CorrectionKind.BETTERING, told_of(effect))
        correction.rule, correction.rules = rules[0], list(dict.fromkeys(rules))
        session.add(correction)
        session.flush()
        return correction.id

    def tell_of_setting(self, session: Session, act: Any, school_id: int, effect: Effect) -> int:
        """What acts at once needs nobody's confirmation; it stands among the corrections with what it has moved."""
        correction = _of_setting(act, school_id, CorrectionKind.CONDITIONS, told_of(effect))
        stamp = stamp_now(session, school_id)
        correction.state, correction.effect, correction.involved_ids = CorrectionState.CONFIRMED, effect.differs(), []
        _decided(correction, stamp)
        session.add(correction)
        session.flush()
        return correction.id

    def withdraw(self, session: Session, numbers: Collection[int], day: date) -> None:
        wanted = Correction.id.in_(sorted(numbers)), Correction.state == CorrectionState.WAITING
        # What only told of the day's changes is told anew.
        told = Correction.kind == CorrectionKind.CONDITIONS, Correction.entered_on == day
        for correction in session.scalars(select(Correction).where(Correction.id.in_(sorted(numbers)), *told)):
            session.delete(correction)
        for correction in session.scalars(select(Correction).where(*wanted)):
            if correction.entered_on == day:
                session.delete(correction)
            else:
                _close(session, correction, TAKEN_BACK)
        for key in numbers:
            _close_requests(session, key, TAKEN_BACK)


def _caption(act: Any) -> str:
    """A row that is about somebody is told by him, a record by those whom its rows are about."""
    pupil = getattr(act, "pupil", None)
    if pupil is not None:
        return f"{act.__titles__[0]}: {pupil}, {act}"
    rows = [row for name in rows_of(type(act)) for row in getattr(act, name)]
    people = [str(row.pupil) for row in rows if getattr(row, "pupil", None) is not None]
    more = f" и ещё {len(people) - MOST_NAMES}" if len(people) > MOST_NAMES else ""
    return f"{act.__titles__[0]}: {act}" + (f"; {', '.join(people[:MOST_NAMES])}{more}" if people else "")


def _of_setting(act: Any, school_id: int, kind: CorrectionKind, reason: str) -> Correction:
    """With the act that it rests on, where it has one."""
    year = getattr(act, "academic_year", None)
    return Correction(
        school_id=school_id,
        kind=kind,
        subject=act.__tablename__,
        subject_id=act.id,
        about=(_caption(act) + (f", {year}" if year is not None else ""))[:MOST_TEXT],
        reason=reason[:MOST_TEXT],
        document_number=getattr(act, "act_number", None),
        document_date=getattr(act, "act_date", None),
    )


def of_act(session: Session, obj: Any) -> list[Correction]:
    """The bettering acts known by a record, as long as something is held by them: those that the actor may see."""
    about = Correction.subject == type(obj).__tablename__, Correction.subject_id == obj.id
    wanted = select(Correction).where(*about, Correction.kind == CorrectionKind.BETTERING).order_by(Correction.id)
    return [each for each in session.scalars(wanted) if held.is_held_by(session.connection(), each.id)]


def of_setting(session: Session, obj: Any) -> list[Correction]:
    """What a record's setting waits for, or was refused: those that the actor may see."""
    numbers = changed.held_of(session, obj)
    if not numbers:
        return []
    return list(session.scalars(select(Correction).where(Correction.id.in_(numbers)).order_by(Correction.id)))


def told_of(effect: Effect) -> str:
    """«Улучшает показатели прошедших сроков: … – 3. Сдвигает сроки открытых обязанностей: 12.»"""
    titles = {name: rule.title for name, rule in load_regulation().rules.items()}
    told = []
    if effect.bettered:
        numbers = Counter(each.values["rule"] for each in effect.bettered)
        rules = "; ".join(f"{titles[rule]} – {number}" for rule, number in numbers.items())
        told.append(f"Улучшает показатели прошедших сроков: {rules}.")
    elif effect.rules:
        more = f" и ещё {len(effect.rules) - MOST_RULES}" if len(effect.rules) > MOST_RULES else ""
        rules = "; ".join(titles[rule] for rule in effect.rules[:MOST_RULES]) + more
        told.append(f"Сдвигает прошедшие сроки: {rules}; опозданий и просрочек, которые это меняет, пока нет.")
    if effect.worse:
        told.append(f"Показатели прошедших сроков ухудшаются: {effect.worse}.")
    if effect.moved:
        told.append(f"Сдвигает сроки открытых обязанностей: {effect.moved}.")
    if effect.waiting:
        told.append(bettering.divided(effect))
    return " ".join(told)


def _close_requests(session: Session, key: int, words: str) -> None:
    """What was asked for with a paper about a bettering act («уточнены условия») has nothing left to confirm."""
    about = Correction.subject == Correction.__tablename__, Correction.subject_id == key
    for asked in session.scalars(select(Correction).where(*about, Correction.state == CorrectionState.WAITING)):
        _close(session, asked, words)


def _close(session: Session, correction: Correction, words: str) -> None:
    correction.state, correction.refusal = CorrectionState.REFUSED, words
    _decided(correction, stamp_now(session, correction.school_id))


def _decided(correction: Correction, stamp: Mapping[str, Any]) -> None:
    correction.decided_at, correction.decided_on = stamp["entered_at"], stamp["entered_on"]
    correction.decided_by, correction.decided_by_id = stamp["entered_by"], stamp["entered_by_id"]


def held_by(session: Session, correction: Correction) -> list[Judgement]:
    """The duties that a correction of this kind holds, as they stand on the day of the act."""
    if correction.kind is not CorrectionKind.BETTERING:
        return []
    connection, found = session.connection(), []
    for day, cards in held.of_correction(connection, correction.id).items():
        for about, keys in cards.items():
            schools = frozenset({correction.school_id})
            facts = of_records.facts_about(connection, about, keys, schools, day)
            own = [each for each in facts if each.correction_id == correction.id]
            found += judge_all(connection, own, day)
    return found


@corrections.confirms(CorrectionKind.BETTERING)
def _release(session: Session, correction: Correction) -> None:
    today = stamp_now(session, correction.school_id)["entered_on"]
    hold.release(session, correction.id, today)
    changed.release(session, correction.id, today)
    _close_requests(session, correction.id, CONFIRMED_BEFORE)
