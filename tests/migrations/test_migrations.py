"""Alembic owns every table: the scripts and the models agree, down and up again, on both databases."""

from typing import Any

from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from app.extensions import db


def test_scripts_and_models_agree(app: Any) -> None:
    result = app.test_cli_runner().invoke(args=["db", "check"])
    assert result.exit_code == 0, result.output


def test_down_to_nothing_and_up_again(app: Any) -> None:
    with app.app_context():
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        upgrade()
        assert {"pupil", "movement_order", "ab_user"} <= set(inspect(db.engine).get_table_names())
    result = app.test_cli_runner().invoke(args=["db", "check"])
    assert result.exit_code == 0, result.output
