"""The form «Что изменилось» (4.1), gathered from the same comparison as the page."""

from typing import Any

from sqlalchemy.orm import Session

from app.compliance.evaluate import Judgement
from app.compliance.status import Status
from app.models.monitoring.corrections import Correction
from app.regulation import load_regulation
from app.reports.monitoring.changes import (
    FORM_TITLE,
    ChangedItem,
    ChangeRow,
    ChangesForm,
    CorrectedItem,
    print_changes,
)
from app.russian import format_number
from app.services.monitoring import changes as monitoring
from app.services.monitoring import correction_lists
from app.services.monitoring.changes import FORM_ID, Kind, Numbers
from app.services.monitoring.compliance import Question
from app.services.monitoring.forms import Form, Printing, declare

MOST_LISTED = 100
"""Of each list; the form says how many there are in all."""
ORGANISATIONS = {"region": "Муниципалитет", "municipality": "Школа", "school": ""}
BASIS = "Регламент, утверждённый приказом министерства образования Сахалинской области от 14.07.2022 № 3.12-34"


def gather(session: Session, printing: Printing) -> ChangesForm:
    """Between two days; without an earlier one since the same day of the month before."""
    question = monitoring.between(printing.question)
    found = monitoring.changes(session, question)
    rules = load_regulation().rules
    return ChangesForm(
        organisation=question.organisation.title,
        since=question.since or question.on,
        on=question.on,
        forecast=question.forecast,
        printed_at=printing.at,
        printed_by=", ".join(part for part in (printing.by, printing.role) if part),
        clause=FORM.clause,
        basis=BASIS,
        total=_row("Итого", found.total),
        told=told(found.total),
        org_title=ORGANISATIONS[question.organisation.level],
        org_rows=tuple(_row(child.title, numbers) for child, numbers in found.children or () if numbers.changed),
        rule_rows=tuple(_row(rules[rule].title, numbers) for rule, numbers in found.by_rule.items()),
        lists=tuple(_listed(session, question, kind) for kind in Kind),
        corrections=tuple(map(_corrected, correction_lists.decided(session, question, MOST_LISTED))),
    )


def told(total: Numbers) -> tuple[str, ...]:
    """«новые просрочки – 3: срок прошёл, не внесено»; what did not happen is not told."""
    lines = [
        f"{kind.title_ru} – {format_number(total.changes[kind])}: {kind.hint}" for kind in Kind if total.changes[kind]
    ]
    counted = (
        ("исправления подтверждены", total.confirmed),
        ("исправления ждут подтверждения", total.waiting),
        ("показатели стоят, как стояли, до подтверждения", total.held),
    )
    lines += [f"{text} – {format_number(number)}" for text, number in counted if number]
    return tuple(f"{line}{'.' if line is lines[-1] else ';'}" for line in lines)


def _row(title: str, numbers: Numbers) -> ChangeRow:
    before, now, changes = numbers.before, numbers.now, numbers.changes
    return ChangeRow(
        title=title,
        overdue=(before.overdue, now.overdue),
        late=(before.late, now.late),
        new_overdue=changes[Kind.OVERDUE],
        new_late=changes[Kind.LATE],
        entered=changes[Kind.ENTERED],
        lifted=changes[Kind.LIFTED],
        confirmed=numbers.confirmed,
        waiting=(numbers.waiting_before, numbers.waiting),
        share=(before.share, now.share),
    )


def _listed(session: Session, question: Question, kind: Kind) -> tuple[str, int, tuple[ChangedItem, ...]]:
    page, number = monitoring.records(session, question, kind, MOST_LISTED)
    return kind.title_ru, number, tuple(map(_item, page))


def _item(judged: Judgement) -> ChangedItem:
    record = judged.record
    return ChangedItem(
        organisation=record.school_name,
        subject=record.full_caption,
        rule_title=judged.rule.title,
        due=judged.due,
        entered=judged.entered_on,
        days=judged.days,
        responsible=judged.answerable.enters,
    )


def _corrected(correction: Correction) -> CorrectedItem:
    return CorrectedItem(
        organisation=str(correction.school),
        decided_on=correction.decided_on or correction.entered_on,
        kind=correction.kind.title_ru,
        about=correction.about,
        reason=correction.reason,
        decided_by=correction.decided_by or "",
        effect=_effect(correction.effect or {}),
    )


def _effect(effect: dict[str, Any]) -> str:
    """«с опозданием было 12, стало 11; в срок было 40, стало 41»: the printed font has no arrow."""
    changed = (
        f"{status.label} было {counted['before'].get(status.value, 0)}, стало {counted['after'].get(status.value, 0)}"
        for counted in effect.values()
        for status in Status
        if counted["before"].get(status.value, 0) != counted["after"].get(status.value, 0)
    )
    return "; ".join(changed) or "без изменений"


FORM = declare(Form(FORM_ID, FORM_TITLE, "3.3.9.2, 4.1", gather, print_changes, wide=True))
