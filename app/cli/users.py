"""`flask user`: the first operator of an installation."""

import click
from flask.cli import AppGroup

from app.cli.common import require_schema
from app.extensions import db
from app.services.accounts import accounts
from app.services.engine.errors import Refused

user_cli = AppGroup("user", help="Учётные записи.")


@user_cli.command("create")
@click.option("--login", required=True, help="Логин.")
@click.option("--name", required=True, help="Фамилия Имя Отчество.")
@click.option("--email", required=True, help="Электронная почта.")
@click.password_option("--password", help="Одноразовый пароль; владелец сменит его при входе.")
def create(login: str, name: str, email: str, password: str) -> None:
    """Создать оператора системы (роль Admin)."""
    require_schema()
    try:
        account = accounts.create_operator(db.session, login, name, email, password)
    except Refused as error:
        click.echo(str(error), err=True)
        raise SystemExit(2) from error
    click.echo(f"Оператор {account.username} создан. При первом входе система попросит сменить пароль.")
