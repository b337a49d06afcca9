"""`flask roles`: the permission sets into the database, the effective matrix out of it."""

import json
from pathlib import Path

import click

from app.cli import proving
from app.cli.common import as_system
from app.cli.failing import Commands, fail
from app.regulation import load_regulation
from app.russian import plural
from app.services.accounts import rights

roles_cli = Commands("roles", help="Роли и права (пункт 3.3 Регламента).")


@roles_cli.command("sync")
@click.option("--json", "as_json", is_flag=True, help="Машиночитаемый вывод.")
def sync(as_json: bool) -> None:
    """Привести права ролей в базе точно к Регламенту."""
    with as_system() as session:
        changed = rights.sync(session)
    if as_json:
        click.echo(json.dumps(changed))
        return
    roles = len(load_regulation().roles)
    added, removed = changed["added"], changed["removed"]
    click.echo(
        f"Роли: {roles} и оператор. Прав добавлено: {added}, снято: {removed}."
        if added or removed
        else f"Роли: {roles} {plural(roles, 'роль', 'роли', 'ролей')} и оператор, права уже точны."
    )


@roles_cli.command("matrix")
@click.option("--school", metavar="КОД", help="Код школы.")
@click.option("--json", "as_json", is_flag=True, help="Машиночитаемый вывод.")
def matrix(school: str | None, as_json: bool) -> None:
    """Показать, кто что может: роль, ресурс, действия, пункт, основание."""
    with as_system() as session:
        found = rights.as_json(session, school)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for code, role in found.items():
        click.echo(f"{role['title']} ({code})")
        for resource, cell in role["resources"].items():
            basis = "по тексту" if cell["basis"] == "text" else "по смыслу"
            for title, changed in (("изъято", cell["taken"]), ("сверх Регламента", cell["beyond"])):
                basis += f"; {title}: {', '.join(changed)}" if changed else ""
            actions, rows = ", ".join(cell["actions"]), ", ".join(cell["rows"])
            click.echo(f"  {resource:18} {actions:30} {rows:12} п. {cell['clause']}, {basis}")


@roles_cli.command("prove")
@click.option("-o", "--output", type=click.Path(dir_okay=False, writable=True), help="Куда записать отчёт.")
@click.option("--only", default="", metavar="ЛОГИН", help="Только учётные записи, в логине которых есть это слово.")
@click.option("--every-database", is_flag=True, help="На SQLite и на PostgreSQL; без этого – на SQLite.")
def prove(output: str | None, only: str, every_database: bool) -> None:
    """Пройти панель под каждой ролью на вымышленных данных и сравнить с пунктом 3.3.

    Своей базы панели команда не открывает. Идёт несколько минут.
    """
    if only and not only.replace(".", "").isalnum():
        fail("--only: латинские буквы, цифры и точка, например secretary.65001.")
    click.echo("Обход идёт, это несколько минут.", err=True)
    try:
        proof = proving.prove(only, every_database)
    except proving.NotHereError as error:
        fail(str(error))
    told = "\n".join(proof.lines())
    if output:
        Path(output).write_text(told + "\n", encoding="utf-8")
        click.echo(f"Отчёт: {output}")
    else:
        click.echo(told)
    if proof.failed:
        fail("права и панель расходятся, или обход не закончен: см. отчёт.")
