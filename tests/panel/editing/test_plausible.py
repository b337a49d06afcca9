"""Dates and ages that can hardly be are asked about, those that cannot be are refused: by whatever way they come."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.clock import local_date, utc_now
from app.models.people import Employee, Guardianship, Parent, Pupil, PupilStatus, Relation
from app.services.engine.errors import Refused
from tests.panel.editing.test_warnings import keys
from tests.panel.importing.files import Desk, counts, told, workbook
from tests.panel.reading import at_fields, body
from tests.support.classes import put

SCHOOL = "65001"
SECRETARY, HR, DIRECTOR = (f"{role}.{SCHOOL}" for role in ("secretary", "hr", "director"))
CHILD = "Иванов"
BORN = date(2013, 4, 11)
"""Of that child, in the small world."""


def today() -> date:
    return local_date(utc_now())


def years(day: date, number: int) -> date:
    return day.replace(year=day.year + number)


def parent(session: Any, world: Any, born: str | None = None, number: int = 1) -> Parent:
    made = Parent(
        school_id=world.schools[SCHOOL], last_name="Роднова", first_name="Ольга", phone=f"+7 914 000-01-0{number}"
    )
    made.birth_date = date.fromisoformat(born) if born else None
    session.add(made)
    session.flush()
    return made


def kin(session: Any, world: Any, of: Parent, relation: Relation = Relation.MOTHER) -> Guardianship:
    made = Guardianship(school_id=of.school_id, pupil_id=world.pupils[(SCHOOL, CHILD)], parent=of, relation=relation)
    session.add(made)
    session.commit()
    return made


# Enrolment.


@pytest.mark.parametrize(
    ("born", "asked"), [("2020-09-15", False), ("2020-09-16", True), ("2000-09-16", False), ("1999-09-15", True)]
)
def test_who_is_enrolled_is_5_to_25(sign_in: Any, session: Any, world: Any, born: str, asked: bool) -> None:
    """On the day of the event, 15.09.2025: five that day, a day later, 25 still and no more."""
    one = Pupil(
        school_id=world.schools[SCHOOL], last_name="Малых", first_name="Олег", birth_date=date.fromisoformat(born)
    )
    session.add(one)
    session.commit()
    data = {"kind": "enrolment_1", "number": "7-з", "order_date": "2025-09-15", "decision_date": "2025-09-15"}
    data |= {"lines-0-event_date": "2025-09-15", "lines-0-pupil": one.id}
    data |= {"lines-0-to_class": world.classes[(SCHOOL, 2025, "1А")]}
    client = sign_in(SECRETARY)
    page = client.post("/movement_orders/add", data=data)
    assert page.status_code == (422 if asked else 302), at_fields(body(page))
    if asked:
        assert "в день зачисления обучающемуся" in page.text
        assert client.post("/movement_orders/add", data=data | {"confirm": keys(page)}).status_code == 302


def test_also_who_is_put_into_a_class_by_hand(sign_in: Any, session: Any, world: Any) -> None:
    one = Pupil(school_id=world.schools[SCHOOL], last_name="Малых", first_name="Олег", birth_date=date(2021, 9, 2))
    session.add(one)
    session.commit()
    data = {"pupil": one.id, "school_class": world.classes[(SCHOOL, 2025, "1А")], "starts_on": "2025-09-01"}
    client = sign_in(f"deputy.{SCHOOL}")
    page = client.post("/memberships/add", data=data)
    assert page.status_code == 422
    assert "в первый день в классе обучающемуся 3 года" in page.text
    assert client.post("/memberships/add", data=data | {"confirm": keys(page)}).status_code == 302


def test_the_card_of_a_former_pupil_is_not_asked_about(sign_in: Any, session: Any, world: Any) -> None:
    one = session.get(Pupil, world.pupils[(SCHOOL, CHILD)])
    put(session, one, None)
    one.birth_date, one.kept_status, one.kept_since = date(1985, 4, 11), PupilStatus.GRADUATED, date(2002, 6, 20)
    session.commit()
    data = {"last_name": CHILD, "first_name": "Пётр", "birth_date": "1985-04-11", "version": one.version}
    assert sign_in(SECRETARY).post(f"/pupils/edit/{one.id}", data=data).status_code == 302


@pytest.mark.parametrize(("days", "saved"), [(-1, False), (0, False), (1, False)])
def test_nobody_is_born_in_the_future(sign_in: Any, days: int, saved: bool) -> None:
    """Today's newborn is asked about as a pupil, tomorrow's is refused."""
    data = {"last_name": "Новых", "first_name": "Олег", "birth_date": (today() + timedelta(days)).isoformat()}
    page = sign_in(SECRETARY).post("/pupils/add", data=data)
    assert page.status_code == 422
    assert ("ещё не наступила" in at_fields(body(page)).get("birth_date", "")) is (days > 0)
    assert bool(keys(page)) is (days <= 0)


# Families.


@pytest.mark.parametrize(
    ("born", "refused", "asked"),
    [("2001-04-11", 0, 0), ("2001-04-12", 0, 1), ("2013-04-10", 0, 1), ("2013-04-11", 1, 0), ("2013-04-12", 1, 0)],
)
def test_a_birth_date_is_held_against_the_family(
    sign_in: Any, session: Any, world: Any, born: str, refused: int, asked: int
) -> None:
    """Whichever of the two cards is changed."""
    link = kin(session, world, parent(session, world))
    one, client = link.parent, sign_in(SECRETARY)
    data = {"last_name": one.last_name, "first_name": one.first_name, "version": one.version, "phone": one.phone}
    page = client.post(f"/parents/edit/{one.id}", data=data | {"birth_date": born})
    assert ("не старше" in at_fields(body(page)).get("birth_date", "")) is bool(refused)
    assert len(keys(page)) == asked
    assert page.status_code == (422 if refused or asked else 302)

    session.expire_all()
    one.birth_date = date(1980, 1, 1)
    session.commit()
    moved = BORN + (date(1980, 1, 1) - date.fromisoformat(born))
    with pytest.raises(Refused, match="не старше") if refused else nothing():
        link.pupil.birth_date = moved
        session.flush()
    session.rollback()


def nothing() -> Any:
    from contextlib import nullcontext

    return nullcontext()


def test_a_link_is_held_whoever_writes(session: Any, world: Any) -> None:
    with pytest.raises(Refused, match="не старше"):
        kin(session, world, parent(session, world, "2013-04-11"))


@pytest.mark.parametrize("relation", ["mother", "father", "other"])
def test_a_third_mother_or_father_is_asked_about(sign_in: Any, session: Any, world: Any, relation: str) -> None:
    client, key = sign_in(SECRETARY), world.pupils[(SCHOOL, CHILD)]
    for number in (1, 2, 3):
        one = parent(session, world, number=number)
        session.commit()
        data = {"pupil": key, "parent": one.id, "relation": relation}
        page = client.post("/guardianships/add", data=data)
        asked = number == 3 and relation != "other"
        assert page.status_code == (422 if asked else 302)
    if relation != "other":
        assert "уже есть записи" in page.text
        assert client.post("/guardianships/add", data=data | {"confirm": keys(page)}).status_code == 302
        session.expire_all()
        again = session.scalar(select(Guardianship).where(Guardianship.parent_id == one.id))
        change = {"relation": relation, "version": again.version}
        assert client.post(f"/guardianships/edit/{again.id}", data=change).status_code == 302, "asked once"


def test_bulk_work_asks_about_the_third(sign_in: Any, session: Any, world: Any) -> None:
    links = [kin(session, world, parent(session, world, number=n), Relation.OTHER).id for n in (1, 2, 3)]
    form = {"action": "set:relation", "rowid": links, "asked": "1", "relation": "mother"}
    page = sign_in(SECRETARY).post("/guardianships/bulk", data=form)
    assert page.text.count("уже есть записи «мать» – 2") >= 1, page.text[:3000]


# Employees.


@pytest.mark.parametrize(
    ("born", "hired", "field"),
    [
        ("1990-05-05", "1990-05-05", "hired_on"),
        ("1990-05-06", "1990-05-05", "hired_on"),
        ("1990-05-05", "2004-05-05", ""),
    ],
)
def test_nobody_is_hired_before_birth(sign_in: Any, session: Any, born: str, hired: str, field: str) -> None:
    data = {"last_name": "Юных", "first_name": "Олег", "birth_date": born, "hired_on": hired}
    page = sign_in(HR).post("/employees/add", data=data)
    assert set(at_fields(body(page))) == ({field} if field else set())
    assert not keys(page), "what cannot be is not asked about"
    one = Employee(last_name="Юных", first_name="Олег", school_id=1)
    one.birth_date, one.hired_on = date.fromisoformat(born), date.fromisoformat(hired)
    session.add(one)
    with pytest.raises(Refused, match="раньше рождения") if field else nothing():
        session.flush()


@pytest.mark.parametrize(
    ("ordered", "asked"), [("2024-01-12", 0), ("2024-01-11", 1), ("2026-01-12", 0)], ids=["year", "more", "later"]
)
def test_a_hiring_order_far_from_the_hiring(sign_in: Any, ordered: str, asked: int) -> None:
    data = {"last_name": "Новый", "first_name": "Лев", "hired_on": "2025-01-12", "hiring_order_date": ordered}
    page = sign_in(HR).post("/employees/add", data=data)
    assert len(keys(page)) == asked


@pytest.mark.parametrize(
    ("name", "day", "refused"),
    [
        ("hired_on", "1949-12-31", True),
        ("hired_on", "1950-01-01", False),
        ("hired_on", 366, False),
        ("hired_on", 367, True),
        ("hiring_order_date", 0, False),
        ("hiring_order_date", 1, True),
        ("dismissed_on", 366, False),
        ("dismissed_on", 367, True),
        ("dismissed_on", "2025-01-11", True),
        ("dismissed_on", "2025-01-12", False),
    ],
)
def test_dates_of_an_employee(sign_in: Any, name: str, day: Any, refused: bool) -> None:
    day = day if isinstance(day, str) else (today() + timedelta(day)).isoformat()
    data = {"last_name": "Новый", "first_name": "Лев", "hired_on": "2025-01-12"} | {name: day}
    page = sign_in(HR).post("/employees/add", data=data)
    assert (name in at_fields(body(page)) and not keys(page)) is refused


@pytest.mark.parametrize(
    ("name", "days", "saved"),
    [("order_date", 0, True), ("order_date", 1, False), ("valid_from", 366, True), ("valid_from", 367, False)],
)
def test_dates_of_an_appointment(sign_in: Any, world: Any, name: str, days: int, saved: bool) -> None:
    data = {"account": world.account(SECRETARY), "role": "hr", "order_number": "7"}
    data |= {"order_date": "2026-02-01", "valid_from": today().isoformat()} | {
        name: (today() + timedelta(days)).isoformat()
    }
    page = sign_in(DIRECTOR).post("/appointments/add", data=data)
    assert (page.status_code == 302) is saved
    assert set(at_fields(body(page))) == (set() if saved else {name})


# From a file.


def test_a_file_lists_what_is_asked_and_refuses_what_cannot_be(sign_in: Any, session: Any, world: Any) -> None:
    """Three mothers in one file: the third is asked about, in the check and in the run; a child cannot be a parent."""
    for number, born in enumerate((None, None, None, "2013-04-11"), 1):
        parent(session, world, born, number).first_name = f"Ольга{'абвг'[number - 1]}"
    session.commit()
    names = [f"Роднова Ольга{letter}" for letter in "абвг"]
    rows = [["Обучающийся", "Родитель", "Кем приходится"], *([f"{CHILD} Пётр", name, "мать"] for name in names)]
    desk = Desk(sign_in(SECRETARY), "guardianships")
    page = desk.send(workbook(*rows))
    assert counts(page) == {"новая": 3, "изменена": 0, "без изменений": 0, "отказано": 1}
    assert "не старше ребёнка" in told(page)[5]
    assert "уже есть записи «мать» – 2" in page.text
    assert counts(desk.run())["новая"] == 2
    desk.send(workbook(*rows))
    assert counts(desk.run("kin-many"))["новая"] == 1
    session.rollback()
    assert session.query(Guardianship).filter_by(pupil_id=world.pupils[(SCHOOL, CHILD)]).count() == 3


def test_a_file_of_employees(sign_in: Any) -> None:
    rows = [["Фамилия", "Имя", "Дата рождения", "Принят на работу"]]
    rows += [["Юных", "Олег", "05.05.1990", "05.05.1990"], ["Старых", "Лев", "05.05.1990", "04.05.2004"]]
    page = Desk(sign_in(HR), "employees").send(workbook(*rows))
    assert counts(page) == {"новая": 1, "изменена": 0, "без изменений": 0, "отказано": 1}
    assert "раньше рождения" in told(page)[2]
    assert "не было 14 лет" in page.text
