"""`flask user`: the first operator of an installation, and whoever nobody else can let in again."""

import click

from app.cli.common import as_system, require_schema
from app.cli.failing import Commands, fail
from app.extensions import db
from app.services.accounts import accounts, second_step
from app.services.engine.errors import Refused

user_cli = Commands("user", help="Учётные записи.")


@user_cli.command("create")
@click.option("--login", prompt="Логин", help="Логин.")
@click.option("--name", prompt="Фамилия Имя Отчество", help="Фамилия Имя Отчество.")
@click.option(
    "--email",
    default="",
    prompt="Электронная почта (можно пропустить)",
    show_default=False,
    help="Электронная почта, если есть.",
)
@click.option("--password", help="Одноразовый пароль; владелец сменит его при входе.")
def create(login: str, name: str, email: str, password: str | None) -> None:
    """Создать оператора системы (роль Admin). Чего не указано, команда спросит."""
    require_schema()
    try:
        account = accounts.create_operator(db.session, login, name, email, password or _password())
    except Refused as error:
        fail(str(error))
    click.echo(f"Оператор {account.username} создан. При первом входе система попросит сменить пароль.")


@user_cli.command("reset-password")
@click.option("--login", prompt="Логин", help="Логин оператора.")
@click.option("--password", help="Одноразовый пароль; владелец сменит его при входе.")
def reset_password(login: str, password: str | None) -> None:
    """Дать одноразовый пароль оператору, который забыл свой. Чего не указано, команда спросит."""
    require_schema()
    try:
        account = accounts.reset_operator(db.session, login, password or _password())
    except Refused as error:
        fail(str(error))
    click.echo(f"Пароль {account.username} сброшен, сеансы завершены. При первом входе система попросит сменить его.")


@user_cli.command("reset-second-factor")
@click.option("--login", required=True, help="Логин.")
def reset_second_factor(login: str) -> None:
    """Сбросить второй фактор того, кто потерял телефон и коды, если в панели это сделать некому."""
    with as_system() as session:
        account = accounts.by_login(session, login)
        if account is None:
            fail(f"логина «{login[:64]}» нет.")
        try:
            second_step.reset(session, account)
        except Refused as error:
            fail(str(error))
        click.echo(f"Второй фактор {account.username} сброшен, сеансы завершены. Для входа достаточно пароля.")


def _password() -> str:
    """Typed unseen, twice alike."""
    while True:
        typed = click.prompt("Одноразовый пароль", hide_input=True)
        if click.prompt("Ещё раз", hide_input=True) == typed:
            return str(typed)
        click.echo("Пароли не совпали, введите снова.", err=True)
