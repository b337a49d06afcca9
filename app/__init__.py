"""The panel of the «Сетевой город. Образование» regulation."""

from pathlib import Path
from typing import Any

from flask import Flask

from config import INSTANCE, Config, demo_secret_key


def create_app(**overrides: Any) -> Flask:
    """The application. `overrides` replace settings of `config.Config`. Raises CheckFailed on a wrong declaration."""
    app = Flask(__name__, instance_path=str(INSTANCE))
    app.config.from_object(Config)
    app.config.update(overrides)
    _require_secret(app)
    Path(app.instance_path).mkdir(parents=True, exist_ok=True)
    from app import assembly

    assembly.assemble(app)
    return app


def _require_secret(app: Flask) -> None:
    if app.config["SECRET_KEY"]:
        return
    if not app.config["SGO_DEMO"]:
        # Commands that need no key (migrations, `deadline due`) work without one; serving does not.
        app.config["SECRET_KEY"] = None
        return
    app.config["SECRET_KEY"] = demo_secret_key()
