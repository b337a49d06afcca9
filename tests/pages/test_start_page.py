"""The start page by role: what waits for this person, with the button to do it; a tile opens exactly what it counts."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from sqlalchemy import delete, select

from app import clock
from app.models.accounts import Account
from app.models.accounts.appointments import Appointment
from app.models.people import Guardianship
from app.models.schools import School
from app.models.study import SchoolClass
from app.views.pages.first_steps import HEADS
from tests.panel.reading import body, rows_of

AUTUMN = "2026-10-01T03:00:00Z"
SCHOOL, MUNICIPALITY = "65001", "64754000"


def tiles(page: str) -> dict[str, tuple[str, str]]:
    """Title → (value, address)."""
    found = re.findall(
        r'<a class="card" href="([^"]+)">\s*<div class="kpi-title">(.*?)</div>\s*<div[^>]*>(.*?)</div>', page
    )
    return {re.sub(r"<svg.*?</svg>", "", title): (unescape(value), unescape(url)) for url, title, value in found}


def counted(page: str) -> int:
    return int(re.search(r'class="quiet">([\d\s]+) запис', page.replace("\xa0", " "))[1].replace(" ", ""))


@time_machine.travel(AUTUMN, tick=False)
@pytest.mark.parametrize("login", [f"secretary.{SCHOOL}", f"deputy.{SCHOOL}", f"municipal.{MUNICIPALITY}", "regional"])
def test_a_number_of_the_start_page_opens_what_it_counts(sign_in: Any, login: str) -> None:
    client = sign_in(login)
    found = tiles(body(client.get("/")))
    assert {"Просрочено", "Ожидается", "Внесено с опозданием", "Внесено в срок"} <= found.keys()
    for title in ("Просрочено", "Ожидается", "Внесено с опозданием"):
        value, url = found[title]
        assert counted(body(client.get(url))) == int(value), title
    assert int(found["Просрочено"][0]) > 0
    share, url = found["Внесено в срок"]
    assert share in unescape(body(client.get(url)))


@time_machine.travel(AUTUMN, tick=False)
def test_what_is_overdue_stands_there_with_its_button(sign_in: Any) -> None:
    page = body(sign_in(f"secretary.{SCHOOL}").get("/"))
    assert "Просрочено и срок в ближайшие пять дней" in page
    assert "Внести приказ" in page
    # who controls sees the same and enters nothing
    page = body(sign_in(f"deputy.{SCHOOL}").get("/"))
    assert "Просрочено и срок в ближайшие пять дней" in page
    assert "Внести приказ" not in page


@time_machine.travel(AUTUMN, tick=False)
def test_an_authority_sees_its_worst_schools_and_no_others(sign_in: Any) -> None:
    page = body(sign_in(f"municipal.{MUNICIPALITY}").get("/"))
    block = page.partition("Школы, где просрочено больше всего")[2].partition("</section>")[0]
    assert "org=65001" in block
    assert "org=65003" not in block, "a school of another municipality"


def test_a_family_sees_its_child_at_once(sign_in: Any, session: Any, world: Any) -> None:
    client = sign_in(f"parent.{SCHOOL}")
    page = body(client.get("/"))
    url = re.search(r'href="(/pupils/show/\d+)">Открыть карточку', page)[1]
    assert client.get(url).status_code == 200
    assert "Дата рождения" in page
    assert "Классы" in page
    assert "Просрочено" not in page
    assert "?child=" not in page, "one child is not chosen"
    assert "Открыть карточку" in body(sign_in(f"student.{SCHOOL}").get("/"))

    # a second child: switched on top
    parent = session.query(Guardianship).filter_by(pupil_id=int(url.rpartition("/")[2])).first()
    other, foreign = world.pupils[SCHOOL, "Белых"], world.pupils[SCHOOL, "Попов"]
    session.add(Guardianship(pupil_id=other, parent_id=parent.parent_id, school_id=parent.school_id, relation="mother"))
    session.commit()
    client = sign_in(f"parent.{SCHOOL}")
    page = body(client.get(f"/?child={other}"))
    assert f'href="/pupils/show/{other}">Открыть карточку' in page
    assert re.search(rf'href="/\?child={other}" aria-current="page"', page)
    for wrong in (foreign, "кто"):
        assert client.get(f"/?child={wrong}").status_code == 400


def test_a_teacher_sees_the_own_class(sign_in: Any) -> None:
    client = sign_in(f"teacher.{SCHOOL}")
    block = body(client.get("/")).partition("Мой класс")[2].partition("</section>")[0]
    url = re.search(r'href="(/classes/show/\d+)"', block)[1]
    assert client.get(url).status_code == 200


def test_a_teacher_is_not_shown_the_classes_of_former_years(sign_in: Any, session: Any, world: Any) -> None:
    last, teacher = world.classes[SCHOOL, 2024, "6Б"], world.employees[SCHOOL, "teacher"]
    session.get(SchoolClass, last).class_teacher_id = teacher
    session.commit()
    page = body(sign_in(f"teacher.{SCHOOL}").get("/"))
    assert f'href="/classes/show/{world.classes[SCHOOL, 2025, "5А"]}"' in page
    assert f'href="/classes/show/{last}"' not in page
    assert "2025/26 учебный год, " in page.replace("\xa0", " ")


def test_whoever_leads_no_class_sees_none(sign_in: Any) -> None:
    assert "Мой класс" not in body(sign_in(f"secretary.{SCHOOL}").get("/"))


def test_an_administrator_is_told_of_accounts_to_hand_over(sign_in: Any, session: Any, world: Any) -> None:
    for account in session.scalars(select(Account)):
        account.handed_over_on = date(2025, 9, 1)
    session.get(Account, world.account(f"secretary.{SCHOOL}")).handed_over_on = None
    session.get(Account, world.account("secretary.65002")).handed_over_on = None
    session.commit()
    client = sign_in(f"administrator.{SCHOOL}")
    value, url = tiles(body(client.get("/")))["Учётные записи не выданы"]
    assert value == "1", "of another school he is told nothing"
    assert len(rows_of(client.get(url))) == 1


def test_a_director_is_told_of_roles_that_end(sign_in: Any, session: Any, world: Any) -> None:
    mine = select(Appointment).where(Appointment.account_id == world.account(f"hr.{SCHOOL}"))
    session.scalars(mine).one().valid_to = clock.today() + timedelta(days=10)
    session.commit()
    client = sign_in(f"director.{SCHOOL}")
    value, url = tiles(body(client.get("/")))["Роли кончаются"]
    assert value == "1"
    assert len(rows_of(client.get(url))) == 1


@time_machine.travel(AUTUMN, tick=False)
def test_the_page_has_a_fixed_number_of_queries(sign_in: Any, count_queries: list[str]) -> None:
    client = sign_in(f"municipal.{MUNICIPALITY}")
    client.get("/")
    count_queries.clear()
    client.get("/")
    assert len(count_queries) <= 30, "\n".join(each[:110].replace("\n", " ") for each in count_queries)


def steps(page: str) -> dict[str, str]:
    """Of «С чего начать»: what is to be done → how it stands."""
    block = page.partition("С чего начать")[2].partition("</section>")[0]
    found = re.findall(r'<li><div><a href="[^"]+">(.*?)</a>.*?</svg><span>(.*?)</span>', block, re.DOTALL)
    return dict(found)


@time_machine.travel(AUTUMN, tick=False)
def test_what_an_installation_lacks_is_told_until_it_is_there(sign_in: Any, session: Any, world: Any) -> None:
    session.execute(delete(Appointment).where(Appointment.role.in_(("administrator", "regional"))))
    session.commit()
    operator = sign_in("operator")
    found = steps(body(operator.get("/")))
    assert (found["Школы"], found["Администраторы школ"], found["Региональный специалист"]) == (
        "сделано",
        "не сделано",
        "не сделано",
    )
    assert "С чего начать" not in body(sign_in(f"teacher.{SCHOOL}").get("/"))

    office = session.scalar(select(Account.id).where(Account.username == "operator"))
    order = {"order_number": "1", "order_date": date(2026, 9, 1), "valid_from": date(2026, 9, 1), "account_id": office}
    schools = list(session.scalars(select(School.id)))
    have = {role: set(session.scalars(select(Appointment.school_id).where(Appointment.role == role))) for role in HEADS}
    session.add_all(
        Appointment(role=role, school_id=each, **order) for role in HEADS for each in schools if each not in have[role]
    )
    governed = set(session.scalars(select(Appointment.municipality_id).where(Appointment.role == "municipal")))
    towns = set(session.scalars(select(School.municipality_id))) - governed
    session.add_all(Appointment(role="municipal", municipality_id=each, **order) for each in sorted(towns))
    session.flush()
    session.add(Appointment(role="regional", **order))
    session.commit()
    assert "С чего начать" not in body(sign_in("operator").get("/"))


@time_machine.travel("2027-10-01T03:00:00Z", tick=False)
def test_a_school_that_begins_sees_who_has_to_do_what(sign_in: Any, session: Any, world: Any) -> None:
    """The year 2027/28 is not there yet: the deputy gets the button, the secretary reads of it."""
    deputy, secretary = (body(sign_in(f"{role}.{SCHOOL}").get("/")) for role in ("deputy", "secretary"))
    for page, has_button in ((deputy, True), (secretary, False)):
        assert steps(page)["Учебный год и его периоды"] == "не сделано"
        assert ('aria-label="Внести: Учебный год и его периоды"' in page) is has_button
    teacher = body(sign_in(f"teacher.{SCHOOL}").get("/"))
    assert "С чего начать" not in teacher, "who works with the own class alone begins no school"
