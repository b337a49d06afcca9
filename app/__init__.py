"""The panel of the «Сетевой город. Образование» regulation."""

import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask

from app import settings
from config import INSTANCE, Config, demo_secret_key


def create_app(**overrides: Any) -> Flask:
    """The application. `overrides` replace settings of `config.Config`. Raises CheckFailed on a wrong declaration."""
    app = Flask(__name__, instance_path=str(INSTANCE))
    app.config.from_object(Config)
    app.config.update(overrides)
    _require_secret(app)
    _make_folder(Path(app.instance_path))
    settings.require(app.config)
    from app import assembly

    assembly.assemble(app)
    return app


def _require_secret(app: Flask) -> None:
    if app.config["SECRET_KEY"]:
        return
    if app.config["SGO_DEMO"]:
        app.config["SECRET_KEY"] = demo_secret_key()
    elif _serves():
        sys.stderr.write("Ошибка: задайте SECRET_KEY: без него нельзя подписать сеансы. Для пробы есть make demo.\n")
        raise SystemExit(2)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        sys.stderr.write(f"Ошибка: SGO_INSTANCE: папку {folder} создать нельзя.\n")
        raise SystemExit(2)


def _serves() -> bool:
    """A server needs the key; commands such as migrations or `deadline due` do not."""
    command = click.get_current_context(silent=True)
    return command is None or command.info_name == "run"
