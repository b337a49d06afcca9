"""The list of a class: by name, numbered, with birth dates, of today; the classes of this year before all others."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from app.models.accounts.appointments import Appointment
from app.models.people import Pupil
from app.models.study import SchoolClass
from tests.panel.reading import body, rows_of
from tests.support.classes import put

SCHOOL = "65001"
NAMES = ("Ёлкин", "Ежов", "Яшин", "Елкина")


@pytest.fixture(autouse=True)
def march() -> Any:
    with time_machine.travel(datetime(2026, 3, 2, 1, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def roster(session: Any, world: Any) -> int:
    """More pupils in 5А, in no order."""
    key: int = world.classes[SCHOOL, 2025, "5А"]
    for number, last in enumerate(NAMES):
        pupil = Pupil(school_id=world.schools[SCHOOL], last_name=last, first_name="Ия")
        pupil.birth_date = date(2014, 1, 10 + number)
        session.add(pupil)
        put(session, pupil, key)
    session.commit()
    return key


def table(page: str, title: str) -> list[list[str]]:
    """The cells of a table of a card."""
    part = page.partition(f'<caption class="visually-hidden">{title}')[2].partition("</table>")[0]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", part, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[dh].*?</t[dh]>", row, re.DOTALL)]
        for row in rows
    ]


def test_a_roster_is_alphabetical_and_numbered(sign_in: Any, roster: int) -> None:
    head, *rows = table(body(sign_in(f"secretary.{SCHOOL}").get(f"/classes/show/{roster}")), "Состав класса")
    assert head[:3] == ["№", "Обучающийся", "Дата рождения"]
    assert [row[:2] for row in rows] == [
        ["1", "Ежов Ия"],
        ["2", "Ёлкин Ия"],
        ["3", "Елкина Ия"],
        ["4", "Иванов Пётр"],
        ["5", "Сергеева Алёна"],
        ["6", "Яшин Ия"],
    ]
    assert rows[0][2] == "11.01.2014"


def test_who_reads_pupils_by_a_brief_right_is_told_no_birth_dates(sign_in: Any, roster: int) -> None:
    page = body(sign_in(f"medical.{SCHOOL}").get(f"/classes/show/{roster}"))
    head, *rows = table(page, "Состав класса")
    assert "Дата рождения" not in head
    assert len(rows) == 6
    assert "2014" not in page


def test_a_brief_right_besides_a_full_one_tells_no_more_of_the_others(
    sign_in: Any, session: Any, world: Any, roster: int
) -> None:
    """Whoever leads 5А and heals the whole school reads birth dates in 5А alone."""
    day = date(2025, 9, 1)
    more = Appointment(role="medical", order_number="3", order_date=day, valid_from=day)
    more.account_id, more.school_id = world.account(f"teacher.{SCHOOL}"), world.schools[SCHOOL]
    session.add(more)
    session.commit()
    client = sign_in(f"teacher.{SCHOOL}")
    own = table(body(client.get(f"/classes/show/{roster}")), "Состав класса")
    other = table(body(client.get(f"/classes/show/{world.classes[SCHOOL, 2025, '5Б']}")), "Состав класса")
    assert own[1][2] == "11.01.2014"
    assert other[1][1:3] == ["Белых Тимур", "нет права"]


@pytest.mark.parametrize("path", ["/classes/list/", "/classes/lookup"])
def test_the_classes_of_this_year_stand_first(sign_in: Any, session: Any, world: Any, path: str) -> None:
    client, texts = sign_in(f"secretary.{SCHOOL}"), list[str]()
    for page in (1, 2, 3, 4):
        answer = client.get(f"{path}?page={page}")
        if answer.is_json:
            texts += [f"{each['text']}" for each in answer.get_json()["results"]]
        else:
            years = re.findall(r'data-label="Учебный год"><span>(.*?)</span>', body(answer))
            texts += [f"{name}, {year}" for name, year in zip(rows_of(answer), years, strict=True)]
    grades = [f"{grade}\u00a0«{letter}»" for grade in range(1, 12) for letter in "АБ"]
    expected = [f"{name}, {year}" for year in ("2025/26", "2024/25", "2026/27") for name in grades]
    assert texts == expected[: len(texts)]
    assert len(texts) > 22


def test_classes_stand_from_the_first_to_the_last_by_letter(sign_in: Any, session: Any, world: Any) -> None:
    """«Ё» beside «Е», as in the alphabet."""
    for letter in "ЁЖ":
        one = SchoolClass(school_id=world.schools[SCHOOL], grade=10, letter=letter)
        one.academic_year_id = world.years[SCHOOL, 2025]
        session.add(one)
    session.commit()
    found = rows_of(sign_in(f"secretary.{SCHOOL}").get(f"/classes/list/?academic_year={world.years[SCHOOL, 2025]}"))
    assert [each for each in found if each.startswith("10")] == [f"10\u00a0«{letter}»" for letter in "АБЁЖ"]
