"""Every directory by one measure: whose entries are seen, who keeps them, what stays, and what is shipped."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import inspect

from app.models.directories.journal import MarkScale, ScaleMark, WorkKind
from app.models.directories.study import Subject, SubjectArea
from app.panel import registry
from app.services.directories import shipped
from tests.support.locks import pressed

SCHOOL, NEAR = "65001", "65002"
ADMINISTRATOR = f"administrator.{SCHOOL}"
READERS = tuple(f"{role}.{SCHOOL}" for role in ("director", "deputy", "secretary", "hr", "teacher"))
STRANGERS = tuple(f"{role}.{SCHOOL}" for role in ("psychologist", "technical", "medical", "student", "parent"))
TYPED = {"letters": "ЯЯ", "capacity": "25", "weight": "1,5", "sort_order": "7", "abbreviation": "сокр."}


def views() -> list[Any]:
    return [registry.main_view(model) for model in shipped.directories()]


@pytest.fixture
def entries(session: Any, world: Any) -> dict[str, dict[str, int]]:
    """In every directory an entry of the region, of the own school and of another."""
    made = {}
    for model in shipped.directories():
        more = {"letters": "Я"} if "letters" in inspect(model).columns else {}
        own = {code: model(title=f"Запись {code}", school_id=world.schools[code], **more) for code in (SCHOOL, NEAR)}
        if not model.__of_schools__:
            own["region"] = model(title="Запись региона", **more)
        session.add_all(own.values())
        session.flush()
        made[model.__tablename__] = {name: entry.id for name, entry in own.items()}
    session.commit()
    return made


def test_a_school_sees_its_own_and_the_regions(sign_in: Any, entries: Any) -> None:
    for login in (ADMINISTRATOR, *READERS):
        client = sign_in(login)
        for view in views():
            page = client.get(f"/{view.route}/list/")
            assert page.status_code == 200, view.route
            assert f"Запись {SCHOOL}" in page.text
            assert ("Запись региона" in page.text) is not view.model.__of_schools__
            assert f"Запись {NEAR}" not in page.text
            assert client.get(f"/{view.route}/show/{entries[view.model.__tablename__][NEAR]}").status_code == 404


@pytest.mark.parametrize("login", STRANGERS)
def test_who_has_no_right_opens_none(sign_in: Any, entries: Any, login: str) -> None:
    client = sign_in(login)
    assert {client.get(f"/{view.route}/list/").status_code for view in views()} == {403}


def test_the_administrator_keeps_the_schools_own(sign_in: Any, session: Any, entries: Any, world: Any) -> None:
    client = sign_in(ADMINISTRATOR)
    for view in views():
        data = {"title": "Новая запись"} | {
            name: value for name, value in TYPED.items() if name in view.model.__fields__
        }
        added = client.post(f"/{view.route}/add", data=data)
        assert added.status_code == 302, (view.route, added.text)
        made = session.query(view.model).filter_by(title="Новая запись").one()
        assert made.school_id == world.schools[SCHOOL]
        changed = data | {"title": "Иная запись", "closed_on": "2026-02-02", "version": "1"}
        assert client.post(f"/{view.route}/edit/{made.id}", data=changed).status_code == 302
        session.expire_all()
        assert (made.title, str(made.closed_on)) == ("Иная запись", "2026-02-02")
        assert "Иная запись" not in str(client.get(f"/{view.route}/lookup").json)
        assert pressed(client, f"/{view.route}/delete/{made.id}").status_code == 302
        foreign = entries[view.model.__tablename__][NEAR]
        assert client.post(f"/{view.route}/edit/{foreign}", data=data | {"version": "1"}).status_code == 404


@pytest.mark.parametrize("login", READERS)
def test_nobody_else_keeps_any(sign_in: Any, session: Any, entries: Any, login: str) -> None:
    client = sign_in(login)
    for view in views():
        own = entries[view.model.__tablename__][SCHOOL]
        assert client.get(f"/{view.route}/add").status_code == 403
        assert client.post(f"/{view.route}/edit/{own}", data={"title": "Чужое", "version": "1"}).status_code == 403
        assert pressed(client, f"/{view.route}/delete/{own}").status_code == 403


def test_the_region_has_no_rooms(sign_in: Any, entries: Any) -> None:
    client = sign_in("operator")
    for view in views():
        offered = f"/{view.route}/add" in client.get(f"/{view.route}/list/").text
        assert offered is not view.model.__of_schools__, view.route
        refused = client.post(f"/{view.route}/add", data={"title": "Ничья"}) if view.model.__of_schools__ else None
        assert refused is None or refused.status_code == 403


def test_a_used_value_stays(sign_in: Any, session: Any, entries: Any, world: Any) -> None:
    area = session.get(SubjectArea, entries["subject_area"][SCHOOL])
    session.add(Subject(title="Астрономия", area_id=area.id, school_id=world.schools[SCHOOL]))
    session.commit()
    refused = pressed(sign_in(ADMINISTRATOR), f"/subject_areas/delete/{area.id}")
    assert refused.status_code == 409
    assert "зависят" in refused.text


def test_the_area_of_another_school_is_refused(sign_in: Any, session: Any, entries: Any) -> None:
    client = sign_in(ADMINISTRATOR)
    for area, wanted in ((entries["subject_area"][NEAR], 422), (entries["subject_area"]["region"], 302)):
        assert client.post("/subjects/add", data={"title": "Астрономия", "area": area}).status_code == wanted
    assert session.query(Subject).filter_by(title="Астрономия").one().area.title == "Запись региона"


@pytest.mark.parametrize(
    ("route", "data", "words"),
    [
        ("work_kinds", {"weight": "0"}, "Вес работы – больше нуля."),
        ("work_kinds", {"weight": "много"}, "Ожидается"),
        ("rooms", {"capacity": "-3"}, "Мест в кабинете – больше нуля."),
        ("absence_codes", {"letters": ""}, "Код"),
    ],
)
def test_bad_fields_are_told(sign_in: Any, route: str, data: dict[str, str], words: str) -> None:
    refused = sign_in(ADMINISTRATOR).post(f"/{route}/add", data={"title": "Негодная", **data})
    assert refused.status_code in (409, 422)
    assert words in refused.text
    assert "Негодная" in refused.text, "what was typed is lost"


def test_a_scale_is_kept_with_its_marks(sign_in: Any, session: Any, world: Any) -> None:
    client = sign_in(ADMINISTRATOR)
    rows = {"marks-0-mark": "A", "marks-0-value": "4,5", "marks-1-mark": "B", "marks-1-meaning": "хуже"}
    added = client.post("/mark_scales/add", data={"title": "Буквенная", **rows})
    assert added.status_code == 302, added.text
    made = session.query(MarkScale).filter_by(title="Буквенная").one()
    school = world.schools[SCHOOL]
    assert [(each.mark, each.value, each.school_id) for each in made.marks] == [
        ("A", Decimal("4.50"), school),
        ("B", None, school),
    ]
    assert pressed(client, f"/mark_scales/delete/{made.id}").status_code == 302
    session.expire_all()
    assert session.query(ScaleMark).count() == 0


def test_what_is_shipped_comes_with_its_fields(app: Any, session: Any, sign_in: Any, world: Any) -> None:
    app.test_cli_runner().invoke(args=["directories", "load"])
    scale = session.query(MarkScale).filter_by(code="five").one()
    assert [each.mark for each in scale.marks] == ["5", "4", "3", "2"]
    kinds = session.query(WorkKind).order_by(WorkKind.sort_order).all()
    assert len(kinds) == 27
    assert not any(kind.weight for kind in kinds)
    client = sign_in(ADMINISTRATOR)
    page = client.get(f"/mark_scales/show/{scale.id}").text
    assert "Пятибалльная" in page
    assert "Изменить" not in page
    assert "зачёт" in client.get("/scale_marks/list/").text
