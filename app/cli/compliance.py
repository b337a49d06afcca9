"""`flask compliance`: how the terms are kept, in numbers and record by record."""

from datetime import date
from typing import Any

import click

from app.cli.common import as_system, say_json
from app.cli.failing import Commands, Day, fail
from app.compliance import duties
from app.compliance.evaluate import Judgement
from app.compliance.status import Status
from app.models.monitoring.corrections import CorrectionKind, CorrectionState
from app.regulation import load_regulation
from app.russian import format_date, format_percent
from app.services.monitoring import compliance as monitoring
from app.services.monitoring import correction_lists, starts
from app.services.monitoring.as_of import as_of, question_of
from app.services.monitoring.compliance import Question
from app.services.territory.organisations import resolve

compliance_cli = Commands("compliance", help="Соблюдение сроков.")
PAGE = 500

_org = click.option("--org", required=True, metavar="КОД", help="region, ОКТМО или код школы.")
_on = click.option("--on", type=Day(), metavar="ДАТА", help="По состоянию на день; по умолчанию сегодня.")
_since = click.option("--since", type=Day(), metavar="ДАТА", help="Только обязанности, открывшиеся с этого дня.")
_json = click.option("--json", "as_json", is_flag=True, help="Машиночитаемый вывод.")


@compliance_cli.command("status")
@_org
@click.option("--rule", metavar="ПРАВИЛО", help="Одно правило; по умолчанию все.")
@_on
@_since
@_json
def status(org: str, rule: str | None, on: date | None, since: date | None, as_json: bool) -> None:
    """Сколько внесено в срок, с опозданием, просрочено и ожидается. total – сумма пяти состояний."""
    rules = (_known(rule),) if rule else duties.rules()
    with as_system() as session:
        question = question_of(session, resolve(session, org), on, since, rules)
        tallies = monitoring.by_rule(session, question)
        begun, start = starts.in_words(session, question), _start(session, question)
    found = [_counts(name, tally) for name, tally in tallies.items()]
    if as_json:
        say_json({"org": org, "on": question.on.isoformat(), **start, **_mark(question), "rules": found})
        return
    click.echo(f"{question.organisation.title}, {as_of(question)}")
    click.echo(f"  Ведение в панели: {begun}")
    for row in found:
        click.echo(
            f"  {row['rule']:20} подлежит {row['total']:>7}  в срок {row['on_time']:>7}  с опозданием {row['late']:>6}"
            f"  ожидается {row['pending']:>6}  просрочено {row['overdue']:>6}  {format_percent(row['share'])}"
        )


def _start(session: Any, question: Question) -> dict[str, Any]:
    """From which day a school keeps its records here; of many how many do not yet."""
    if (told := starts.of_school(session, question)) is not None:
        return {"start": told.on and told.on.isoformat()}
    return {"not_begun": starts.not_begun(session, question)}


def _counts(rule: str, tally: monitoring.Tally) -> dict[str, Any]:
    numbers = {each.value: number for each, number in tally.counts().items()}
    clause = ", ".join(load_regulation().rules[rule].clauses)
    return {"rule": rule, "clause": clause, "total": tally.total, **numbers, "share": tally.share}


@compliance_cli.command("records")
@_org
@click.option("--rule", required=True, metavar="ПРАВИЛО", help="Правило.")
@click.option("--status", "state", required=True, metavar="СОСТОЯНИЕ", help=", ".join(Status))
@_on
@_since
@_json
def records(org: str, rule: str, state: str, on: date | None, since: date | None, as_json: bool) -> None:
    """Записи за числом: каждая со сроком, внесением, ответственными и объяснением."""
    if state not in set(Status):
        fail(f"Состояния «{state}» нет. Есть: {', '.join(Status)}.")
    with as_system() as session:
        question = question_of(session, resolve(session, org), on, since, (_known(rule),))
        found = list(_every(session, question, Status(state)))
    if as_json:
        say_json([as_dict(judged) | _mark(question) for judged in found])
        return
    for judged in found:
        record = judged.record
        due = format_date(judged.due) if judged.due else "—"
        click.echo(f"{record.school_name} | {record.full_caption} | срок {due} | {judged.status_text}")
    click.echo(f"Всего{f', {as_of(question)}' if question.forecast else ''}: {len(found)}")


@compliance_cli.command("corrections")
@_org
@_on
@_json
def corrections(org: str, on: date | None, as_json: bool) -> None:
    """Исправления: что просили исправить, что решено и как изменились показатели школы."""
    with as_system() as session:
        question = question_of(session, resolve(session, org), on, None)
        found = correction_lists.told(session, question)
    if as_json:
        say_json(found)
        return
    for each in found:
        told = f"{CorrectionState(each['state']).title_ru}, {each['by']}: {each['reason']}"
        click.echo(f"{each['at'][:10]} | {CorrectionKind(each['kind']).title_ru} | {each['subject']} | {told}")
    click.echo(f"Всего {as_of(question)}: {len(found)}")


def _mark(question: Question) -> dict[str, bool]:
    """A report is no forecast, and its keys stay what scripts know."""
    return {"forecast": True} if question.forecast else {}


def _every(session: Any, question: Question, state: Status) -> Any:
    """All records, page by page: memory does not grow with a region."""
    after = None
    while True:
        page = monitoring.records(session, question, state, PAGE, after)
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].record.place


def as_dict(judged: Judgement) -> dict[str, Any]:
    record, roles = judged.record, load_regulation().roles
    return {
        "rule": record.rule,
        "clause": judged.clause,
        "school": record.school_code,
        "school_name": record.school_name,
        "pupil": record.caption,
        "class": record.group,
        "event": record.anchor,
        "due": judged.due,
        "recommended": judged.recommended,
        "status": judged.status.value,
        "days": judged.days,
        "evidence": judged.entered_on,
        "entered_by": record.author,
        "order": record.evidence_caption or None,
        "responsible": [roles[code].title for code in judged.rule.enters],
        "controls": [roles[code].title for code in judged.rule.controls],
        "responsible_persons": judged.answerable.enters,
        "controls_persons": judged.answerable.controls,
        "why": judged.sentences(),
    }


def _known(rule: str) -> str:
    if rule not in load_regulation().rules:
        fail(f"Правила «{rule}» в Регламенте нет. Список: flask regulation check --json.")
    if rule not in duties.rules():
        fail(f"Правило «{rule}» известно, но его записи панель ещё не ведёт. Считаются: {', '.join(duties.rules())}.")
    return rule
