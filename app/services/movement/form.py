"""The form «Мониторинг движения обучающихся» (4.1), gathered from the same counts and records as the pages."""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.compliance import queries
from app.compliance.evaluate import Judgement
from app.compliance.status import Status
from app.regulation import load_regulation
from app.reports.movement.data import FormRow, MovementForm, OverdueItem
from app.reports.movement.pdf import FORM_TITLE, WIDE, print_movement
from app.services.monitoring import compliance as monitoring
from app.services.monitoring import correction_lists
from app.services.monitoring.compliance import Question, Tally
from app.services.monitoring.forms import Form, Printing, declare
from app.services.territory.organisations import Organisation, municipalities

MOST_LISTED = 300
"""Overdue items on paper; the form says how many there are in all."""
BASIS = "Регламент, утверждённый приказом министерства образования Сахалинской области от 14.07.2022 № 3.12-34"
SIGNATORIES = {
    "school": ("Директор", "Заместитель директора"),
    "municipality": ("Руководитель МОУО", "Сотрудник УО"),
    "region": ("Министр образования", "Региональный специалист"),
}
READING_NOTES = (
    "Просроченные записи – не внесённые к дате формы, затем внесённые с опозданием.",
    "Дни опоздания и просрочки календарные; срок считается по производственному календарю и настройкам школы.",
)


def gather(session: Session, printing: Printing) -> MovementForm:
    """«Мониторинг движения обучающихся» of a school, a municipality or the region."""
    question = printing.question
    by_rule = monitoring.by_rule(session, question)
    total = Tally.sum(by_rule.values())
    rules, organisation = load_regulation().rules, question.organisation
    return MovementForm(
        organisation=organisation.title,
        level=organisation.level,
        period_from=question.since or _first_day(session, question),
        period_to=question.on,
        as_of=question.on,
        forecast=question.forecast,
        printed_at=printing.at,
        printed_by=printing.by,
        printed_by_role=printing.role,
        clause=FORM.clause,
        basis=BASIS,
        rule_rows=tuple(_row(rules[rule].title, tally) for rule, tally in by_rule.items()),
        org_rows=_organisation_rows(session, question),
        responsible=_responsible(session, question),
        totals=_row("Итого", total),
        overdue=_listed(session, question),
        overdue_total=total.overdue + total.late,
        signatories=SIGNATORIES[organisation.level],
        notes=(*READING_NOTES, _corrections(session, question)),
    )


def _corrections(session: Session, question: Question) -> str:
    """How many corrections touch the numbers, as on the page."""
    told = [f"{counted.title_ru}: {number}" for counted, number in correction_lists.numbers(session, question).items()]
    told.append(f"снято, ждёт подтверждения: {monitoring.unconfirmed_number(session, question)}")
    return "; ".join(told).capitalize() + "."


def _responsible(session: Session, question: Question) -> str:
    organisation = question.organisation
    if organisation.level != "school":
        return ""
    found, rules = monitoring.responsible_for(session, question)
    return str(found.of_all(organisation.id or 0, rules))


def _first_day(session: Session, question: Question) -> date:
    """The day on which the first of the counted obligations opened."""
    first = queries.earliest_opening(
        session.connection(), question.rules, question.organisation.school_ids, question.on
    )
    return first or question.on


def _organisation_rows(session: Session, question: Question) -> tuple[FormRow, ...]:
    """Schools of a municipality; for the region each municipality with its schools under it."""
    if question.organisation.level == "school":
        return ()
    schools = monitoring.schools(session, question)
    if question.organisation.level == "municipality":
        found, rules = monitoring.responsible_for(session, question)
        told = {school.code: str(found.of_all(school.id or 0, rules)) for school, _ in schools}
        return tuple(replace(_row(school.title, tally), note=told[school.code]) for school, tally in schools)
    return tuple(row for one in municipalities(session) for row in _municipality_rows(one, schools))


def _municipality_rows(one: Organisation, schools: list[tuple[Organisation, Tally]]) -> list[FormRow]:
    own = [(school, tally) for school, tally in schools if school.id in (one.school_ids or ())]
    head = _row(one.title, Tally.sum(tally for _, tally in own), subtotal=True)
    return [head, *(_row(school.title, tally) for school, tally in own)]


def _row(title: str, tally: Tally, *, subtotal: bool = False) -> FormRow:
    counts: dict[str, Any] = {status.value: number for status, number in tally.counts().items()}
    return FormRow(title=title, total=tally.total, share=tally.share, subtotal=subtotal, **counts)


def _listed(session: Session, question: Question) -> tuple[OverdueItem, ...]:
    """What is still not entered comes first: it can still be mended."""
    missing = monitoring.records(session, question, Status.OVERDUE, MOST_LISTED)
    room = MOST_LISTED - len(missing)
    late = monitoring.records(session, question, Status.LATE, room) if room else []
    return tuple(map(_overdue, [*missing, *late]))


def _known(due: date | None) -> date:
    """What is late or overdue has a term."""
    if due is None:
        raise LookupError("Срок не вычислен.")
    return due


def _overdue(judged: Judgement) -> OverdueItem:
    record = judged.record
    return OverdueItem(
        organisation=record.school_name,
        rule_title=judged.rule.title,
        clause=judged.clause,
        subject=record.full_caption,
        event=record.anchor,
        due=_known(judged.due),
        days=judged.days,
        entered=judged.entered_on,
        reason=judged.in_short(),
        responsible=judged.answerable.enters,
    )


FORM = declare(Form("movement", FORM_TITLE, "3.3.3.2, 3.3.4.4, 4.1", gather, print_movement, wide=WIDE))
