"""`flask demo`: a synthetic region with a known share of late and missing orders, and its logins."""

import sys
from datetime import date
from typing import Any

import click
from tqdm import tqdm

from app.cli.common import require_schema, say_json
from app.cli.failing import Commands, Day, fail
from app.clock import today
from app.compliance.status import Status
from app.demo.engine.loader import Loaded
from app.demo.engine.plan import Plan, PlanError, likely_year
from app.extensions import db
from app.russian import format_date, format_number, plural
from app.services import demo

demo_cli = Commands("demo", help="Демонстрационный регион.")
PLANTED = (Status.ON_TIME, Status.LATE, Status.PENDING, Status.OVERDUE, Status.NOT_APPLICABLE)


@demo_cli.command("load")
@click.option("--schools", default=40, show_default=True, help="Число школ.")
@click.option("--pupils", default=12_000, show_default=True, help="Число обучающихся одновременно.")
@click.option("--year", type=int, help="Средний из трёх учебных годов: 2025 – это 2025/26. По умолчанию – по дате.")
@click.option("--seed", default=1, show_default=True, help="Начало случайных чисел: одно и то же даёт те же данные.")
@click.option("--on", type=Day(), help="День, на утро которого данные кончаются. По умолчанию – сегодня.")
@click.option("--if-empty", is_flag=True, help="Если база не пуста, ничего не делать.")
@click.option("--json", "as_json", is_flag=True, help="Машиночитаемый вывод.")
def load(if_empty: bool, as_json: bool, **asked: Any) -> None:
    """Загрузить вымышленный регион в пустую базу."""
    require_schema()
    if if_empty and not demo.is_empty(db.session):
        say_json({"loaded": False}) if as_json else click.echo("Демонстрационный регион уже загружен.")
        return
    try:
        loaded = demo.load(db.session, _plan(**asked), _watched)
    except demo.AlreadyLoaded as error:
        fail(str(error))
    say_json(_summary(loaded)) if as_json else click.echo(_told(loaded))


@demo_cli.command("logins")
@click.option("--all", "every", is_flag=True, help="Все школы, а не две.")
@click.option("--json", "as_json", is_flag=True, help="Машиночитаемый вывод.")
def logins(every: bool, as_json: bool) -> None:
    """Показать логины: каждой роли хотя бы один, две школы двух муниципалитетов."""
    require_schema()
    found = demo.logins(db.session, every)
    if as_json:
        say_json([one.as_json() for one in found])
        return
    if not found:
        click.echo("Демонстрационных учётных записей нет: загрузите регион командой «flask demo load».")
    width = max((len(one.login) for one in found), default=0)
    for one in found:
        click.echo(f"{one.login:{width}}  {one.password}  {one.title} – {one.place}")


def _plan(on: date | None, year: int | None, **sizes: int) -> Plan:
    on = on or today()
    try:
        return Plan(on=on, year=likely_year(on) if year is None else year, **sizes)
    except PlanError as error:
        fail(str(error))


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
        "Заложено по правилам (в срок / с опозданием / ожидается / просрочено / не применимо):",
    ]
    for rule, counts in loaded.totals.items():
        lines.append(f"  {rule:20} " + " / ".join(format_number(counts.get(status, 0)) for status in PLANTED))
    return "\n".join(lines)
