"""The form «Мониторинг движения обучающихся» (4.1), gathered from the same counts and records as the pages."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.compliance import queries
from app.compliance.evaluate import Judgement
from app.compliance.readings import readings_of
from app.compliance.status import Status
from app.regulation import load_regulation
from app.regulation.schema import Rule
from app.reports.movement.data import Annex, FormRow, ListedItem, MovementForm, SchoolList, Signatory
from app.reports.movement.pdf import FORM_TITLE, WIDE, print_movement
from app.services.monitoring import compliance as monitoring
from app.services.monitoring import correction_lists, starts
from app.services.monitoring.compliance import Question, Tally
from app.services.monitoring.forms import Form, Printing, declare
from app.services.monitoring.responsible import Responsible
from app.services.territory.organisations import Letterhead, Organisation, letterhead, municipalities

PAGE = 5_000
"""Records read at once: all of them are printed."""
BASIS = "Регламент, утверждённый приказом министерства образования Сахалинской области от 14.07.2022 № 3.12-34"
HEADS = {"municipality": "Руководитель органа управления образованием", "region": "Министр образования"}
"""Who signs where the card of the authority does not say it."""
SCHOOL_SIGNS = {"director": "Директор", "deputy": "Заместитель директора"}
READING_NOTES = (
    "Дни опоздания и просрочки календарные; срок считается по производственному календарю и настройкам школы.",
)


def gather(session: Session, printing: Printing) -> MovementForm:
    """«Мониторинг движения обучающихся» of a school, a municipality or the region."""
    question = printing.question
    by_rule = monitoring.by_rule(session, question)
    rules, organisation = load_regulation().rules, question.organisation
    head = letterhead(session, organisation)
    answering, asked = monitoring.responsible_for(session, question)
    return MovementForm(
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
        clause=FORM.clause,
        start=starts.in_words(session, question),
        basis=BASIS,
        rule_rows=tuple(_row(rules[rule].title, tally) for rule, tally in by_rule.items()),
        org_rows=_organisation_rows(session, question),
        responsible=str(answering.of_all(organisation.id or 0, asked)) if organisation.level == "school" else "",
        totals=_row("Итого", Tally.sum(by_rule.values())),
        annexes=_annexes(session, question, answering, asked),
        signatories=_signatories(organisation, head, answering),
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


def _signatories(organisation: Organisation, head: Letterhead, answering: Responsible) -> tuple[Signatory, ...]:
    """Of a school those appointed; of an authority its head, as its card says."""
    if organisation.level == "school":
        held = {role: answering.holder(organisation.id or 0, role) for role in SCHOOL_SIGNS}
        return tuple(Signatory(post, held[role]) for role, post in SCHOOL_SIGNS.items())
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


def _annexes(session: Session, question: Question, answering: Responsible, rules: list[Rule]) -> tuple[Annex, ...]:
    """All that was not entered, and all that was entered late; of the region by municipalities."""
    lists = [_by_school(session, question, status) for status in (Status.OVERDUE, Status.LATE)]
    if question.organisation.level != "region":
        return (Annex("", *(_school_lists(each, None, answering, rules) for each in lists)),)
    return tuple(
        Annex(one.title, *(_school_lists(each, one.school_ids, answering, rules) for each in lists))
        for one in municipalities(session)
    )


BySchool = dict[tuple[str, int], list[ListedItem]]


def _by_school(session: Session, question: Question, status: Status) -> BySchool:
    """(name, number) of a school → its records of a status, the earliest term first."""
    found: BySchool = defaultdict(list)
    for judged in _every(session, question, status):
        found[judged.record.school_name, judged.record.school_id].append(_item(judged))
    return dict(sorted(found.items()))


def _every(session: Session, question: Question, status: Status) -> Iterator[Judgement]:
    after: Sequence[Any] | None = None
    while page := monitoring.records(session, question, status, PAGE, after):
        yield from page
        after = page[-1].record.place


def _school_lists(
    found: BySchool, school_ids: frozenset[int] | None, answering: Responsible, rules: list[Rule]
) -> tuple[SchoolList, ...]:
    return tuple(
        SchoolList(name, f"Ответственные: {answering.of_all(key, rules)}", tuple(items))
        for (name, key), items in found.items()
        if school_ids is None or key in school_ids
    )


def _known(due: date | None) -> date:
    """What is late or overdue has a term."""
    if due is None:
        raise LookupError("Срок не вычислен.")
    return due


def _item(judged: Judgement) -> ListedItem:
    record = judged.record
    return ListedItem(
        rule_title=judged.rule.title,
        clause=judged.clause,
        subject=record.full_caption,
        event=record.anchor,
        due=_known(judged.due),
        days=judged.days,
        entered=judged.entered_on,
        basis=judged.in_short(),
    )


FORM = declare(Form("movement", FORM_TITLE, "3.3.3.2, 3.3.4.4, 4.1", gather, print_movement, wide=WIDE))
