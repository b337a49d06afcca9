"""All that was not entered and all that was entered late, school by school, for the forms that list it."""

from collections import defaultdict
from datetime import date

from sqlalchemy.orm import Session

from app.compliance.evaluate import Judgement
from app.compliance.status import Status
from app.regulation.schema import Rule
from app.reports.movement.data import Annex, ListedItem, SchoolList
from app.services.monitoring import compliance as monitoring
from app.services.monitoring.compliance import Question
from app.services.monitoring.responsible import Responsible
from app.services.territory.organisations import municipalities


def annexes(session: Session, question: Question, answering: Responsible, rules: list[Rule]) -> tuple[Annex, ...]:
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
    for judged in monitoring.every_record(session, question, status):
        found[judged.record.school_name, judged.record.school_id].append(_item(judged))
    return dict(sorted(found.items()))


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
