"""Positions shared by the region and its schools: who sees, changes and chooses which, by every way in."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.models.directories.people import Position
from app.models.engine.audit import AuditEvent
from app.models.people import Employee
from app.models.shared import is_shared
from app.security.resources import RESOURCES
from app.services.directories import shipped
from tests.support.locks import confirmed, pressed

SCHOOL, NEAR = "65001", "65002"
ADMINISTRATOR, HR = f"administrator.{SCHOOL}", f"hr.{SCHOOL}"


@pytest.fixture
def region(session: Any) -> dict[str, int]:
    """Entries of the region: one open, one closed."""
    made = {"open": Position(title="Тьютор", code="tutor"), "closed": Position(title="Логопед", code="speech")}
    made["closed"].closed_on = date(2026, 1, 12)
    session.add_all(made.values())
    session.commit()
    return {name: entry.id for name, entry in made.items()}


@pytest.fixture
def foreign(session: Any, world: Any) -> int:
    """Another school's own position."""
    return session.query(Position).filter_by(school_id=world.schools[NEAR]).one().id


def looked_up(client: Any, **arguments: Any) -> list[str]:
    found = client.get("/positions/lookup", query_string=arguments).json["results"]
    return [each["text"] for each in found]


def person(**values: Any) -> dict[str, Any]:
    return {"last_name": "Новиков", "first_name": "Ян", "hired_on": "2026-01-12", **values}


# Reading and choosing.


def test_a_school_sees_the_regions_entries_beside_its_own(sign_in: Any, region: Any, session: Any, world: Any) -> None:
    session.get(Position, world.rows["position"][NEAR]).title = "Чужая"
    session.commit()
    page = sign_in(ADMINISTRATOR).get("/positions/list/").text
    for shown in ("Тьютор", "Учитель", "Логопед", "12.01.2026", "региона"):
        assert shown in page
    assert "Чужая" not in page
    for login in ("regional", "operator"):
        assert "Чужая" in sign_in(login).get("/positions/list/").text


def test_a_picker_offers_the_open_ones_of_both(sign_in: Any, region: Any, world: Any) -> None:
    hr = sign_in(HR)
    assert looked_up(hr) == ["Тьютор", "Учитель"]
    assert looked_up(hr, school_id=world.schools[SCHOOL]) == ["Тьютор", "Учитель"]
    assert looked_up(hr, closed=1) == ["Логопед", "Тьютор", "Учитель"]


def test_a_record_keeps_showing_its_closed_value(sign_in: Any, region: Any, session: Any, world: Any) -> None:
    hr, employee = sign_in(HR), session.get(Employee, world.employees[(SCHOOL, "teacher")])
    employee.position_id = region["closed"]
    session.commit()
    assert "Логопед" in hr.get(f"/employees/show/{employee.id}").text
    assert employee.last_name in hr.get(f"/employees/list/?position={region['closed']}").text
    form = person(last_name="Сотрудников", position=region["closed"], phone="+7 914 123-45-67")
    saved = hr.post(f"/employees/edit/{employee.id}", data=form | {"version": employee.version})
    assert saved.status_code == 302, saved.text
    session.expire_all()
    assert (employee.position_id, employee.phone) == (region["closed"], "+7 914 123-45-67")


def test_the_regions_entry_is_chosen_in_a_form(sign_in: Any, region: Any, session: Any) -> None:
    added = sign_in(HR).post("/employees/add", data=person(position=region["open"]))
    assert added.status_code == 302
    assert session.query(Employee).filter_by(last_name="Новиков").one().position.title == "Тьютор"


def test_what_may_not_be_chosen_is_refused_with_words(sign_in: Any, region: Any, foreign: int, session: Any) -> None:
    hr = sign_in(HR)
    closed = hr.post("/employees/add", data=person(position=region["closed"]))
    assert closed.status_code == 422
    assert "«Логопед» – закрыта с 12.01.2026. Выберите другое значение." in closed.text
    forged = hr.post("/employees/add", data=person(position=foreign))
    assert forged.status_code == 422
    assert "Такой записи нет или она недоступна" in forged.text
    assert session.query(Employee).filter_by(last_name="Новиков").count() == 0


def test_bulk_work_refuses_the_same(sign_in: Any, region: Any, foreign: int, session: Any, world: Any) -> None:
    hr, key = sign_in(HR), world.employees[(SCHOOL, "teacher")]
    data = {"action": "set:position", "rowid": [key], "asked": "1", "confirmed": "1"}
    for wrong in (region["closed"], foreign):
        assert hr.post("/employees/bulk", data=data | {"position": wrong}).status_code == 422
    assert "Выполнено: 1 из 1" in confirmed(hr, "/employees/bulk", data=data | {"position": region["open"]}).text
    session.expire_all()
    assert session.get(Employee, key).position_id == region["open"]


# Keeping.


@pytest.mark.parametrize("login", [ADMINISTRATOR, HR, "regional", f"deputy.{SCHOOL}"])
def test_nobody_but_the_operator_changes_the_regions(sign_in: Any, region: Any, session: Any, login: str) -> None:
    client, key = sign_in(login), region["open"]
    assert client.get(f"/positions/show/{key}").status_code == 200
    assert "Изменить" not in client.get(f"/positions/show/{key}").text
    changed = client.post(f"/positions/edit/{key}", data={"title": "Чтец", "version": 1})
    gone = pressed(client, f"/positions/delete/{key}")
    wanted = 404 if login == ADMINISTRATOR else 403
    assert (changed.status_code, gone.status_code) == (wanted, wanted)
    session.expire_all()
    assert session.get(Position, key).title == "Тьютор"


def test_an_administrator_keeps_the_schools_own(sign_in: Any, region: Any, session: Any, world: Any) -> None:
    client = sign_in(ADMINISTRATOR)
    added = client.post("/positions/add", data={"title": "Дворник"})
    assert added.status_code == 302
    own = session.query(Position).filter_by(title="Дворник").one()
    assert own.school_id == world.schools[SCHOOL]
    data = {"title": "Дворник", "closed_on": "2026-02-02", "version": 1}
    assert client.post(f"/positions/edit/{own.id}", data=data).status_code == 302
    assert "Дворник" not in looked_up(client)
    assert pressed(client, f"/positions/delete/{own.id}").status_code == 302


def test_the_operator_keeps_the_regions(sign_in: Any, region: Any, session: Any, foreign: int) -> None:
    client = sign_in("operator")
    assert 'name="school"' not in client.get("/positions/add").text
    assert client.post("/positions/add", data={"title": "Методист"}).status_code == 302
    made = session.query(Position).filter_by(title="Методист").one()
    assert made.school_id is None
    assert client.post(f"/positions/edit/{made.id}", data={"title": "Методист УО", "version": 1}).status_code == 302
    assert client.post(f"/positions/edit/{foreign}", data={"title": "Чужая", "version": 1}).status_code == 404
    assert pressed(client, f"/positions/delete/{made.id}").status_code == 302
    told = [event.school_id for event in session.query(AuditEvent).filter_by(entity="position", record_id=made.id)]
    assert told == [None] * len(told) != []


def test_a_name_of_the_region_is_refused_to_a_school(sign_in: Any, region: Any, session: Any) -> None:
    client = sign_in(ADMINISTRATOR)
    for title, words in (
        ("тьютор", "Такая запись уже есть в справочнике региона: «Тьютор». Выбирайте её, своя не нужна."),
        ("Логопед", "«Логопед» (закрыта с 12.01.2026)"),
        ("УЧИТЕЛЬ", "Такая запись уже есть: «Учитель»."),
    ):
        refused = client.post("/positions/add", data={"title": title})
        assert refused.status_code == 422
        assert words in refused.text
    assert "Такая запись уже есть" in sign_in("operator").post("/positions/add", data={"title": "ТЬЮТОР"}).text


def test_a_used_value_and_a_shipped_one_stay(sign_in: Any, region: Any, session: Any, world: Any) -> None:
    session.get(Employee, world.employees[(SCHOOL, "teacher")]).position_id = region["open"]
    session.commit()
    client = sign_in("operator")
    refused = pressed(client, f"/positions/delete/{region['open']}")
    assert refused.status_code == 409
    refused = pressed(client, f"/positions/delete/{region['closed']}")
    assert refused.status_code == 409
    assert "поставляется с программой и не удаляется" in refused.text


# The shipped entries.


def test_loading_is_done_once_and_tells_the_twins(app: Any, session: Any, world: Any) -> None:
    run = app.test_cli_runner().invoke
    first = run(args=["directories", "load"])
    number = len(shipped.entries_of("position"))
    assert f"Должности: добавлено {number}." in first.output
    assert "МБОУ СОШ № 1 г. Холмска: Учитель" in first.output
    renamed = session.query(Position).filter_by(code="tutor").one()
    renamed.title, renamed.closed_on = "Тьютор (ассистент)", date(2026, 2, 2)
    session.commit()
    assert "Должности: добавлено 0." in run(args=["directories", "load"]).output
    assert session.query(Position).filter(Position.school_id.is_(None)).count() == number


# The database itself.


def test_the_database_holds_reach_name_and_owner(session: Any, region: Any, foreign: int, world: Any) -> None:
    numbers = {"employee": world.employees[(SCHOOL, "teacher")], "foreign": foreign}
    numbers |= {"region": region["open"], "school": world.schools[SCHOOL]}
    wrong = (
        "UPDATE employee SET position_id = :foreign WHERE id = :employee",
        "UPDATE position SET school_id = NULL WHERE id = :foreign",
        "UPDATE position SET search_text = 'тьютор' WHERE id = :foreign",
        "UPDATE position SET school_id = :school WHERE id = :region",
    )
    for statement in wrong:
        with pytest.raises(IntegrityError, match="sd_"), db.engine.begin() as connection:
            connection.execute(text(statement), numbers)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE employee SET position_id = :region WHERE id = :employee"), numbers)


def test_every_reference_to_a_shared_directory_is_held(session: Any) -> None:
    """A composite key cannot hold it: a NULL of the region passes every foreign key."""
    names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if db.engine.dialect.name == "postgresql":
        names = "SELECT tgname FROM pg_trigger"
    held = " ".join(session.scalars(text(names)))
    for model in RESOURCES:
        for relation in inspect(model).relationships:
            if relation.direction.name == "MANYTOONE" and is_shared(relation.mapper.class_):
                key = next(iter(relation.local_columns)).name
                assert f"sd_{model.__tablename__}_{key}_reach" in held
