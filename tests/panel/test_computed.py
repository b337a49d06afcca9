"""Computed columns: shown, filtered, sorted, exported; what they count is what the reader sees; a wrong one is told."""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import String, cast, func, select

from app.models import kinds
from app.models.computed import computed
from app.models.people import Pupil
from app.models.study import SchoolClass
from app.panel import declared
from tests.panel.reading import body, rows_of, sheet
from tests.panel.test_lists import add_pupils
from tests.panel.test_paging import walk

SCHOOL = "65001"


@pytest.fixture
def deputy(sign_in: Any) -> Any:
    return sign_in(f"deputy.{SCHOOL}")


def column(client: Any, address: str, title: str) -> dict[str, str]:
    """A column of an export, by the first one."""
    heads, *rows = sheet(client.get(address))
    return {row[0]: row[heads.index(title)] for row in rows}


def test_an_age_is_counted_for_the_clocks_today(deputy: Any, session: Any, world: Any, monkeypatch: Any) -> None:
    """The day of the birthday counts; the day before does not. The day is the program's, not the database's."""
    pupil = session.get(Pupil, world.pupils[(SCHOOL, "Ким")])
    for day, age in (("2026-04-10", 16), ("2026-04-11", 17), ("2027-04-10", 17), ("2026-12-31", 17)):
        counted = select(Pupil.age.on(Pupil, date.fromisoformat(day))).where(Pupil.id == pupil.id)
        assert session.scalar(counted) == age
    found = rows_of(deputy.get("/pupils/list/?age_from=16&cols=age&order=-age"))
    assert [name.split()[0] for name in found[:1]] == ["Вдовина"]
    assert "Возраст, лет" in body(deputy.get(f"/pupils/show/{pupil.id}"))


def test_pupils_of_a_class_are_shown_sorted_and_filtered(deputy: Any, world: Any) -> None:
    year = world.years[(SCHOOL, 2025)]
    here = f"academic_year={year}"
    page = body(deputy.get(f"/classes/list/?{here}"))
    counts = re.findall(r'data-label="Обучающихся"><span>(\d+)</span>', page)
    assert (len(counts), counts.count("2"), counts.count("1"), counts.count("0")) == (22, 1, 5, 16)
    assert rows_of(deputy.get(f"/classes/list/?{here}&pupils_now_from=2")) == ["5\u00a0«А»"]
    assert len(rows_of(deputy.get(f"/classes/list/?{here}&pupils_now_from=1&pupils_now_to=1"))) == 5
    assert rows_of(deputy.get(f"/classes/list/?{here}&order=-pupils_now"))[0] == "5\u00a0«А»"
    assert deputy.get("/classes/list/?pupils_now_from=x").status_code == 400


def test_an_age_is_exported(sign_in: Any) -> None:
    ages = column(sign_in(f"secretary.{SCHOOL}"), "/pupils/export?cols=age&age_from=5", "Возраст, лет")
    assert len(ages) == 7
    assert int(ages["Ким Александр"]) - int(ages["Попов Егор"]) == 8


def test_paging_by_a_computed_column_holds_every_row_once(deputy: Any, session: Any, world: Any) -> None:
    for order in ("pupils_now", "-pupils_now"):
        forth = walk(deputy, f"/classes/list/?order={order}&cols=pupils_now")
        keys = re.findall(r'data-href="/classes/show/(\d+)', body(deputy.get(f"/classes/list/?order={order}&size=100")))
        assert sum(map(len, forth)) == len(set(keys)) == 66
        assert walk(deputy, f"/classes/list/?order={order}&page=3", "назад") == forth[::-1]


def test_only_rows_that_the_reader_sees_are_counted(sign_in: Any, session: Any, world: Any) -> None:
    """A parent sees one pupil of the class: a number of his would be a part of the truth, so he is told none."""
    here = f"academic_year={world.years[(SCHOOL, 2025)]}"
    for role in ("parent", "teacher", "student"):
        reader = sign_in(f"{role}.{SCHOOL}")
        page = reader.get(f"/classes/list/?{here}")
        if page.status_code != 200:
            continue
        assert "Обучающихся" not in body(page)
        assert reader.get("/classes/list/?order=pupils_now").status_code == 400
        assert reader.get("/classes/list/?pupils_now_from=1").status_code == 400


def test_the_guard_narrows_what_is_counted(app: Any, world: Any) -> None:
    from app.extensions import db
    from app.models.accounts import Account
    from app.security.access import actor_for
    from app.security.actor import SYSTEM
    from app.security.guard import acting

    key = world.classes[(SCHOOL, 2025, "5А")]
    with app.app_context():
        with acting(db.session, SYSTEM):
            mother = db.session.get(Account, world.account(f"parent.{SCHOOL}"))
            actor = actor_for(db.session, mother, date(2026, 3, 2))
            counted = select(SchoolClass.pupils_now.on(SchoolClass, actor.today)).where(SchoolClass.id == key)
            assert db.session.scalar(counted) == 2
        with acting(db.session, actor):
            assert db.session.scalar(counted) == 1


def test_one_query_more_however_many_rows(deputy: Any, session: Any, world: Any, count_queries: list[str]) -> None:
    def queries(address: str) -> int:
        count_queries.clear()
        assert deputy.get(address).status_code == 200
        return len(count_queries)

    plain = queries("/pupils/list/?cols=birth_date")
    assert queries("/pupils/list/?cols=age") == plain + 1
    assert queries("/pupils/list/?cols=age&cols=status") == plain + 1, "one for all that is computed"
    add_pupils(session, world, 60)
    assert queries("/pupils/list/?cols=age&size=100") == plain + 1


def codes() -> list[str]:
    return [each[0] for each in declared.computed_columns()]


def test_sgo070_an_expression_of_another_kind(monkeypatch: pytest.MonkeyPatch, app: Any) -> None:
    wrong = computed("Возраст", kinds.INTEGER, lambda m, today: cast(m.birth_date, String(10)))
    assert codes() == []
    monkeypatch.setattr(Pupil, "wrong", wrong, raising=False)
    assert codes() == ["SGO070"]


def test_sgo071_a_count_past_the_guard_has_a_name(monkeypatch: pytest.MonkeyPatch, app: Any) -> None:
    pupil = Pupil.__table__

    def bare(m: Any, today: date) -> Any:
        return select(func.count()).select_from(pupil).where(pupil.c.school_id == m.school_id).scalar_subquery()

    for system, found in (("", ["SGO071"]), ("число обучающихся класса", [])):
        wrong = computed("Всего", kinds.INTEGER, bare, over=lambda: (Pupil,), system=system)
        monkeypatch.setattr(SchoolClass, "wrong", wrong, raising=False)
        assert codes() == found
    counted = SchoolClass.pupils_now
    wrong = computed("Всего", kinds.INTEGER, counted.make, past=counted.past)
    monkeypatch.setattr(SchoolClass, "wrong", wrong, raising=False)
    assert codes() == ["SGO071"], "over names whose rows are read"
