"""The forms «Мониторинг движения обучающихся» and «Мониторинг передачи учётных записей» (4.1), gathered from the same
counts and records as the pages."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from app.compliance import queries
from app.compliance.bindings.accounts import RULES as ACCOUNT_RULES
from app.compliance.bindings.movement import RULES
from app.compliance.readings import readings_of
from app.regulation import load_regulation
from app.regulation.schema import Rule
from app.reports.movement.data import FormRow, MovementForm, Signatory
from app.reports.movement.pdf import WIDE, print_movement
from app.services.monitoring import compliance as monitoring
from app.services.monitoring import correction_lists, starts
from app.services.monitoring.compliance import Question, Tally
from app.services.monitoring.forms import Form, Printing, declare
from app.services.monitoring.responsible import Responsible
from app.services.movement.failing_lists import annexes
from app.services.territory.organisations import Letterhead, Organisation, letterhead, municipalities

BASIS = "Регламент, утверждённый приказом министерства образования Сахалинской области от 14.07.2022 № 3.12-34"
HEADS = {"municipality": "Руководитель органа управления образованием", "region": "Министр образования"}
"""Who signs where the card of the authority does not say it."""
READING_NOTES = (
    "Дни опоздания и просрочки календарные; срок считается по производственному календарю и настройкам школы.",
)


@dataclass(frozen=True)
class Monitored:
    """What a form is about."""

    id: str
    title: str
    clause: str
    subject: str
    rules: tuple[str, ...]
    order: int
    rows_title: str
    row_head: str
    signs: Mapping[str, str]
    """Who signs a school's sheet: role → post."""

    def declared(self) -> Form[MovementForm]:
        gathers = partial(gather, about=self)
        return declare(Form(self.id, self.title, self.clause, gathers, print_movement, wide=WIDE, order=self.order))


def gather(session: Session, printing: Printing, about: Monitored) -> MovementForm:
    """Of a school, a municipality or the region, whichever of the form's rules are asked about."""
    question = printing.question
    question = replace(question, rules=tuple(rule for rule in question.rules if rule in about.rules))
    if not question.rules:
        raise LookupError(f"Форма «{about.title}» – о сроках, которых ваша роль не видит.")
    by_rule = monitoring.by_rule(session, question)
    rules, organisation = load_regulation().rules, question.organisation
    head = letterhead(session, organisation)
    answering, asked = monitoring.responsible_for(session, question)
    return MovementForm(
        title=about.title,
        subject=about.subject,
        rows_title=about.rows_title,
        row_head=about.row_head,
        authority=head.name,
        organisation=head.name if organisation.level == "school" else organisation.title,
        level=organisation.level,
        period_from=question.since or _first_day(session, question),
        period_to=question.on,
        as_of=question.on,
        forecast=question.forecast,
        printed_at=printing.at,
        printed_by=printing.by,
        printed_by_role=printing.role,
        clause=about.clause,
        start=starts.in_words(session, question),
        basis=BASIS,
        rule_rows=tuple(_row(rules[rule].title, tally) for rule, tally in by_rule.items()),
        org_rows=_organisation_rows(session, question),
        responsible=str(answering.of_all(organisation.id or 0, asked)) if organisation.level == "school" else "",
        totals=_row("Итого", Tally.sum(by_rule.values())),
        annexes=annexes(session, question, answering, asked),
        signatories=_signatories(organisation, head, answering, about.signs),
        executor=", ".join(part for part in (printing.by, head.phone and f"тел. {head.phone}") if part),
        corrections=_corrections(session, question),
        notes=(*READING_NOTES, *_readings(session, asked)),
    )


def _readings(session: Session, rules: list[Rule]) -> list[str]:
    """The readings that the region chose for these rules, each with its act."""
    known = {reading.id: reading for rule in rules for value in rule.values for reading in value.readings}
    chosen = readings_of(session.connection())
    return [
        f"{known[name].title}: {known[name].options[option].title} ({chosen.acts[start, name]})."
        for start, name, option in chosen.choices
        if name in known
    ]


def _signatories(
    organisation: Organisation, head: Letterhead, answering: Responsible, signs: Mapping[str, str]
) -> tuple[Signatory, ...]:
    """Of a school those appointed; of an authority its head, as its card says."""
    if organisation.level == "school":
        school_id = organisation.id or 0
        return tuple(Signatory(post, answering.holder(school_id, role)) for role, post in signs.items())
    return (Signatory(head.head_post or HEADS[organisation.level], head.head_name),)


def _corrections(session: Session, question: Question) -> str:
    """How many corrections touch the numbers, as on the page."""
    told = [f"{counted.title_ru}: {number}" for counted, number in correction_lists.numbers(session, question).items()]
    told.append(f"снято, ждёт подтверждения: {monitoring.unconfirmed_number(session, question)}")
    return "; ".join(told).capitalize() + "."


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
        return tuple(_row(school.title, tally) for school, tally in schools)
    return tuple(row for one in municipalities(session) for row in _municipality_rows(one, schools))


def _municipality_rows(one: Organisation, schools: list[tuple[Organisation, Tally]]) -> list[FormRow]:
    own = [(school, tally) for school, tally in schools if school.id in (one.school_ids or ())]
    head = _row(one.title, Tally.sum(tally for _, tally in own), subtotal=True)
    return [head, *(_row(school.title, tally) for school, tally in own)]


def _row(title: str, tally: Tally, *, subtotal: bool = False) -> FormRow:
    counts: dict[str, Any] = {status.value: number for status, number in tally.counts().items()}
    return FormRow(title=title, total=tally.total, share=tally.share, subtotal=subtotal, **counts)


FORM = Monitored(
    "movement",
    "Мониторинг движения обучающихся",
    "3.3.3.2, 3.3.4.4, 4.1",
    "соблюдение сроков внесения приказов о движении обучающихся",
    RULES,
    order=10,
    rows_title="По видам приказов",
    row_head="Приказ",
    signs={"director": "Директор", "deputy": "Заместитель директора"},
).declared()
ACCOUNTS_FORM = Monitored(
    "accounts",
    "Мониторинг передачи учётных записей",
    "3.3.2.4, 4.1",
    "соблюдение сроков создания и передачи учётных записей",
    ACCOUNT_RULES,
    order=15,
    rows_title="По видам обязанностей",
    row_head="Обязанность",
    signs={"director": "Директор", "administrator": "Администратор"},
).declared()
