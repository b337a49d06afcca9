"""Search by phones, by the class, by what lies behind a record and with the other layout; within one's rights."""

from datetime import date
from typing import Any

import pytest

from app.models.movement.kinds import OrderKind
from app.models.people import Employee, Parent, Pupil
from app.services.movement import orders as movement
from app.services.movement.checks import LineDraft, OrderDraft
from tests.panel.reading import rows_of
from tests.support.world import World

SCHOOL, OTHER = "65001", "65002"
PHONE, SNILS = "+7 900 123-45-67", "112-233-445 95"
IN_SNILS = "+7 922 334-45-95"
"""Its last digits stand inside the СНИЛС as well."""


@pytest.fixture
def numbered(session: Any, world: World) -> None:
    """A pupil's mother has a phone; another pupil has a СНИЛС, a third the phone of his own."""
    session.get(Parent, world.parents[SCHOOL]).phone = PHONE
    session.get(Pupil, world.pupils[SCHOOL, "Белых"]).snils = SNILS
    session.get(Pupil, world.pupils[SCHOOL, "Ким"]).phone = IN_SNILS
    session.commit()


def found(client: Any, query: str, path: str = "/pupils/list/") -> list[str]:
    return rows_of(client.get(path, query_string={"q": query}))


@pytest.mark.parametrize(
    "query",
    ["89001234567", "8 (900) 123-45-67", "+7 900 123-45-67", "9001234567", "123-45-67", "45-67", "4567", "8900123",
     "+7 900", "8900", "сергеева 123-45-67"],
)  # fmt: skip
def test_a_pupil_is_found_by_a_parents_phone(sign_in: Any, numbered: None, query: str) -> None:
    assert found(sign_in(f"secretary.{SCHOOL}"), query) == ["Сергеева Алёна"]


@pytest.mark.parametrize("query", ["89001234568", "+7 901", "белых 123-45-67", "900 124"])
def test_another_number_finds_nobody(sign_in: Any, numbered: None, query: str) -> None:
    assert found(sign_in(f"secretary.{SCHOOL}"), query) == []


def test_a_parent_and_an_employee_are_found_by_the_phone(
    sign_in: Any, session: Any, world: World, numbered: None
) -> None:
    session.get(Employee, world.employees[SCHOOL, "teacher"]).phone = "+7 4242 12-34-56"
    session.commit()
    client = sign_in(f"secretary.{SCHOOL}")
    assert found(client, "8 900 123 45 67", "/parents/list/") == ["Сергеева Ольга"]
    assert len(found(client, "12-34-56", "/employees/list/")) == 1
    assert len(found(client, "8 (4242) 12-34-56", "/employees/list/")) == 1


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (SNILS, ["Белых Тимур"]),
        ("11223344595", ["Белых Тимур"]),
        ("112-233", ["Белых Тимур"]),
        ("3344595", ["Ким Александр"]),
        ("334-45-95", ["Ким Александр"]),
        ("22 334", ["Ким Александр"]),
        ("233-445 95", ["Ким Александр"]),
        ("344-595", ["Ким Александр"]),
        ("1223", []),
        ("12-23", []),
    ],
)
def test_digits_of_a_phone_are_not_found_inside_a_snils(
    sign_in: Any, numbered: None, query: str, names: list[str]
) -> None:
    assert found(sign_in(f"secretary.{SCHOOL}"), query) == names


@pytest.mark.parametrize(
    ("login", "may"),
    [
        (f"teacher.{SCHOOL}", True),
        (f"director.{SCHOOL}", True),
        (f"parent.{SCHOOL}", True),
        (f"student.{SCHOOL}", False),
        (f"secretary.{OTHER}", False),
        ("municipal.64754000", False),
        ("regional", False),
    ],
)
def test_a_parents_phone_finds_only_for_whom_may_read_it(
    sign_in: Any, session: Any, numbered: None, login: str, may: bool
) -> None:
    assert found(sign_in(login), "123-45-67") == (["Сергеева Алёна"] if may else [])


@pytest.mark.parametrize("login", [f"technical.{SCHOOL}", f"medical.{SCHOOL}"])
@pytest.mark.parametrize("query", ["123-45-67", "8900", SNILS, IN_SNILS, "αβγ"])
def test_a_brief_list_is_not_searched_by_numbers(sign_in: Any, numbered: None, login: str, query: str) -> None:
    assert found(sign_in(login), query, "/pupils_brief/list/") == []


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("cthuttdf", ["Сергеева Алёна"]),
        ("Cthuttdf Fk`yf", ["Сергеева Алёна"]),
        ("cthuttdf 5f", ["Сергеева Алёна"]),
        ("сергеева 5а", ["Сергеева Алёна"]),
        ("5А", ["Иванов Пётр", "Сергеева Алёна"]),
        ("5а пётр", ["Иванов Пётр"]),
        ("сергеева 5б", []),
        ("1а", ["Попов Егор"]),
        ("11а", ["Вдовина Мария"]),
    ],
)
def test_by_the_class_and_with_the_other_layout(sign_in: Any, query: str, names: list[str]) -> None:
    assert found(sign_in(f"secretary.{SCHOOL}"), query) == names


@pytest.fixture
def orders(session: Any, world: World) -> None:
    """One order of two pupils, one of a third; one of the other school."""
    for school, number, names in (
        (SCHOOL, "25-к", ("Ким", "Белых")),
        (SCHOOL, "26-к", ("Попов",)),
        (OTHER, "7", ("Ким",)),
    ):
        pupils = [session.get(Pupil, world.pupils[school, name]) for name in names]
        day = date(2026, 2, 26)
        lines = [LineDraft(pupil=pupil, event_date=day) for pupil in pupils]
        movement.enter(
            session, OrderDraft(OrderKind.DEPARTURE, number, day, pupils[0].school_class.academic_year, lines=lines)
        )
    session.commit()


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("ким", ["25-к"]),
        ("Ким Александр", ["25-к"]),
        ("белых", ["25-к"]),
        ("25-к", ["25-к"]),
        ("ким тимур", []),
        ("попов", ["26-к"]),
        ("иванов", []),
    ],
)
def test_an_order_is_found_by_its_pupils(sign_in: Any, orders: None, query: str, numbers: list[str]) -> None:
    """All the words in one pupil: two pupils of an order are not one."""
    assert found(sign_in(f"secretary.{SCHOOL}"), query, "/movement_orders/list/") == numbers


@pytest.mark.parametrize(("query", "lines"), [("ким", 1), ("к", 1), ("25", 2), ("25 ким", 1), ("25 попов", 0)])
def test_the_book_is_searched_by_pupil_and_order(sign_in: Any, orders: None, query: str, lines: int) -> None:
    assert len(found(sign_in(f"secretary.{SCHOOL}"), query, "/movement_book/list/")) == lines


@pytest.mark.parametrize(("query", "rows"), [("сергеева", 1), ("5а", 2), ("сергеева 5а", 1), ("сергеева 5б", 0)])
def test_memberships_are_searched_by_pupil_and_class(sign_in: Any, query: str, rows: int) -> None:
    assert len(found(sign_in(f"secretary.{SCHOOL}"), query, "/memberships/list/")) == rows


def test_who_reads_pupils_by_a_brief_right_searches_no_memberships_by_them(sign_in: Any, numbered: None) -> None:
    client = sign_in(f"medical.{SCHOOL}")
    assert len(rows_of(client.get("/memberships/list/"))) == 7
    assert found(client, SNILS, "/memberships/list/") == []
    assert len(found(client, "5а", "/memberships/list/")) == 2


def test_a_person_comes_before_the_account_of_the_same_name(sign_in: Any, world: Any) -> None:
    """An account is called by its owner's card: whoever looks for a pupil is not led to the login."""
    found = sign_in("director.65001").get("/find/?q=сергеева").text
    assert 0 < found.find("/pupils/show/") < found.find("/accounts/show/")
