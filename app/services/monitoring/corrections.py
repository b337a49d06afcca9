"""Corrections: asking for one, confirming and refusing it, and what a confirmed one does to the judgement.

A group says of its judged records what a correction is about (`subject`); what confirming does is registered by kind
(`confirms`). Who may decide, and that nobody decides of what he entered, asked or did, is held here for every way in,
and by the guard besides (`Transition.barred`).
"""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy.orm import Session

from app.compliance import hold, mornings, queries
from app.compliance.duties import rules as all_rules
from app.compliance.status import Status
from app.discovery import modules_of
from app.models.monitoring.corrections import MOST_TEXT, Correction, CorrectionKind
from app.regulation import load_regulation
from app.regulation.rights import Action, Resource
from app.russian import format_date
from app.security import control
from app.security.corrected import is_freed
from app.security.entries import authors_of, entries_of, stamp_now
from app.security.guard import Denied, person_of, system_step
from app.services.engine import records, states
from app.services.engine.errors import Conflict, Refused
from app.services.engine.transaction import transaction

About = TypeVar("About")


class Subject(ABC, Generic[About]):
    """What a group says of its judged records (`__judged__`) that corrections are about."""

    model: ClassVar[Any]

    @abstractmethod
    def told(self, session: Session, record: About) -> str:
        """Its caption in lists."""

    @abstractmethod
    def rule(self, record: About) -> str | None:
        """The rule of the regulation by which it is judged; None: no correction of it has an effect."""

    def rules(self, record: About) -> Sequence[str]:
        """All whose numbers a correction of it may change."""
        rule = self.rule(record)
        return [rule] if rule else []

    def authors(self, record: About) -> frozenset[int]:
        """Accounts that may not decide of it, beside those that entered it."""
        return frozenset()

    def duty_id(self, record: Any) -> int:
        """The number of the record whose duty it goes on with; its own, where it has one of its own."""
        key: int = record.id
        return key

    def leaves(self, session: Session, record: About) -> None:
        """It counts nowhere any more: take back what it did. Raises Conflict where something else rests on that."""

    @abstractmethod
    def kinds(self, session: Session, record: About) -> Iterable[CorrectionKind]:
        """What may be asked of it."""

    def asked_of(self, session: Session, record: About, kind: CorrectionKind) -> Any:
        """The record that a kind is asked of: itself, or what an act of its own waits for."""
        return record

    @abstractmethod
    def card(self, record: About) -> Any:
        """The record on whose card it is told."""

    @abstractmethod
    def others(self, session: Session, record: About, kind: CorrectionKind) -> Sequence[About]:
        """The records that a kind which names another one may name, within the actor's rows."""


_SUBJECTS: dict[str, Subject[Any]] = {}


def subject(declared: Subject[Any]) -> None:
    _SUBJECTS[declared.model.__tablename__] = declared


def subjects() -> dict[str, Subject[Any]]:
    """Table → what its group declares."""
    modules_of("app.services")
    return _SUBJECTS


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
    """The roles that control what it is about, those that stand in for others last; of no rule of the regulation,
    nobody before the director."""
    known = load_regulation().rules
    found = dict.fromkeys(role for rule in correction.rules if rule in known for role in known[rule].controls)
    return tuple(sorted(found, key=lambda role: role in control.IN_PLACE))


def others_decide(session: Session, rows: Sequence[Correction]) -> dict[int, list[str]]:
    """Of these corrections those that somebody else decides: number → the words; a fixed number of queries."""
    who = person_of(session)
    if not rows or who.is_system:
        return {}
    barred = involved(session, rows)
    roles = {role for each in rows for role in controls(each)}
    office = control.in_office(session.connection(), (each.school_id for each in rows), roles, who.today)
    found = {}
    for each in rows:
        role, accounts = control.decides(office, each.school_id, controls(each), barred[each])
        if who.account_id in barred[each]:
            found[each.id] = ["Этого не решает тот, кто сам это внёс или запросил."]
        elif role and who.account_id not in accounts:
            found[each.id] = [f"Решает {load_regulation().roles[role].title.lower()} школы, а не вы."]
    return found


def entries_told(session: Session, correction: Correction) -> str:
    """What was entered of its record, when and by whom: who decides sees what the date was before."""
    found = entries_of(session, correction.subject, correction.subject_id)
    return "; ".join(
        f"{format_date(each.entered_on)}"
        + (f" с датой {format_date(each.trigger_on)}" if each.trigger_on else "")
        + f" ({each.entered_by})"
        for each in found
    )


def decider(session: Session, correction: Correction) -> str:
    """The title of the role that decides of it today; empty where there is none: whoever has the right may."""
    roles, today = controls(correction), person_of(session).today
    office = control.in_office(session.connection(), [correction.school_id], roles, today)
    barred = involved(session, [correction])[correction]
    role, _ = control.decides(office, correction.school_id, roles, barred)
    return load_regulation().roles[role].title if role else ""


def involved(session: Session, rows: Sequence[Correction]) -> dict[Correction, frozenset[int]]:
    """Who asked for each, and who entered its record, by any of its entries so far; two queries a kind of record."""
    by_table: dict[str, set[int]] = defaultdict(set)
    for each in rows:
        by_table[each.subject].add(each.subject_id)
    entered = {table: authors_of(session, table, keys) for table, keys in by_table.items()}
    return {each: each.involved | entered[each.subject].get(each.subject_id, frozenset()) for each in rows}


@states.on(Correction, "confirm", forbidden=others_decide)
def _confirm(session: Session, correction: Correction) -> None:
    """Confirm, and note what the school's numbers were before and are now."""
    before = _numbers(session, correction)
    _decide(session, correction)
    with system_step(session, "confirm a correction"):
        CONFIRMS.get(correction.kind, _nothing)(session, correction)
        hold.is_confirmed(session)
        mornings.anew(session, correction.school_id)
        now = _numbers(session, correction)
        correction.effect = {
            rule: {"before": before[rule], "after": now[rule]}
            for rule in before
            if rule in correction.rules or before[rule] != now[rule]
        }


def _numbers(session: Session, correction: Correction) -> dict[str, dict[str, int]]:
    """Rule → status → number, in the school today, of the rules that it is about; what an act betters may be of any."""
    if not correction.rules:
        return {}
    today = stamp_now(session, correction.school_id)["entered_on"]
    session.flush()
    wanted = all_rules() if correction.kind is CorrectionKind.BETTERING else tuple(correction.rules)
    found = queries.counts(session.connection(), wanted, frozenset({correction.school_id}), today)
    numbers = {(each.rule, each.status): each.number for each in found}
    return {rule: {status.value: numbers.get((rule, status), 0) for status in Status} for rule in wanted}


@states.on(Correction, "refuse", forbidden=others_decide)
def _decide(session: Session, correction: Correction) -> None:
    """Note who decides and when. Raises Conflict where somebody else has to."""
    if told := others_decide(session, [correction]):
        raise Conflict(" ".join(told[correction.id]))
    with system_step(session, "decide of a correction"):
        stamp = stamp_now(session, correction.school_id)
        correction.involved_ids = sorted(involved(session, [correction])[correction])
        correction.decided_at, correction.decided_on = stamp["entered_at"], stamp["entered_on"]
        correction.decided_by, correction.decided_by_id = stamp["entered_by"], stamp["entered_by_id"]


def _nothing(session: Session, correction: Correction) -> None:
    """A kind that has no effect on the judgement."""


# Asking.


@dataclass(frozen=True)
class Draft:
    """What is asked with a kind; what the kind does not ask for is left out."""

    kind: CorrectionKind
    reason: str
    trigger_on: date | None = None
    other: Any = None
    document_number: str | None = None
    document_date: date | None = None


def may_ask(session: Session, school_id: int, rule: str | None, authors: frozenset[int] = frozenset()) -> bool:
    """Whether the actor holds, in that school, a role that enters what the rule is about; or did the act himself."""
    declared, person = load_regulation().rules.get(rule or ""), person_of(session)
    held = person.holding(Resource.CORRECTIONS, Action.EDIT)
    return declared is not None and any(
        (each.role in declared.enters or person.account_id in authors)
        and (each.school_ids is None or school_id in each.school_ids)
        for each in held
    )


def offered(session: Session, record: Any) -> list[CorrectionKind]:
    """The kinds that may be asked for of a judged record; of one that counts nowhere none."""
    declared = subjects()[record.__tablename__]
    return [] if is_freed(session, record.__tablename__, record.id) else list(declared.kinds(session, record))


def ask(session: Session, record: Any, draft: Draft) -> Correction:
    """Ask for a correction of a judged record. Raises Denied, Refused with every error at its field."""
    declared = subjects()[record.__tablename__]
    rule = declared.rule(record)
    if not may_ask(session, record.school_id, rule, declared.authors(record)):
        raise Denied("Исправление просит тот, кто вносит такие записи.")
    made = Correction(school_id=record.school_id, kind=draft.kind, subject=record.__tablename__, subject_id=record.id)
    with transaction(session):
        if errors := _errors(session, declared, record, draft):
            raise Refused(errors)
        made.about, made.rule, made.reason = declared.told(session, record)[:MOST_TEXT], rule, draft.reason.strip()
        made.rules = list(declared.rules(record))
        asks = draft.kind.asks
        made.trigger_on = draft.trigger_on if asks.day else None
        if asks.document:
            made.document_number, made.document_date = draft.document_number, draft.document_date
        if asks.other:
            made.other_id, made.other_about = draft.other.id, declared.told(session, draft.other)
        made.involved_ids = sorted(involved(session, [made])[made] | declared.authors(record))
        return records.save(session, made)


def _errors(session: Session, declared: Subject[Any], record: Any, draft: Draft) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    asks = draft.kind.asks
    if draft.kind not in offered(session, record):
        found["kind"] = ["Для этой записи такое исправление не нужно: выберите другое."]
    if not (draft.reason or "").strip():
        found["reason"] = ["Напишите, как вышло и чем это подтверждается."]
    if asks.other and draft.other not in declared.others(session, record, draft.kind):
        found["other"] = ["Выберите запись из списка."]
    if asks.document and not (draft.document_number or "").strip():
        found["document_number"] = ["Укажите номер документа."]
    if asks.document and draft.document_date is None:
        found["document_date"] = ["Укажите дату документа."]
    entries = entries_of(session, record.__tablename__, record.id)
    if asks.day and (words := _wrong_day(session, draft, entries[0].entered_on, entries[-1].trigger_on)):
        found["trigger_on"] = [words]
    if draft.kind is CorrectionKind.MOVED and len({each.trigger_on for each in entries}) == 1:
        found["kind"] = ["Дата этой записи не менялась: сначала впишите в ней новую дату."]
    return found


def _wrong_day(session: Session, draft: Draft, first_entry: date, now: date | None) -> str:
    """What is wrong with the date that a kind names; "" for nothing."""
    day = draft.trigger_on
    if day is None:
        return "Укажите дату."
    if now is None:
        return "Срок этой записи не считается от её даты."
    if draft.kind is CorrectionKind.DATE and day != now:
        return f"Сейчас в записи {format_date(now)}. Сначала исправьте дату в самой записи, затем просите исправление."
    if draft.kind is CorrectionKind.KNOWN_LATER and day < now:
        return f"Узнать раньше события нельзя: событие {format_date(now)}."
    if draft.kind is CorrectionKind.KNOWN_LATER and day > first_entry:
        return f"Внесено {format_date(first_entry)}: стало известно не позже."
    return ""
