"""Where the flask command starts (`.flaskenv`): it names the groups, and imports the panel when one of them is called.

The panel takes two seconds to import; a list of commands, an unknown one and the regulation's terms need none of it.
"""

from contextlib import AbstractContextManager, nullcontext
from contextvars import Context
from importlib import import_module
from typing import Any

import click
from flask import Flask, current_app

GROUPS = {
    "compliance": "Соблюдение сроков.",
    "db": "Схема базы данных (Flask-Migrate).",
    "deadline": "Расчёт сроков регламента.",
    "demo": "Демонстрационный регион.",
    "directories": "Справочники региона.",
    "form": "Печатные формы мониторинга.",
    "jobs": "Долгие задания.",
    "regulation": "Регламент как данные.",
    "roles": "Роли и права (пункт 3.3 Регламента).",
    "territory": "Регион и муниципалитеты.",
    "user": "Учётные записи.",
}
"""What `app.cli.install` puts on the panel, in the words of each."""
WITHOUT_PANEL = {"regulation": "regulation_cli", "deadline": "deadline_cli"}
"""Of `app.cli.regulation`."""


class Deferred(click.Command):
    """A group of which the name and the help are known; the real one is found when it is called."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        name = self.name or ""
        if name in WITHOUT_PANEL:
            real = getattr(import_module("app.cli.regulation"), WITHOUT_PANEL[name])
        else:
            real = _of_panel(name, parent)
        return real.make_context(info_name, args, parent, **extra)


def create_app() -> Flask:
    """For the framework's own commands (`flask run`, `flask routes`) the panel, otherwise the names of its commands."""
    asked = click.get_current_context(silent=True)
    if asked is None or asked.parent is not None:
        return _panel()
    names = Flask("app")
    for name, text in GROUPS.items():
        names.cli.add_command(Deferred(name, help=text))
    return names


def with_panel() -> AbstractContextManager[Any]:
    """The panel's context, for a command that began without it."""
    return nullcontext() if "sqlalchemy" in current_app.extensions else _panel().app_context()


def _panel() -> Flask:
    """Put together as if no application ran: the one of names is not to be asked for a translation or a setting."""
    panel: Flask = Context().run(import_module, "run").app
    return panel


def _of_panel(name: str, parent: click.Context | None) -> click.Command:
    panel = _panel()
    if parent is not None:
        parent.with_resource(panel.app_context())
    return panel.cli.commands[name]
