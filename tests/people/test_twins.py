"""Likely duplicates are asked about before saving; a СНИЛС that is taken says by whom; another school is not told."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest

from app.models.accounts import Account
from app.models.accounts.appointments import Appointment
from app.models.people import Employee, Parent, Pupil
from tests.panel.editing.test_saving import hidden
from tests.panel.importing.files import Desk, told, workbook
from tests.support.world import World

SCHOOL, NEAR = "65001", "65002"
SNILS, OTHER_SNILS = "112-233-445 95", "087-654-303 00"
IVANOV = {"last_name": "Иванов", "first_name": "Пётр", "birth_date": "2013-04-11"}
"""The pupil of 5А of each school of the small world."""
ELSEWHERE = "числится и в другой организации, обратитесь в МОУО"


def text(page: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def keys(page: Any) -> list[str]:
    return re.findall(r'type="checkbox" id="confirm-\d+" name="confirm" value="([^"]+)"', page.text)


def codes(page: Any) -> set[str]:
    return {key.partition(":")[0] for key in keys(page)}


def card(session: Any, world: World, model: Any, code: str = SCHOOL, **values: Any) -> Any:
    obj = model(school_id=world.schools[code], **values)
    session.add(obj)
    session.commit()
    return obj


def born_elsewhere(session: Any, world: World, code: str = NEAR) -> Pupil:
    """Иванов of another school is the one of ours: born on the same day."""
    pupil = session.get(Pupil, world.pupils[code, "Иванов"])
    pupil.birth_date = date(2013, 4, 11)
    session.commit()
    return pupil


def not_ours(session: Any, world: World) -> None:
    session.get(Pupil, world.pupils[SCHOOL, "Иванов"]).birth_date = date(2012, 1, 1)
    session.commit()


@pytest.mark.parametrize("address", ["/pupils/add", "/pupils/add?in_place=1"])
@pytest.mark.parametrize(("last", "first"), [("ИВАНОВ", "петр"), ("Иванов", "Пётр")])
def test_a_namesake_of_the_school_is_shown_with_a_link(
    sign_in: Any, session: Any, world: World, address: str, last: str, first: str
) -> None:
    client = sign_in(f"secretary.{SCHOOL}")
    data = IVANOV | {"last_name": last, "first_name": first, "submission": hidden(client.get(address), "submission")}
    page = client.post(address, data=data)
    assert page.status_code == 422
    assert codes(page) == {"pupil-twin"}
    assert f'href="/pupils/show/{world.pupils[SCHOOL, "Иванов"]}"' in page.text
    assert "Иванов Пётр, 11.04.2013" in text(page)
    saved = client.post(address, data=data | {"confirm": keys(page)})
    assert saved.status_code in (302, 201)
    mine = session.query(Pupil).filter_by(school_id=world.schools[SCHOOL], last_name="Иванов").all()
    assert len(mine) == 2


def test_names_are_folded(sign_in: Any, session: Any, world: World) -> None:
    """Hyphen or space, ё or е, and a name typed on the other keyboard: «COH» is «Сон»."""
    card(session, world, Pupil, last_name="Сон-Ёлкина", first_name="Анна", birth_date=date(2013, 5, 6))
    card(session, world, Pupil, last_name="Сон", first_name="Оксана", birth_date=date(2013, 5, 6))
    client = sign_in(f"secretary.{SCHOOL}")
    for last, first in (("сон елкина", "АННА"), ("COH", "Оксана")):
        page = client.post("/pupils/add", data={"last_name": last, "first_name": first, "birth_date": "2013-05-06"})
        assert (page.status_code, codes(page)) == (422, {"pupil-twin"}), last
    for other in ({"birth_date": "2013-05-07"}, {"first_name": "Инна"}):
        data = {"last_name": "Сон", "first_name": "Оксана", "birth_date": "2013-05-06"} | other
        assert client.post("/pupils/add", data=data).status_code == 302, other


def test_another_patronymic_is_another_person(sign_in: Any, session: Any, world: World) -> None:
    born = date(2013, 5, 6)
    card(session, world, Pupil, last_name="Сон", first_name="Ян", middle_name="Ильич", birth_date=born)
    client = sign_in(f"secretary.{SCHOOL}")
    data = {"last_name": "Сон", "first_name": "Ян", "birth_date": "2013-05-06"}
    assert client.post("/pupils/add", data=data | {"middle_name": "Львович"}).status_code == 302
    assert codes(client.post("/pupils/add", data=data)) == {"pupil-twin"}


def test_the_same_certificate_under_another_name(sign_in: Any, session: Any, world: World) -> None:
    ivanov = session.get(Pupil, world.pupils[SCHOOL, "Иванов"])
    ivanov.birth_certificate = "I-ФС № 512345"
    session.commit()
    data = {"last_name": "Другой", "first_name": "Ян", "birth_date": "2014-05-06", "birth_certificate": "l-ФС 512345"}
    page = sign_in(f"secretary.{SCHOOL}").post("/pupils/add", data=data)
    assert codes(page) == {"pupil-twin"}
    assert "то же свидетельство о рождении" in text(page)


def test_a_changed_card_is_asked_once(sign_in: Any, session: Any, world: World) -> None:
    twin = card(session, world, Pupil, last_name="Иванова", first_name="Пётр", birth_date=date(2013, 4, 11))
    client, address = sign_in(f"secretary.{SCHOOL}"), f"/pupils/edit/{twin.id}"
    data = IVANOV | {"version": "1"}
    page = client.post(address, data=data)
    assert (page.status_code, codes(page)) == (422, {"pupil-twin"})
    assert client.post(address, data=data | {"confirm": keys(page)}).status_code == 302
    assert client.post(address, data=data | {"version": "2", "phone": "+7 914 123-45-67"}).status_code == 302
    history = client.get(f"/pupils/show/{twin.id}").text.partition("История карточки")[2]
    assert "Похоже, такая карточка уже есть" in history
    assert "11.04.2013" not in history, "whom the other card is about stands on no other card"


@pytest.mark.parametrize(
    ("model", "route", "more"),
    [(Parent, "parents", {}), (Employee, "employees", {"hired_on": "2020-01-09"})],
)
def test_parents_and_employees_too(
    sign_in: Any, session: Any, world: World, model: Any, route: str, more: dict[str, str]
) -> None:
    stored = {"hired_on": date(2019, 1, 9)} if more else {}
    known = {"last_name": "Ли", "first_name": "Ян", "birth_date": date(1980, 5, 6)} | stored
    mine = card(session, world, model, **known)
    card(session, world, model, NEAR, **known, snils=SNILS)
    client = sign_in(f"secretary.{SCHOOL}")
    data = {"last_name": "ли", "first_name": "ЯН", "birth_date": "1980-05-06"} | more
    page = client.post(f"/{route}/add", data=data)
    assert codes(page) == {f"{route.removesuffix('s')}-twin"}
    assert f'href="/{route}/show/{mine.id}"' in page.text
    assert client.post(f"/{route}/add", data=data | {"birth_date": ""}).status_code == 302
    page = client.post(f"/{route}/add", data=data | {"last_name": "Пак", "snils": SNILS})
    assert codes(page) == {"snils-elsewhere"}
    assert "СНИЛС занят карточкой другой организации, обратитесь в МОУО" in text(page)
    alike = data | {"birth_date": "", "first_name": "Яна", "snils": OTHER_SNILS}
    assert client.post(f"/{route}/add", data=alike).status_code == 302, "a parent or employee elsewhere is no wonder"


def test_a_snils_taken_says_by_whom(sign_in: Any, session: Any, world: World) -> None:
    holder = session.get(Pupil, world.pupils[SCHOOL, "Белых"])
    holder.snils = SNILS
    session.commit()
    client = sign_in(f"secretary.{SCHOOL}")
    data = {"last_name": "Новый", "first_name": "Ян", "birth_date": "2014-05-06", "snils": SNILS.replace("-", "")}
    page = client.post("/pupils/add", data=data)
    assert page.status_code == 422
    at_field = re.search(r'id="snils-error">(.*?)</div>', page.text, re.DOTALL)[1]
    assert "СНИЛС занят карточкой «Белых Тимур»" in text_of(at_field)
    assert f'href="/pupils/show/{holder.id}"' in at_field
    mine = world.pupils[SCHOOL, "Иванов"]
    page = client.post(f"/pupils/edit/{mine}", data=IVANOV | {"snils": SNILS, "version": "1"})
    assert page.status_code == 422
    assert f'href="/pupils/show/{holder.id}"' in page.text


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_a_teacher_is_not_told_who_is_out_of_his_reach(sign_in: Any, session: Any, world: World) -> None:
    """He has the own class; the other card is of another one."""
    other = session.get(Pupil, world.pupils[SCHOOL, "Белых"])
    other.snils, other.last_name, other.first_name = SNILS, "Иванов", "Пётр"
    other.birth_date = date(2013, 4, 11)
    session.commit()
    client, mine = sign_in(f"teacher.{SCHOOL}"), world.pupils[SCHOOL, "Иванов"]
    page = client.post(f"/pupils/edit/{mine}", data=IVANOV | {"snils": SNILS, "version": "1"})
    assert page.status_code == 422
    assert "СНИЛС занят другой карточкой школы, открыть её вам нельзя" in text(page)
    asked = client.post(f"/pupils/edit/{mine}", data=IVANOV | {"version": "1"})
    assert codes(asked) == {"pupil-twin"}
    for answer in (page, asked):
        assert f"/pupils/show/{other.id}" not in answer.text
        assert "Белых" not in answer.text


def test_another_school_hears_one_sentence(sign_in: Any, session: Any, world: World) -> None:
    """65002 has the same Иванов in its class 5А: neither his card nor the school is named."""
    not_ours(session, world)
    born_elsewhere(session, world)
    client = sign_in(f"secretary.{SCHOOL}")
    page = client.post("/pupils/add", data=IVANOV)
    assert codes(page) == {"pupil-elsewhere"}
    assert f"Похоже, {ELSEWHERE}" in text(page)
    assert all(f"/pupils/show/{key}" not in page.text for (code, _), key in world.pupils.items() if code != SCHOOL)
    assert "с. Правда" not in page.text
    assert client.post("/pupils/add", data=IVANOV | {"confirm": keys(page)}).status_code == 302


def test_two_numbers_of_two_namesakes(sign_in: Any, session: Any, world: World) -> None:
    """Both have a СНИЛС, and not the same: no double study. The same one: it is certain."""
    not_ours(session, world)
    born_elsewhere(session, world).snils = SNILS
    session.commit()
    client = sign_in(f"secretary.{SCHOOL}")
    page = client.post("/pupils/add", data=IVANOV | {"snils": SNILS})
    assert (codes(page), f"Числится{ELSEWHERE.removeprefix('числится')}" in text(page)) == ({"pupil-elsewhere"}, True)
    assert client.post("/pupils/add", data=IVANOV | {"snils": OTHER_SNILS}).status_code == 302


def test_who_has_left_the_other_school_is_no_double(sign_in: Any, session: Any, world: World) -> None:
    not_ours(session, world)
    born = date(2013, 4, 11)
    card(session, world, Pupil, NEAR, last_name="Иванов", first_name="Пётр", birth_date=born, snils=SNILS)
    client = sign_in(f"secretary.{SCHOOL}")
    assert client.post("/pupils/add", data=IVANOV | {"snils": SNILS}).status_code == 302


def test_who_works_in_both_schools_gets_the_link(sign_in: Any, session: Any, world: World) -> None:
    not_ours(session, world)
    born_elsewhere(session, world)
    born_elsewhere(session, world, "65003")
    account = session.get(Account, world.account(f"secretary.{SCHOOL}"))
    given = {"role": "secretary", "order_number": "3", "order_date": date(2025, 9, 1), "valid_from": date(2025, 9, 1)}
    session.add(Appointment(account=account, school_id=world.schools[NEAR], **given))
    session.commit()
    page = sign_in(f"secretary.{SCHOOL}").post("/pupils/add", data=IVANOV | {"school": str(world.schools[SCHOOL])})
    assert f'href="/pupils/show/{world.pupils[NEAR, "Иванов"]}"' in page.text
    assert f'/pupils/show/{world.pupils["65003", "Иванов"]}"' not in page.text


# From a file.


@pytest.fixture
def desk(sign_in: Any) -> Desk:
    return Desk(sign_in(f"secretary.{SCHOOL}"), "pupils")


HEAD = ["Фамилия", "Имя", "Дата рождения", "Свидетельство о рождении"]


def test_a_file_is_held_against_the_cards_and_against_itself(desk: Desk, session: Any, world: World) -> None:
    not_ours(session, world)
    born_elsewhere(session, world)
    card(session, world, Pupil, last_name="Сон", first_name="Оксана", birth_date=date(2013, 5, 6))
    rows = [
        HEAD,
        ["COH", "Оксана", date(2013, 5, 6), ""],
        ["Первый", "Ян", date(2014, 1, 2), "I-ФС № 512345"],
        ["Второй", "Ян", date(2014, 1, 3), "I-ФС № 512345"],
        ["Иванов", "Пётр", date(2013, 4, 11), ""],
        ["Третий", "Ян", date(2014, 1, 4), ""],
    ]
    page = desk.send(workbook(*rows))
    said = told(page)
    assert not re.search(r"<summary[^>]*>(?:(?!</summary>).)*<a ", page.text), "a link within what opens the list"
    assert "Похоже, такая карточка уже есть" in said[2]
    assert "Сон Оксана, 06.05.2013" in said[2]
    assert "Строка 3: Первый Ян" in said[4]
    assert ELSEWHERE in said[5]
    assert "Похоже" not in said[3] + said[6]
    desk.run("pupil-twin")
    session.rollback()
    names = {name for (name,) in session.query(Pupil.last_name).filter(Pupil.school_id == world.schools[SCHOOL])}
    assert {"Coh", "Первый", "Второй", "Третий"} <= names
    page = desk.client.get(desk.address)
    assert "Не подтверждено" in told(page)[5]


def test_the_rows_of_a_file_are_looked_up_at_once(desk: Desk, count_queries: list[str]) -> None:
    def asked(number: int) -> int:
        count_queries.clear()
        desk.send(workbook(HEAD, *(["Перваков", f"Ян{'а' * n}", date(2014, 1, 2), ""] for n in range(number))))
        return sum("person_key IN" in statement for statement in count_queries)

    assert asked(3) == asked(30) == 1


def test_a_bulk_change_asks_with_one_query(sign_in: Any, session: Any, world: World, count_queries: list[str]) -> None:
    rows = [
        card(
            session,
            world,
            Employee,
            last_name="Ли",
            first_name="Ян",
            birth_date=date(1980, 5, 6),
            hired_on=date(2019, 1, 9),
        )
        for _ in range(3)
    ]
    ids = [str(row.id) for row in rows]
    place = str(world.rows["position"][SCHOOL])
    client = sign_in(f"secretary.{SCHOOL}")
    count_queries.clear()
    data = {"action": "set:position", "rowid": ids, "asked": "1", "position": place}
    page = client.post("/employees/bulk", data=data)
    assert page.status_code == 200
    assert codes(page) == {f"{ids[0]}/employee-twin"}
    assert "Ли Ян, 06.05.1980" in text(page)
    assert sum("person_key IN" in statement for statement in count_queries) == 1
