"""`flask user`: the first operator of an installation."""

import click

from app.cli.common import require_schema
from app.cli.failing import Commands, fail
from app.extensions import db
from app.services.accounts import accounts
from app.services.engine.errors import Refused

user_cli = Commands("user", help="Учётные записи.")


@user_cli.command("create")
@click.option("--login", prompt="Логин", help="Логин.")
@click.option("--name", prompt="Фамилия Имя Отчество", help="Фамилия Имя Отчество.")
@click.option("--email", prompt="Электронная почта", help="Электронная почта.")
@click.option("--password", help="Одноразовый пароль; владелец сменит его при входе.")
def create(login: str, name: str, email: str, password: str | None) -> None:
    """Создать оператора системы (роль Admin). Чего не указано, команда спросит."""
    require_schema()
    try:
        account = accounts.create_operator(db.session, login, name, email, password or _password())
    except Refused as error:
        fail(str(error))
    click.echo(f"Оператор {account.username} создан. При первом входе система попросит сменить пароль.")


def _password() -> str:
    """Typed unseen, twice alike."""
    while True:
        typed = click.prompt("Одноразовый пароль", hide_input=True)
        if click.prompt("Ещё раз", hide_input=True) == typed:
            return str(typed)
        click.echo("Пароли не совпали, введите снова.", err=True)
