"""Cards and their forms: what is shown, what is refused, what survives (1.7, security.md).

Clauses 2.1, 3.3.3.2, 3.3.4.2.
"""

from typing import Any

import pytest

from app.models.engine.audit import AuditAction, AuditEvent
from app.models.people import Employee, Guardianship, Pupil
from app.models.schools import School
from tests.panel.reading import body
from tests.support.locks import pressed

SCHOOL = "65001"
PUPIL = {"last_name": "Новых", "first_name": "Олег", "birth_date": "2015-02-03"}


@pytest.fixture
def secretary(sign_in: Any) -> Any:
    return sign_in(f"secretary.{SCHOOL}")


def test_a_card_is_added_in_its_stored_form(secretary: Any, session: Any, world: Any) -> None:
    typed = {
        "snils": "11223344595",
        "phone": "8 914 123 45 67",
        "birth_certificate": "1ФС 512345",
        "last_name": " новых ",
    }
    response = secretary.post("/pupils/add", data=PUPIL | typed)

    assert response.status_code == 302, body(response)
    pupil = session.query(Pupil).filter_by(snils="112-233-445 95").one()
    assert (pupil.last_name, pupil.phone) == ("Новых", "+7 914 123-45-67")
    assert pupil.birth_certificate == "I-ФС № 512345"
    assert pupil.school_id == world.schools[SCHOOL]
    assert pupil.entered_by == "Сотрудников Галина"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("snils", "112-233-445 96", "контрольн"),
        ("snils", "12", "СНИЛС"),
        ("phone", "позвоните", "елефон"),
        ("birth_certificate", "512345", "свидетельство"),
        ("birth_date", "2099-01-01", "не наступила"),
        ("birth_date", "31.02.2015", "не дата"),
        ("last_name", "", "Заполните поле"),
        ("last_name", "Ив4нов", "букв"),
        ("sex", "unknown", "Такого значения нет"),
        ("email", "нет", "почт"),
    ],
)
def test_a_wrong_value_is_told_at_its_field(secretary: Any, session: Any, field: str, value: str, message: str) -> None:
    before = session.query(Pupil).count()
    response = secretary.post("/pupils/add", data=PUPIL | {"address": "ул. Морская, 7", field: value})

    assert response.status_code == 422
    assert message.lower() in body(response).lower()
    assert "ул. Морская, 7" in body(response), "what was typed is still there"
    assert session.query(Pupil).count() == before


def test_the_same_snils_twice(secretary: Any, session: Any) -> None:
    secretary.post("/pupils/add", data=PUPIL | {"snils": "112-233-445 95"})
    response = secretary.post("/pupils/add", data=PUPIL | {"first_name": "Другой", "snils": "112-233-445 95"})
    assert response.status_code == 422
    assert "СНИЛС занят карточкой «" in body(response)
    assert 'value="Другой"' in body(response)


def edit(client: Any, world: Any, version: int, **typed: str) -> Any:
    pk = world.pupils[(SCHOOL, "Иванов")]
    form = {"last_name": "Иванов", "first_name": "Пётр", "birth_date": "2013-04-11", "version": version}
    return client.post(f"/pupils/edit/{pk}", data=form | typed)


def test_two_people_saving_one_card(secretary: Any, sign_in: Any, session: Any, world: Any) -> None:
    assert edit(secretary, world, 1, address="ул. Первая").status_code == 302
    second = edit(sign_in(f"secretary.{SCHOOL}"), world, 1, address="ул. Вторая")

    assert second.status_code == 409
    assert "ул. Первая" in body(second)
    assert "ул. Вторая" in body(second)
    assert 'name="version"' in body(second)
    assert session.get(Pupil, world.pupils[(SCHOOL, "Иванов")]).address == "ул. Первая"
    session.rollback()
    assert edit(secretary, world, 2, address="ул. Вторая").status_code == 302


def test_the_history_tells_old_and_new(secretary: Any, session: Any, world: Any) -> None:
    edit(secretary, world, 1, address="ул. Первая")
    edit(secretary, world, 2, address="ул. Вторая")

    page = body(secretary.get(f"/pupils/show/{world.pupils[(SCHOOL, 'Иванов')]}"))
    assert "<del>ул. Первая</del>" in page
    assert "<ins>ул. Вторая</ins>" in page
    event = session.query(AuditEvent).filter_by(action=AuditAction.CHANGE).order_by(AuditEvent.id.desc()).first()
    assert event.changes == {"address": ["ул. Первая", "ул. Вторая"]}


def test_a_card_shows_class_parents_and_orders(secretary: Any, world: Any) -> None:
    page = body(secretary.get(f"/pupils/show/{world.pupils[(SCHOOL, 'Сергеева')]}"))
    for text in ("5\u00a0«А»", "Сергеева Ольга", "мать", "обучается", "Движение и сроки"):
        assert text in page


def test_what_others_depend_on_is_not_deleted(sign_in: Any, session: Any, world: Any) -> None:
    teacher, client = world.employees[(SCHOOL, "teacher")], sign_in(f"hr.{SCHOOL}")
    question = body(client.get(f"/employees/delete/{teacher}"))
    response = pressed(client, f"/employees/delete/{teacher}")

    assert "классы – 1 запись" in question
    assert response.status_code == 409
    assert session.get(Employee, teacher) is not None


def test_a_free_record_is_deleted_and_the_trail_knows(sign_in: Any, session: Any, world: Any) -> None:
    client = sign_in(f"hr.{SCHOOL}")
    added = client.post("/employees/add", data={"last_name": "Лишний", "first_name": "Лев", "hired_on": "2026-01-12"})
    pk = int(added.location.rsplit("/", 1)[1])

    assert pressed(client, f"/employees/delete/{pk}").status_code == 302
    assert session.get(Employee, pk) is None
    trail = session.query(AuditEvent).filter_by(entity="employee", record_id=pk).order_by(AuditEvent.id).all()
    assert [event.action for event in trail] == [AuditAction.CREATE, AuditAction.DELETE]


def test_a_new_record_opened_from_a_card_knows_whose_it_is(secretary: Any, session: Any, world: Any) -> None:
    child = world.pupils[(SCHOOL, "Иванов")]
    assert "Иванов Пётр" in body(secretary.get(f"/guardianships/add?pupil={child}"))
    data = {"pupil": child, "parent": world.parents[SCHOOL], "relation": "guardian"}
    assert secretary.post("/guardianships/add", data=data).status_code == 302
    assert session.query(Guardianship).filter_by(pupil_id=child).one().school_id == world.schools[SCHOOL]


def test_unknown_numbers_are_not_found(secretary: Any) -> None:
    for pk in ("0", "999999", "abc", "-1", "1;drop", "99999999999999999999"):
        assert secretary.get(f"/pupils/show/{pk}").status_code == 404


def test_a_school_gets_its_settings(sign_in: Any, session: Any, world: Any) -> None:
    data = {
        "municipality": world.municipalities["64701000"],
        "code": "65900",
        "name": "МБОУ СОШ № 9",
        "full_name": "МБОУ СОШ № 9 города",
        "inn": "7707083893",
    }
    response = sign_in("operator").post("/schools/add", data=data)
    assert response.status_code == 302, body(response)
    assert session.query(School).filter_by(code="65900").one().settings[0].work_week == 5


def test_every_page_is_russian_and_has_one_heading(secretary: Any) -> None:
    for path in ("/pupils/list/", "/pupils/add", "/movement_orders/add", "/"):
        page = body(secretary.get(path))
        assert '<html lang="ru"' in page
        assert page.count("<h1") == 1
