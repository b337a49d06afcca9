"""A wrong setting is one Russian line and exit status 2, never a traceback."""

from pathlib import Path

import pytest

from app import create_app, settings
from tests.support import forked

GOOD = {
    "SECRET_KEY": "only for tests, and for nothing else",
    "SGO_TIMEZONE": "Asia/Sakhalin",
    "SQLALCHEMY_DATABASE_URI": "sqlite://",
    "SGO_PROCESSES": "",
}
WRONG = [
    ("SECRET_KEY", "secret", "подобрать"),
    ("SECRET_KEY", "1" * 40, "подобрать"),
    ("SECRET_KEY", "kT9-vM2_xQ7.bN4:zL8;cW3/rJ6=hY5", "подобрать"),
    ("SECRET_KEY", "my-super-Secret-key-of-the-panel-2026", "подобрать"),
    ("SGO_TIMEZONE", "Sakhalin", "пояса"),
    ("SGO_TIMEZONE", "../../etc/passwd", "пояса"),
    ("SGO_PROCESSES", "много", "не число"),
    ("SQLALCHEMY_DATABASE_URI", "panel.db", "непонятен"),
    ("SQLALCHEMY_DATABASE_URI", "postgresql+psycopg://u:p@host:port/x", "непонятен"),
    ("SQLALCHEMY_DATABASE_URI", "mysql://u:secret@host/x", "«mysql»"),
    ("SQLALCHEMY_DATABASE_URI", "oracle2://u:secret@host/x", "«oracle2»"),
    ("SQLALCHEMY_DATABASE_URI", "postgresql+pg8000://u:secret@host/x", "pg8000"),
    ("SQLALCHEMY_DATABASE_URI", "postgresql+psycopg://u:secret@host/x?sslmodus=require", "параметра"),
    ("SQLALCHEMY_DATABASE_URI", "sqlite:///panel.db?foo=1", "у SQLite нет параметра"),
    ("SQLALCHEMY_DATABASE_URI", "sqlite:///panel.db?timeout=soon", "у SQLite нет параметра"),
    ("SQLALCHEMY_DATABASE_URI", "sqlite:////no/such/folder/panel.db", "папки"),
    ("SQLALCHEMY_DATABASE_URI", "sqlite:////tmp", "не файл"),
    ("SQLALCHEMY_DATABASE_URI", f"sqlite:///{Path(__file__)}", "не база SQLite"),
]


@pytest.mark.parametrize(("name", "value", "said"), WRONG)
def test_a_wrong_setting_is_one_line(capsys: pytest.CaptureFixture[str], name: str, value: str, said: str) -> None:
    with pytest.raises(SystemExit) as ended:
        create_app(**GOOD | {name: value})
    words = capsys.readouterr().err
    assert (ended.value.code, words.count("\n"), said in words) == (2, 1, True), words
    assert ":secret@" not in words


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///panel.db?timeout=5",
        "postgresql+psycopg://u:p@host:5432/x?sslmode=require",
    ],
)
def test_what_is_right_is_passed(url: str) -> None:
    assert [check(GOOD | {"SQLALCHEMY_DATABASE_URI": url}) for check in settings.CHECKS] == [None] * len(
        settings.CHECKS
    )


def test_the_flask_command_says_it_too(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    without_key = {"SECRET_KEY": "", "SGO_DEMO": "", "DATABASE_URL": "sqlite://"}
    for environment, said in (
        (without_key, "SECRET_KEY"),
        (
            {"SECRET_KEY": "only for tests, and for nothing else", "SGO_INSTANCE": str(tmp_path / "file")},
            "SGO_INSTANCE",
        ),
    ):
        done = forked.run("-m", "flask", "run", FLASK_APP="app.cli.deferred", **environment)
        assert (done.status, done.stderr.count("\n"), said in done.stderr) == (2, 1, True), done.stderr


def test_a_database_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.db"
    spoilt.write_bytes(b"SQLite format 3\0 and no page after it")
    for url in ("postgresql+psycopg://u:secret@127.0.0.1:1/x", f"sqlite:///{spoilt}"):
        app = create_app(**GOOD | {"SQLALCHEMY_DATABASE_URI": url})
        done = app.test_cli_runner().invoke(args=["db", "upgrade"])
        assert (done.exit_code, done.stderr.count("\n")) == (2, 1), done.stderr
        assert "не отвечает" in done.stderr
        assert app.test_cli_runner().invoke(args=["db", "heads"]).exit_code == 0
