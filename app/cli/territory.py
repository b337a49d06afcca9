"""`flask territory`: the reference data of a new installation."""

import click

from app.cli.common import as_system
from app.cli.failing import Commands
from app.services.territory import municipalities as territory

territory_cli = Commands("territory", help="Регион и муниципалитеты.")


@territory_cli.command("load")
def load() -> None:
    """Внести Сахалинскую область и 18 муниципалитетов с кодами ОКТМО; что уже есть, не меняется."""
    with as_system() as session:
        added = territory.load(session)
    click.echo(f"Муниципалитетов добавлено: {added}." if added else "Все 18 муниципалитетов уже внесены.")
