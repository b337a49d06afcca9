"""Which corrections a number counts, so that the number opens exactly them; within the actor's rows."""

import collections
import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, false, func, or_, select
from sqlalchemy.orm import Session

from app.choices import Choice
from app.models.monitoring.corrections import Correction, CorrectionState
from app.regulation.rights import Action
from app.security.guard import person_of
from app.security.scoping import condition
from app.services.monitoring.compliance import Question
from app.services.monitoring.corrections import others_decide

TOLD_FOR = timedelta(days=14)
"""How long the start page of who asked tells the answer."""


class Counted(Choice):
    CONFIRMED = "confirmed", "исправления, повлиявшие на показатели"
    WAITING = "waiting", "ждут подтверждения"
    SINCE = "since", "подтверждены за период"
    MINE = "mine", "ждут вашего подтверждения"
    ANSWERED = "answered", "ответы на ваши исправления"


OF_SCHOOLS = (Counted.CONFIRMED, Counted.WAITING)
"""Counted on every page of terms: of the schools and rules of a question, as they stood on its day."""


OF_QUESTION = (*OF_SCHOOLS, Counted.SINCE)


def of_question(counted: Counted, question: Question) -> ColumnElement[bool]:
    """The corrections of a question's schools and rules, confirmed by its day (or after its first one), or waiting."""
    about = or_(_names(Correction.rules, question), _text(Correction.rules) == "[]")
    if counted is Counted.CONFIRMED:
        return and_(_confirmed(question), _names(Correction.changed_rules, question))
    if counted is Counted.SINCE:
        since = Correction.decided_on > (question.since or question.on)
        return and_(_confirmed(question), about, since)
    undecided = or_(Correction.decided_on.is_(None), Correction.decided_on > question.on)
    return and_(*_of_schools(question), about, Correction.entered_on <= question.on, undecided)


def _confirmed(question: Question) -> ColumnElement[bool]:
    """Those that changed no number, too."""
    decided = Correction.state == CorrectionState.CONFIRMED, Correction.decided_on <= question.on
    return and_(*_of_schools(question), *decided)


def _of_schools(question: Question) -> list[ColumnElement[bool]]:
    schools = question.organisation.school_ids
    return [] if schools is None else [Correction.school_id.in_(sorted(schools))]


def _names(rules: Any, question: Question) -> ColumnElement[bool]:
    """Whether a list of rules names one of those asked about. Ids have no sign that LIKE or JSON knows."""
    return or_(false(), *(_text(rules).like(f'%"{rule}"%') for rule in question.rules))


def _text(rules: Any) -> ColumnElement[str]:
    return cast(rules, String)


def numbers(session: Session, question: Question) -> dict[Counted, int]:
    """How many there are of each: one query."""
    counts = (func.count().filter(of_question(each, question)) for each in OF_SCHOOLS)
    found = session.execute(select(*counts).select_from(Correction).where(_seen(session))).one()
    return dict(zip(OF_SCHOOLS, found, strict=True))


ByPlace = collections.Counter[tuple[int, str | None]]
"""(school, rule) → how many; of no rule: acts of the region."""


def by_place(session: Session, counted: Counted, question: Question) -> ByPlace:
    """How many there are of a question in each school by rule: one query."""
    where = of_question(counted, question), _seen(session)
    statement = select(Correction.school_id, Correction.rule, func.count()).where(*where)
    rows = session.execute(statement.group_by(Correction.school_id, Correction.rule))
    return collections.Counter({(school_id, rule): number for school_id, rule, number in rows})


def by_rule(session: Session, counted: Counted, question: Question) -> Mapping[str, int]:
    """How many name each rule; one that is about several is counted under each: one query."""
    rules = _text(Correction.rules)
    where = of_question(counted, question), _seen(session)
    found: collections.Counter[str] = collections.Counter()
    for named, number in session.execute(select(rules, func.count()).where(*where).group_by(rules)):
        found.update(dict.fromkeys(json.loads(named), number))
    return found


def decided(session: Session, question: Question, limit: int) -> Sequence[Correction]:
    """Those confirmed in the question's period, the latest first."""
    where = of_question(Counted.SINCE, question), _seen(session)
    statement = select(Correction).where(*where).order_by(Correction.decided_on.desc(), Correction.id.desc())
    return session.scalars(statement.limit(limit)).all()


def of_actor(session: Session, counted: Counted) -> ColumnElement[bool]:
    """What waits for the actor's own decision; or what was answered to him lately."""
    if counted is Counted.MINE:
        return Correction.id.in_(_to_decide(session))
    since = person_of(session).today - TOLD_FOR
    mine = Correction.entered_by_id == person_of(session).account_id
    return and_(mine, Correction.decided_on.is_not(None), Correction.decided_on >= since)


def number_of(session: Session, counted: Counted) -> int:
    where = of_actor(session, counted), _seen(session)
    return session.scalar(select(func.count()).select_from(Correction).where(*where)) or 0


def _to_decide(session: Session) -> list[int]:
    scope = condition(Correction, person_of(session), Action.APPROVE)
    waiting = session.scalars(select(Correction).where(Correction.state == CorrectionState.WAITING, scope)).all()
    others = others_decide(session, waiting)
    return [each.id for each in waiting if each.id not in others]


def _seen(session: Session) -> ColumnElement[bool]:
    return condition(Correction, person_of(session))


def told(session: Session, question: Question) -> Sequence[dict[str, Any]]:
    """`flask compliance corrections`: asked by the day, the first one first."""
    asked = or_(_confirmed(question), of_question(Counted.WAITING, question), _refused(question))
    statement = select(Correction).where(asked, _seen(session)).order_by(Correction.id)
    return [_told(each, rule, question.on) for each in session.scalars(statement) for rule in _rules(each)]


def _rules(each: Correction) -> list[str | None]:
    """The rules that it is about: an act of the region, or one that betters, touches several."""
    return list(each.rules) or [None]


def _refused(question: Question) -> ColumnElement[bool]:
    refused = Correction.state == CorrectionState.REFUSED, Correction.decided_on <= question.on
    return and_(*_of_schools(question), *refused)


def _told(each: Correction, rule: str | None, on: date) -> dict[str, Any]:
    decided = each.decided_on is not None and each.decided_on <= on
    state = each.state if decided else CorrectionState.WAITING
    effect = (each.effect or {}).get(rule or "", {}) if decided else {}
    return {
        "at": (each.decided_at if decided and each.decided_at else each.entered_at).isoformat(),
        "kind": each.kind.value,
        "state": state.value,
        "reason": each.reason,
        "by": each.decided_by if decided else each.entered_by,
        "subject": each.about,
        "rule": rule,
        "before": effect.get("before"),
        "after": effect.get("after"),
    }
