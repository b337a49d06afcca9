"""Values that hold from a day to a day: one at a time, whoever writes and however many at once, on both databases."""

import re
import shutil
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask_migrate import upgrade
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.extensions import db
from app.models.base import Record
from app.models.dated import Dated, holding_on
from app.models.schools import School, SchoolSettings
from app.models.territory import Municipality, MunicipalityCode
from app.security.actor import SYSTEM
from app.security.guard import acting
from tests.panel.reading import body

ROOT = Path(__file__).parents[2]
FIRST = date(2014, 1, 1)
"""From when the code of the small world's municipality holds."""


def municipality_id() -> int:
    return db.session.scalar(select(Municipality.id).order_by(Municipality.id))


@pytest.fixture
def operator(sign_in: Any) -> Any:
    return sign_in("operator")


def add(client: Any, key: int, since: str, until: str = "") -> Any:
    data = {"municipality": key, "oktmo": "64999000", "valid_from": since, "valid_to": until}
    return client.post("/municipality_codes/add", data=data)


def test_a_period_that_meets_another_is_refused_at_its_field(app: Any, operator: Any) -> None:
    with app.app_context(), acting(db.session, SYSTEM):
        key = municipality_id()
    answer = add(operator, key, "2020-01-01")
    assert answer.status_code == 422
    assert "В эти дни уже действует другая такая запись" in body(answer)
    assert "64999000" in body(answer), "what was typed is still there"


@pytest.mark.parametrize(
    ("until", "saved"), [(date(2013, 12, 30), True), (date(2013, 12, 31), True), (FIRST, False)], ids=str
)
def test_the_last_day_belongs_to_the_period(app: Any, operator: Any, until: date, saved: bool) -> None:
    """The day before the next period may still be held, its first day may not."""
    with app.app_context(), acting(db.session, SYSTEM):
        key = municipality_id()
    assert (add(operator, key, "2010-01-01", until.isoformat()).status_code == 302) is saved


def test_a_change_of_dates_is_held_too(app: Any, operator: Any) -> None:
    with app.app_context(), acting(db.session, SYSTEM):
        key = municipality_id()
    add(operator, key, "2010-01-01", "2013-12-31")
    with app.app_context(), acting(db.session, SYSTEM):
        code = db.session.scalar(select(MunicipalityCode).where(MunicipalityCode.oktmo == "64999000"))
        code.valid_to = FIRST
        with pytest.raises(DBAPIError):
            db.session.commit()
        db.session.rollback()


@pytest.mark.parametrize("model", [MunicipalityCode, SchoolSettings])
def test_of_two_at_once_one_is_saved(app: Any, model: Any) -> None:
    (column,) = model.__one_of__
    with app.app_context(), acting(db.session, SYSTEM):
        key = municipality_id() if model is MunicipalityCode else db.session.scalar(select(func.min(School.id)))
        db.session.execute(text("DELETE FROM grade_week"))
        db.session.execute(text(f"DELETE FROM {model.__tablename__} WHERE {column} = :key"), {"key": key})  # noqa: S608
        db.session.commit()
    together, outcomes = threading.Barrier(2), []

    def write(number: int) -> None:
        with app.app_context(), acting(db.session, SYSTEM):
            more = {"oktmo": f"6499900{number}"} if model is MunicipalityCode else {"work_week": 4 + number}
            db.session.add(model(**{column: key}, **more, valid_from=date(2020, 1, 1)))
            together.wait()
            try:
                db.session.commit()
                outcomes.append("saved")
            except DBAPIError:
                db.session.rollback()
                outcomes.append("refused")

    threads = [threading.Thread(target=write, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with app.app_context(), acting(db.session, SYSTEM):
        holding = select(func.count()).where(holding_on(model, date(2026, 1, 1)))
        assert db.session.scalar(holding.where(getattr(model, column) == key)) == 1
    assert sorted(outcomes) == ["refused", "saved"]


def test_triggers_survive_a_table_made_anew(app: Any, tmp_path: Path) -> None:
    """A later script alters the table by batch: SQLite drops the old table and its triggers with it."""
    scripts = tmp_path / "migrations"
    shutil.copytree(ROOT / "migrations", scripts, ignore=shutil.ignore_patterns("__pycache__"))
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL alters in place")
        head = db.session.scalar(text("SELECT version_num FROM alembic_version"))
        db.session.rollback()
        (scripts / "versions" / "later.py").write_text(
            f"from alembic import op\nrevision, down_revision = 'later', '{head}'\n"
            "def upgrade():\n"
            "    with op.batch_alter_table('municipality_code', recreate='always'):\n        pass\n"
        )
        before = triggers()
        upgrade(directory=str(scripts))
        assert triggers() == before


def triggers() -> list[str]:
    found = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'municipality_code' ORDER BY name"
    with db.engine.connect() as connection:
        return [row[0] for row in connection.execute(text(found))]


def test_every_dated_table_has_its_constraint(app: Any) -> None:
    """A model that says `Dated` and forgets the migration is seen here."""
    with app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            held = connection.execute(text("SELECT sql FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        else:
            held = connection.execute(text("SELECT conname FROM pg_constraint WHERE contype = 'x'")).scalars().all()
        for model in (mapper.class_ for mapper in Record.registry.mappers if issubclass(mapper.class_, Dated)):
            assert model.__one_of__, model
            assert any(re.search(rf"\bex_{model.__tablename__}_period", each) for each in held), model


def rows(page: str, column: str) -> list[str]:
    return re.findall(rf'data-label="{column}"><span>([^<]*)', page)


def test_a_list_and_a_card_are_asked_about_a_day(app: Any, world: Any, operator: Any) -> None:
    """Which of the settings held on a day: in the list, on the school's card; each record says whether it holds."""
    school = world.schools["65001"]
    with app.app_context(), acting(db.session, SYSTEM):
        first = db.session.scalar(select(SchoolSettings).where(SchoolSettings.school_id == school))
        first.valid_to = date(2025, 8, 31)
        later = SchoolSettings(school_id=school, work_week=6, valid_from=date(2025, 9, 1))
        db.session.add(later)
        db.session.commit()
        keys = first.id, later.id
    for day, week in (("2025-08-31", "5"), ("2025-09-01", "6"), ("2014-12-31", None)):
        page = body(operator.get(f"/settings/list/?school={school}&on={day}"))
        assert rows(page, "Рабочая неделя, дней") == ([week] if week else []), day
        card = body(operator.get(f"/schools/show/{school}?on={day}"))
        assert rows(card, "Рабочая неделя, дней") == ([week] if week else []), day
        assert f'name="on" value="{day}"' in card
    assert sorted(rows(body(operator.get(f"/schools/show/{school}")), "Рабочая неделя, дней")) == ["5", "6"]
    assert "Действует на дату" in body(operator.get("/municipality_codes/list/"))
    assert "Действует на дату" not in body(operator.get("/schools/list/"))
    past, now = (body(operator.get(f"/settings/show/{key}")) for key in keys)
    assert "действовало по 31.08.2025" in past
    assert "действует</span>" in now
    for address in ("/settings/list/?on=31.02.2026", f"/schools/show/{school}?on=junk"):
        assert operator.get(address).status_code == 400


def test_settings_that_meet_others_are_refused(world: Any, sign_in: Any) -> None:
    """May: the school's Administrator sets the next period; may not: two weeks on one day, or the director."""
    data = {"work_week": "6", "time_zone": "Asia/Sakhalin", "valid_from": "2026-09-01"}
    administrator = sign_in("administrator.65001")
    assert "В эти дни уже действует другая такая запись" in body(administrator.post("/settings/add", data=data))
    key = world.rows["school_settings"]["65001"]
    until = data | {"work_week": "5", "valid_from": "2015-01-01", "valid_to": "2026-08-31", "version": "1"}
    assert administrator.post(f"/settings/edit/{key}", data=until).status_code == 302
    assert sign_in("director.65001").post("/settings/add", data=data).status_code == 403
    assert administrator.post("/settings/add", data=data).status_code == 302
