"""The one way in which a command fails: «Ошибка: …» on standard error, exit status 2. It imports no panel."""

from datetime import date
from typing import Any, NoReturn

import click
from flask.cli import AppGroup

from app.russian import parse_date

FAILED = 2


class CommandError(click.ClickException):
    exit_code = FAILED

    def show(self, file: Any = None) -> None:
        click.echo(f"Ошибка: {self.message}", err=True, file=file)


def fail(message: str) -> NoReturn:
    raise CommandError(message)


class Day(click.ParamType):
    """A date: 31.01.2026 or 2026-01-31."""

    name = "дата"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        if isinstance(value, date):
            return value
        return parse_date(value) or fail(f"«{value}» – не дата. Ожидается ДД.ММ.ГГГГ или ГГГГ-ММ-ДД.")


class Commands(AppGroup):
    """A group whose commands fail in one way, whatever was wrong: what was asked for or how it was written."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise CommandError(f"{in_russian(error)} Помощь: {_command(error, ctx)} --help.") from error
        except click.Abort:
            fail("ввод прерван, ничего не сделано.")


def in_russian(error: click.UsageError) -> str:
    """What is wrong with the way in which a command is written; the library says it in English."""
    match error:
        case click.MissingParameter():
            return f"не указано: {_name(error)}."
        case click.BadParameter():
            return f"значение не подходит: {_name(error)}."
        case click.NoSuchOption():
            return f"ключа {error.option_name} нет."
        case click.NoSuchCommand():
            return f"команды «{error.command_name}» нет."
    return "команда написана неверно."


def _name(error: click.BadParameter) -> str:
    if error.param is None:
        return error.param_hint if isinstance(error.param_hint, str) else "ключ"
    return error.param.opts[0] if isinstance(error.param, click.Option) else error.param.make_metavar(error.ctx)


def _command(error: click.UsageError, ctx: click.Context) -> str:
    """Of the root only its name: it may have been started as a module."""
    at = error.ctx or ctx
    return "flask" + at.command_path.removeprefix(at.find_root().command_path)
