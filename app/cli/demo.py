"""`flask demo`: a synthetic region with a known share of late and missing orders, and its logins."""

import json
import sys
from datetime import date, datetime
from typing import Any

import click
from flask.cli import AppGroup
from tqdm import tqdm

from app.compliance.status import Status
from app.demo.loader import Loaded
from app.demo.plan import Plan, PlanError, likely_year
from app.extensions import db
from app.models.base import utc_now
from app.models.russian import format_date, format_number, plural
from app.security.guard import local_date
from app.services import demo

demo_cli = AppGroup("demo", help="Демонстрационный регион.")
PLANTED = (Status.ON_TIME, Status.LATE, Status.PENDING, Status.OVERDUE, Status.NOT_APPLICABLE)


@demo_cli.command("load")
@click.option("--schools", default=40, show_default=True, help="Число школ.")
@click.option("--pupils", default=12_000, show_default=True, help="Число обучающихся одновременно.")
@click.option("--year", type=int, help="Средний из трёх учебных годов: 2025 – это 2025/26. По умолчанию – по дате.")
@click.option("--seed", default=1, show_default=True, help="Начало случайных чисел: одно и то же даёт те же данные.")
@click.option("--on", metavar="ДАТА", help="День, на котором данные кончаются (ГГГГ-ММ-ДД). По умолчанию – сегодня.")
@click.option("--if-empty", is_flag=True, help="Если база не пуста, ничего не делать.")
@click.option("--json", "as_json", is_flag=True, help="Машиночитаемый вывод.")
def load(if_empty: bool, as_json: bool, **asked: Any) -> None:
    """Загрузить вымышленный регион в пустую базу."""
    plan = _plan(**asked)
    if if_empty and not demo.is_empty(db.session):
        click.echo(json.dumps({"loaded": False}) if as_json else "Демонстрационный регион уже загружен.")
        return
    try:
        loaded = demo.load(db.session, plan, _watched)
    except demo.AlreadyLoaded as error:
        raise _failure(str(error)) from error
    click.echo(json.dumps(_summary(loaded), ensure_ascii=False, indent=2) if as_json else _told(loaded))


@demo_cli.command("logins")
@click.option("--all", "every", is_flag=True, help="Все школы, а не две.")
@click.option("--json", "as_json", is_flag=True, help="Машиночитаемый вывод.")
def logins(every: bool, as_json: bool) -> None:
    """Показать логины: каждой роли хотя бы один, две школы двух муниципалитетов."""
    found = demo.logins(db.session, every)
    if as_json:
        click.echo(json.dumps([one.as_json() for one in found], ensure_ascii=False, indent=2))
        return
    if not found:
        click.echo("Демонстрационных учётных записей нет: загрузите регион командой «flask demo load».")
    width = max((len(one.login) for one in found), default=0)
    for one in found:
        click.echo(f"{one.login:{width}}  {one.password}  {one.title} – {one.place}")


def _plan(on: str | None, year: int | None, **sizes: int) -> Plan:
    day = _date(on) if on else local_date(utc_now())
    try:
        return Plan(on=day, year=likely_year(day) if year is None else year, **sizes)
    except PlanError as error:
        raise _failure(str(error)) from error


def _date(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a date, not an instant
    except ValueError as error:
        raise _failure(f"«{text}» — не дата, нужно ГГГГ-ММ-ДД.") from error


def _failure(message: str) -> SystemExit:
    """One clear line on standard error, exit status 2."""
    click.echo(f"Ошибка: {message}", err=True)
    return SystemExit(2)


def _watched(sites: list[Any]) -> Any:
    return tqdm(sites, desc="Школы", unit=" шк.", file=sys.stderr, mininterval=0.5)


def _summary(loaded: Loaded) -> dict[str, Any]:
    return {"loaded": True, "on": loaded.plan.on.isoformat(), "rows": loaded.rows, "planted": loaded.totals}


def _told(loaded: Loaded) -> str:
    rows, on = loaded.rows, format_date(loaded.plan.on)
    head = (
        f"Регион загружен на {on}: {format_number(rows['school'])} {plural(rows['school'], 'школа', 'школы', 'школ')}, "
        f"карточек обучающихся {format_number(rows['pupil'])}, родителей {format_number(rows['parent'])}, "
        f"приказов {format_number(rows['movement_order'])} ({format_number(rows['movement_line'])} строк)."
    )
    lines = [
        head,
        "Заложено по правилам (в срок / с опозданием / срок не истёк / просрочено / не применимо):",
    ]
    for rule, counts in loaded.totals.items():
        lines.append(f"  {rule:20} " + " / ".join(format_number(counts.get(status, 0)) for status in PLANTED))
    return "\n".join(lines)
