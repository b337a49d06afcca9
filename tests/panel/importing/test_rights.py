"""Who may bring in a file, and that a file reaches no further than its sender's hand."""

from datetime import date
from typing import Any

import pytest

from app.models.accounts.appointments import Appointment
from app.models.people import Pupil
from tests.panel.importing.files import Desk, counts, told, workbook

ROWS = (["Фамилия", "Имя", "Дата рождения"], ["Абрикосова", "Анна", "12.03.2015"])
NOBODY = "0" * 32


@pytest.mark.parametrize("login", ["director.65001", "deputy.65001", "regional", "parent.65001"])
def test_who_may_not_enter_brings_in_nothing(sign_in: Any, login: str) -> None:
    client = sign_in(login)
    assert "Загрузить из файла" not in client.get("/pupils/list/").text
    assert client.get("/pupils/import").status_code == 403
    assert client.get("/pupils/import/template").status_code == 403
    assert Desk(client, "pupils").send(workbook(*ROWS)).status_code == 403
    for method, path in (("get", ""), ("post", "/run"), ("get", "/result"), ("post", "/discard")):
        assert getattr(client, method)(f"/pupils/import/{NOBODY}{path}").status_code == 403


def test_a_class_teacher_changes_his_own_class_and_adds_nobody(sign_in: Any, session: Any, world: Any) -> None:
    desk = Desk(sign_in("teacher.65001"), "pupils")
    rows = [
        ["Фамилия", "Имя", "Дата рождения", "Адрес"],
        ["Иванов", "Пётр", "11.04.2013", "Холмск"],
        ["Белых", "Тимур", "11.04.2013", "Холмск"],
        ["Абрикосова", "Анна", "12.03.2015", ""],
    ]
    page = desk.send(workbook(*rows))
    said = told(page)
    assert counts(page) == {"новая": 0, "изменена": 1, "без изменений": 0, "отказано": 2}
    assert "Такой записи нет, а добавлять записи вам нельзя." in said[4]
    desk.run()
    assert session.get(Pupil, world.pupils[("65001", "Иванов")]).address == "Холмск"
    assert session.get(Pupil, world.pupils[("65001", "Белых")]).address is None


def test_who_may_enter_is_led_there(sign_in: Any) -> None:
    client = sign_in("secretary.65001")
    assert 'href="/pupils/import?list="' in client.get("/pupils/list/").text
    page = client.get("/pupils/import").text
    assert "Скачать шаблон" in page
    assert "Фамилия" in page
    assert client.get("/movement_orders/import").status_code == 404, "a view that declares none has no such route"


def test_a_file_is_its_sender_s_alone(desk: Desk, sign_in: Any) -> None:
    desk.send(workbook(*ROWS))
    other = sign_in("secretary.65002")
    for method, path in (("get", ""), ("post", "/run"), ("get", "/result"), ("post", "/discard")):
        assert getattr(other, method)(f"{desk.address}{path}").status_code == 404
    parents = desk.address.replace("/pupils/", "/parents/")
    assert desk.client.get(parents).status_code == 404, "a file of one list is none of another's"
    assert counts(desk.run())["новая"] == 1


def test_another_school_s_record_does_not_exist(desk: Desk, session: Any, world: Any, sign_in: Any) -> None:
    foreign = world.pupils[("65002", "Ким")]
    said = told(
        desk.send(
            workbook(
                ["№ записи", "Фамилия", "Имя", "Дата рождения", "Адрес"],
                [str(foreign), "", "", "", "Правда"],
                ["", "Ким", "Александр", date(2009, 4, 11), "Холмск"],
            )
        )
    )
    assert f"Записи № {foreign} нет, или она вам недоступна." in said[2]
    assert "Адрес: — → Холмск" in said[3]
    desk.run()
    assert session.get(Pupil, foreign).address is None
    assert session.get(Pupil, world.pupils[("65001", "Ким")]).address == "Холмск"
    kin = Desk(desk.client, "guardianships")
    page = kin.send(
        workbook(["Обучающийся", "Родитель", "Кем приходится"], ["Ким Александр", "Сергеева Ольга", "мать"])
    )
    assert counts(page)["новая"] == 1, "the namesakes of other schools are not even among those to choose from"


def test_two_roles_in_two_schools(desk: Desk, sign_in: Any, session: Any, world: Any) -> None:
    """A secretary of two schools names the school; of the second, where he only reads, nothing is brought in."""
    day = date(2025, 8, 25)
    given = {"account_id": world.account("secretary.65001"), "order_number": "13", "order_date": day, "valid_from": day}
    session.add(Appointment(role="director", school_id=world.schools["65002"], **given))
    session.commit()
    desk = Desk(sign_in("secretary.65001"), "pupils")
    first, second = "МБОУ СОШ № 1 г. Холмска", "МБОУ СОШ с. Правда"
    rows = [
        ["Школа", "Фамилия", "Имя", "Дата рождения", "Адрес"],
        [first, "Абрикосова", "Анна", "12.03.2015", ""],
        [second, "Абрикосова", "Анна", "12.03.2015", ""],
        ["", "Бобров", "Ян", "12.03.2015", ""],
        [first, "Ким", "Александр", "11.04.2009", "Холмск"],
        [second, "Ким", "Александр", "11.04.2009", "Правда"],
    ]
    page = desk.send(workbook(*rows))
    said = told(page)
    assert counts(page) == {"новая": 1, "изменена": 1, "без изменений": 0, "отказано": 3}
    assert "Недостаточно прав" in said[3]
    assert "Школа: Выберите значение из списка." in said[4]
    assert "Недостаточно прав" in said[6]
    assert counts(desk.run()) == counts(page)
    assert session.get(Pupil, world.pupils[("65002", "Ким")]).address is None


def test_a_right_that_is_gone_before_the_run(desk: Desk, session: Any, world: Any, pupils: Any) -> None:
    desk.send(workbook(*ROWS))
    for each in session.query(Appointment).filter_by(account_id=world.account("secretary.65001")):
        each.valid_from, each.valid_to = date(2019, 1, 1), date(2020, 1, 1)
    session.commit()
    assert desk.client.post(f"{desk.address}/run").status_code == 403
    assert not pupils("Абрикосова")
