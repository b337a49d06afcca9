"""`flask form`: the printed forms."""

from datetime import date, datetime
from pathlib import Path

import click

from app import clock
from app.cli.common import as_system, say_json
from app.cli.failing import Commands, Day, fail
from app.clock import utc_now
from app.models.engine.audit import AuditAction
from app.services.engine import audit
from app.services.monitoring import forms
from app.services.monitoring.as_of import as_of, question_of
from app.services.territory.organisations import resolve

form_cli = Commands("form", help="Печатные формы мониторинга.")


@form_cli.command("list")
@click.option("--json", "as_json", is_flag=True, help="Машиночитаемый вывод.")
def list_forms(as_json: bool) -> None:
    """Какие формы есть."""
    found = [{"form": form.id, "title": form.title, "clause": form.clause} for form in forms.forms().values()]
    if as_json:
        say_json(found)
        return
    for form in found:
        click.echo(f"{form['form']:12} {form['title']} (п. {form['clause']})")


@form_cli.command("print")
@click.argument("form")
@click.option("--org", required=True, metavar="КОД", help="region, ОКТМО или код школы.")
@click.option("--on", type=Day(), metavar="ДАТА", help="По состоянию на день; по умолчанию сегодня.")
@click.option("--since", type=Day(), metavar="ДАТА", help="Только обязанности, открывшиеся с этого дня.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Файл PDF.")
def print_form(form: str, org: str, on: date | None, since: date | None, output: Path | None) -> None:
    """Напечатать форму в PDF."""
    with as_system() as session:
        found = forms.form_of(form)
        question = question_of(session, resolve(session, org), on, since)
        data = forms.build(session, found, forms.Printing(question, _now(), "Система", "командная строка"))
        audit.note(session, AuditAction.PRINT, f"{found.title}: {question.organisation.title}, {as_of(question)}")
    target = output or Path(f"{form}-{org}-{question.on.isoformat()}.pdf")
    _write(target, data)
    click.echo(f"{target}: {len(data)} байт")


def _write(target: Path, data: bytes) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    except OSError as error:
        fail(f"Не удалось записать {target}: {error.strerror}. Проверьте место и права на папку.")


def _now() -> datetime:
    return utc_now().astimezone(clock.zone())
