"""Corrections: asking for one, confirming and refusing it, and what a confirmed one does to the judgement.

A group says of its judged records what a correction is about (`subject`); what confirming does is registered by kind
(`confirms`). Who may decide, and that nobody decides of what he entered, asked or did, is held here for every way in,
and by the guard besides (`Transition.barred`).
"""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from app.models.monitoring.corrections import Correction, CorrectionKind
from app.regulation import load_regulation
from app.security import control
from app.security.entries import authors_of, stamp_now
from app.security.guard import person_of, system_step
from app.services.engine import states
from app.services.engine.errors import Conflict

Confirms = Callable[[Session, Correction], None]
CONFIRMS: dict[CorrectionKind, Confirms] = {}
"""What confirming a correction of a kind does; raises Conflict for what forbids it."""


def confirms(*kinds: CorrectionKind) -> Callable[[Confirms], Confirms]:
    """Register what confirming corrections of these kinds does."""

    def register(act: Confirms) -> Confirms:
        CONFIRMS.update(dict.fromkeys(kinds, act))
        return act

    return register


def controls(correction: Correction) -> tuple[str, ...]:
    """The roles that control what it is about; of no rule of the regulation, nobody before the director."""
    rule = load_regulation().rules.get(correction.rule or "")
    return tuple(rule.controls) if rule is not None else ()


def others_decide(session: Session, rows: Sequence[Correction]) -> dict[int, list[str]]:
    """Of these corrections those that somebody else decides: number → the words; two queries, however many."""
    who = person_of(session)
    if not rows or who.is_system:
        return {}
    barred = {each.id: involved(session, each) for each in rows}
    roles = {role for each in rows for role in controls(each)}
    office = control.in_office(session.connection(), (each.school_id for each in rows), roles, who.today)
    found = {}
    for each in rows:
        role, accounts = control.decides(office, each.school_id, controls(each), barred[each.id])
        if who.account_id in barred[each.id]:
            found[each.id] = ["Этого не решает тот, кто сам это внёс или запросил."]
        elif role and who.account_id not in accounts:
            found[each.id] = [f"Решает {load_regulation().roles[role].title.lower()} школы, а не вы."]
    return found


def involved(session: Session, correction: Correction) -> frozenset[int]:
    """Who asked, and who entered the record, by any of its entries so far."""
    return correction.involved | authors_of(session, correction.subject, correction.subject_id)


@states.on(Correction, "confirm", forbidden=others_decide)
def _confirm(session: Session, correction: Correction) -> None:
    _decide(session, correction)
    with system_step(session, "confirm a correction"):
        CONFIRMS.get(correction.kind, _nothing)(session, correction)


@states.on(Correction, "refuse", forbidden=others_decide)
def _decide(session: Session, correction: Correction) -> None:
    """Note who decides and when. Raises Conflict where somebody else has to."""
    if told := others_decide(session, [correction]):
        raise Conflict(" ".join(told[correction.id]))
    with system_step(session, "decide of a correction"):
        stamp = stamp_now(session, correction.school_id)
        correction.involved_ids = sorted(involved(session, correction))
        correction.decided_at, correction.decided_on = stamp["entered_at"], stamp["entered_on"]
        correction.decided_by, correction.decided_by_id = stamp["entered_by"], stamp["entered_by_id"]


def _nothing(session: Session, correction: Correction) -> None:
    """A kind that has no effect on the judgement."""
