"""A judged obligation as a page shows it: status, term and the reasoning with its days."""

from datetime import date, timedelta
from typing import Any

from flask import url_for

from app.compliance.evaluate import Judgement
from app.compliance.explain import group_skipped
from app.compliance.status import Status
from app.extensions import db
from app.models.monitoring.corrections import Correction
from app.panel.registry import table_view
from app.regulation.rights import Action
from app.russian import format_date, plural, short_name
from app.security.guard import actor_of
from app.services.monitoring import compliance
from app.services.monitoring.compliance import Question
from app.views.monitoring.asking import ask_url

LONGEST_STRIP = 40
"""Days in a strip; the term of a whole summer is told in words."""
SAID_APART = frozenset({"Обязанность", "Пункт регламента", "Пропущено", "Чтение", "Основание чтения"})
DAYS_WORDS = {
    Status.LATE: "{} дн.",
    Status.OVERDUE: "{} дн.",
    Status.PENDING: "осталось {} дн.",
}


def row(judged: Judgement) -> dict[str, Any]:
    """One row of the story of a card or of the records behind a number."""
    record, term = judged.record, judged.term
    return {
        "event": judged.rule.title,
        "event_date": record.anchor,
        "subject": record.full_caption,
        "group": record.group,
        "subject_url": card_of(record.binding.about, record.about_id),
        "organisation": record.school_name,
        "order_text": record.evidence_caption,
        "order_url": card_of(record.binding.evidence, record.evidence_id),
        "due": term.due if term else None,
        "recommended": term.recommended if term else None,
        "entered_on": judged.entered_on,
        "entered_by": _short(record.author),
        "status": judged.status.value,
        "status_title": judged.status.label,
        "days_text": DAYS_WORDS.get(judged.status, "").format(judged.days),
        "responsible": judged.answerable.enters,
        "why": why(judged),
        "ask_url": ask_url(judged),
        "ask_title": "Уточнить условия" if record.held_id is not None else "Запросить исправление",
        "held": judged.held,
        "held_url": card_of(Correction.__tablename__, record.correction_id) if judged.held else None,
    }


def _short(author: str | None) -> str | None:
    """Initials in a table; the full name is in the reasoning below it."""
    parts = (author or "").split()
    return short_name(parts[0], parts[1], " ".join(parts[2:]) or None) if len(parts) > 1 else author


def answering(question: Question) -> list[dict[str, Any]]:
    """Who answers in a school: the roles with the people appointed to them, for the rules they have in common."""
    organisation = question.organisation
    if organisation.level != "school" or organisation.id is None:
        return []
    found, rules = compliance.responsible_for(db.session, question)
    grouped = found.by_rule(organisation.id, rules)
    return [
        {
            "rules": "; ".join(rule.title for rule in own) if len(grouped) > 1 else "",
            "enters": told.enters,
            "controls": told.controls,
        }
        for told, own in grouped.items()
    ]


def why(judged: Judgement) -> dict[str, Any] | None:
    term = judged.term
    if term is None:
        return {
            "clause": "",
            "quote": "",
            "sentences": judged.sentences(),
            "days": [],
            "skipped_text": "",
            "reading": "",
        }
    return {
        "clause": term.clause,
        "quote": term.value.quote,
        "sentences": [line.sentence for line in judged.lines() if line.label not in SAID_APART],
        "days": strip(term),
        "skipped_text": "; ".join(map(str, group_skipped(term.skipped))),
        "reading": term.reading,
    }


def strip(term: Any) -> list[dict[str, Any]]:
    """Each day from the event to the due date, or the last days of a long term, with what it counts for."""
    reasons = {skipped.date: skipped.reason for skipped in term.skipped}
    counted = set(term.counted)
    first = min([term.event, *reasons, *counted, term.due])
    length = (term.due - first).days + 1
    if length > LONGEST_STRIP:
        first = min([*reasons, term.due])
        length = (term.due - first).days + 1
        if length > LONGEST_STRIP:
            return []
    days = (first + timedelta(days=number) for number in range(length))
    return [{"date": day, "kind": _kind(day, term, reasons, counted), "reason": reasons.get(day, "")} for day in days]


def _kind(day: date, term: Any, reasons: dict[date, str], counted: set[date]) -> str:
    if day == term.due:
        return "due"
    if day == term.event:
        return "event"
    return "counted" if day in counted or day not in reasons else "skipped"


def card_of(table: str, key: int | None) -> str | None:
    """The card of a record, for those who may see such records."""
    view = table_view(table)
    if not key or view is None or not actor_of(db.session).may(Action.VIEW, view.resource):
        return None
    return url_for(f"{view.__name__}.show", pk=key)


def after_entering(judgements: list[Judgement]) -> tuple[str, str]:
    """What a secretary hears at once after saving an order: (words, kind of message)."""
    late = [judged for judged in judgements if judged.status is Status.LATE]
    if not judgements:
        return "Приказ внесён.", "success"
    due = max(judged.term.due for judged in judgements if judged.term) if any(j.term for j in judgements) else None
    if not late:
        return f"Приказ внесён в срок: срок {format_date(due)}." if due else "Приказ внесён.", "success"
    worst = max(late, key=lambda judged: judged.days)
    said = f"Приказ внесён. Срок {format_date(worst.term.due)}, опоздание – {worst.days} дн."
    if len(late) > 1:
        said += f" ({len(late)} {plural(len(late), 'обучающийся', 'обучающихся', 'обучающихся')})"
    return said, "warning"
