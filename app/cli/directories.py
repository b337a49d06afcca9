"""`flask directories`: the region's entries of shared directories."""

import click

from app.cli.common import as_system
from app.cli.failing import Commands
from app.services.directories import shipped

directories_cli = Commands("directories", help="Справочники региона.")
SHOWN = 20


@directories_cli.command("load")
def load() -> None:
    """Внести значения справочников региона из поставки; что уже есть, переименовано или закрыто, не меняется."""
    with as_system() as session:
        for loaded in shipped.load(session):
            click.echo(f"{loaded.title}: добавлено {loaded.added}.")
            if loaded.twins:
                click.echo("  Такие же значения школ (не объединяются, закройте или удалите лишние):")
            for twin in loaded.twins[:SHOWN]:
                click.echo(f"  {twin}")
            if len(loaded.twins) > SHOWN:
                click.echo(f"  и ещё {len(loaded.twins) - SHOWN}")
