"""`flask regulation …` and `flask deadline …`: the regulation's data and its terms without a database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy.exc import SQLAlchemyError

from app.cli.deferred import with_panel
from app.cli.failing import FAILED, CommandError, Commands, Day
from app.compliance.explain import why
from app.compliance.terms import Term, compute_term
from app.regulation import Regulation, RegulationError, WorkCalendar, load_regulation
from app.regulation.schema import Rule
from app.russian import counted

if TYPE_CHECKING:
    from app.compliance.readings import Readings
    from app.services.monitoring.clause_map import Line

_GRADES = {str(grade): grade for grade in range(1, 12)}
_WEEKS = {"5": 5, "6": 6}

regulation_cli = Commands("regulation", help="Регламент как данные.")
deadline_cli = Commands("deadline", help="Расчёт сроков регламента.")


@regulation_cli.command("check")
@click.option("--dir", "directory", type=click.Path(path_type=Path), help="Другая папка с файлами регламента.")
@click.option("--json", "as_json", is_flag=True, help="Машиночитаемый вывод.")
def check(directory: Path | None, as_json: bool) -> None:
    """Проверить файлы регламента."""
    try:
        regulation = load_regulation(directory)
    except RegulationError as error:
        _show_problems(error, as_json)
        raise SystemExit(FAILED) from None
    counts = _counts(regulation)
    if as_json:
        click.echo(_dump({"ok": True, **{name: number for name, (number, _) in counts.items()}, "errors": []}))
    else:
        click.echo(f"Регламент: {', '.join(text for _, text in counts.values())}, ошибок нет")


@regulation_cli.command("map")
@click.option("--json", "as_json", is_flag=True, help="Машиночитаемый вывод.")
def regulation_map(as_json: bool) -> None:
    """Карта Регламента: что панель даёт для каждой обязанности и чего в ней ещё нет."""
    with with_panel():
        found, summary = _mapped()
    if as_json:
        click.echo(_dump([asdict(line.duty) | {"state": line.state} for line in found]))
        return
    for line in found:
        awaits = f". Ещё нет: {line.duty.awaits}" if line.duty.awaits else ""
        click.echo(f"{line.duty.clause:<9}{line.state:<10}{line.duty.duty}{awaits}")
    click.echo(", ".join(f"{state} – {number}" for state, number in summary.items()))


def _mapped() -> tuple[list[Line], dict[str, int]]:
    """Its lines and how many there are of each state."""
    from app.services.monitoring import clause_map

    try:
        found = clause_map.lines()
        return found, clause_map.summary(found)
    except (LookupError, RegulationError) as error:
        raise CommandError(str(error)) from None


@deadline_cli.command("due")
@click.argument("rule_id", metavar="RULE")
@click.argument("dates", metavar="DATE...", nargs=-1, required=True, type=Day())
@click.option("--school", help="Код школы: её учебная неделя и изменения календаря.")
@click.option("--grade", help="Класс (1–11): учебная неделя этой параллели школы.")
@click.option("--week", help="Учебная неделя: 5 или 6 дней.")
@click.option("--json", "as_json", is_flag=True, help="Машиночитаемый вывод.")
def due(
    rule_id: str, dates: tuple[date, ...], school: str | None, grade: str | None, week: str | None, as_json: bool
) -> None:
    """Срок по правилу RULE для события каждой из дат DATE (ДД.ММ.ГГГГ или ГГГГ-ММ-ДД).

    С --school – по чтениям сроков, выбранным регионом на учебный год события; иначе по умолчанию.
    """
    rule = _rule(rule_id)
    calendar, readings = _calendar(school, grade, week), _readings() if school else None
    terms = [_term(rule, event, calendar, readings) for event in dates]
    if as_json:
        click.echo(_dump([term_json(term) for term in terms]))
    else:
        click.echo("\n\n".join("\n".join(why(rule, term).sentences()) for term in terms))


def term_json(term: Term) -> dict:
    """A term as the command line promises it; dates are ISO texts."""
    return {
        "rule": term.rule,
        "clause": term.clause,
        "event": term.event.isoformat(),
        "due": term.due.isoformat(),
        "recommended": term.recommended.isoformat() if term.recommended else None,
        "counted": [day.isoformat() for day in term.counted],
        "skipped": [{"date": day.isoformat(), "reason": reason} for day, reason in term.skipped],
        "reading": term.reading,
        "confirmed": term.confirmed,
    }


def _counts(regulation: Regulation) -> dict[str, tuple[int, str]]:
    words = {
        "roles": ("роль", "роли", "ролей"),
        "rules": ("правило", "правила", "правил"),
        "readings": ("чтение", "чтения", "чтений"),
        "requirements": ("требование", "требования", "требований"),
        "monitoring": ("мониторинг", "мониторинга", "мониторингов"),
    }
    sizes = {name: len(getattr(regulation, name)) for name in words}
    return {name: (size, counted(size, *words[name])) for name, size in sizes.items()}


def _show_problems(error: RegulationError, as_json: bool) -> None:
    if as_json:
        rows = [{"file": one.file, "line": one.line, "message": one.text} for one in error.problems]
        click.echo(_dump({"ok": False, "errors": rows}))
    for problem in error.problems:
        click.echo(str(problem), err=True)


def _rule(rule_id: str) -> Rule:
    rules = load_regulation().rules
    if rule_id not in rules:
        raise CommandError(f"неизвестное правило «{rule_id}»; есть: {', '.join(rules)}")
    return rules[rule_id]


def _calendar(school: str | None, grade: str | None, week: str | None) -> WorkCalendar:
    """The school's calendar, or the country's; `week` replaces the working week and keeps the school's overrides."""
    if week is not None and week not in _WEEKS:
        raise CommandError(f"учебная неделя «{week}»: бывает 5 или 6 дней")
    if grade is not None and not school:
        raise CommandError("--grade – неделя параллели школы: нужен и --school")
    if grade is not None and grade not in _GRADES:
        raise CommandError(f"класс «{grade}»: бывает от 1 до 11")
    calendar = _school_calendar(school, _GRADES.get(grade or "")) if school else WorkCalendar()
    return WorkCalendar(_WEEKS[week], calendar.overrides) if week else calendar


def _school_calendar(code: str, grade: int | None) -> WorkCalendar:
    try:
        with _database():
            from app.services.calendars import calendar_for_school

            return calendar_for_school(code, grade)
    except LookupError:
        raise CommandError(f"неизвестная школа «{code}»") from None


def _readings() -> Readings:
    """Those that the region has chosen."""
    with _database():
        from app.services.calendars import readings_chosen

        return readings_chosen()


@contextmanager
def _database() -> Iterator[None]:
    """What needs the database, as the rest of the command does not; one that does not answer is told in one line."""
    with with_panel():
        try:
            yield
        except SQLAlchemyError as error:
            told = f"база данных не отвечает: {type(error).__name__}. Проверьте DATABASE_URL и сервер базы."
            raise CommandError(told) from None


def _term(rule: Rule, event: date, calendar: WorkCalendar, readings: Readings | None) -> Term:
    try:
        if readings is None:
            return compute_term(rule, event, calendar)
        return compute_term(rule, event, calendar, readings.of(rule, event), readings.decisions(rule, event))
    except (LookupError, ValueError) as error:
        raise CommandError(str(error)) from None


def _dump(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)
