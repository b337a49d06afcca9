"""The list of orders says whom an order is about and how it stands to its term, in a fixed number of queries.

Clause 3.3.4.3.
"""

import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
import time_machine

from app.models.movement.kinds import OrderKind
from app.models.people import Pupil
from app.services.movement import orders as movement
from app.services.movement.checks import LineDraft, OrderDraft
from tests.panel.reading import body, sheet
from tests.support.world import World

SCHOOL = "65001"
ORDERED = date(2026, 2, 24)


@pytest.fixture
def enter(session: Any, world: World) -> Any:
    """Enter an order of 24 February on a day."""

    def run(number: str, day: date, *names: str) -> None:
        with time_machine.travel(datetime(day.year, day.month, day.day, 1, tzinfo=UTC), tick=False):
            pupils = [session.get(Pupil, world.pupils[SCHOOL, name]) for name in names]
            lines = [LineDraft(pupil=pupil, event_date=ORDERED) for pupil in pupils]
            year = pupils[0].school_class.academic_year
            movement.enter(session, OrderDraft(OrderKind.DEPARTURE, number, ORDERED, year, lines=lines))
            session.commit()

    return run


def shown(sign_in: Any, login: str) -> dict[str, tuple[str, str]]:
    """Number of an order → whom, how it stands."""
    with time_machine.travel(datetime(2026, 4, 20, 1, tzinfo=UTC), tick=False):
        page = body(sign_in(login).get("/movement_orders/list/"))
    rows = re.findall(r'class="row-link"[^>]*>(.*?)</a>(.*?)</tr>', page, re.DOTALL)
    cell = r'data-label="{}"><span>(.*?)</span>'
    found = {}
    for number, rest in rows:
        whom = re.search(cell.format("Кого"), rest, re.DOTALL)
        term = re.search(r'data-label="Срок"><span>(.*?)</td>', rest, re.DOTALL)
        found[number.strip()] = tuple(
            unescape(re.sub(r"<[^>]+>", "", each[1])).strip() for each in (whom, term) if each is not None
        )
    return found


def test_an_order_says_whom_and_how_it_stands(sign_in: Any, enter: Any) -> None:
    enter("1", ORDERED, "Ким")
    enter("2", date(2026, 4, 15), "Белых", "Попов", "Иванов")
    for login in ("secretary.65001", "municipal.64754000", "regional"):
        found = shown(sign_in, login)
        assert found["1"] == ("Ким Александр", "в срок")
        assert found["2"][0] == "Белых Тимур и ещё 2"
        assert re.fullmatch(r"с опозданием, \d+ дн\.", found["2"][1])


def test_the_file_says_it_in_words(sign_in: Any, enter: Any) -> None:
    enter("2", date(2026, 4, 15), "Белых", "Попов")
    head, row = sheet(sign_in("secretary.65001").get("/movement_orders/export?format=xlsx"))
    told = dict(zip(head, row, strict=True))
    assert told["Кого"] == "Белых Тимур и ещё 1"
    assert told["Срок"].startswith("с опозданием, ")


def test_the_number_of_queries_does_not_grow(sign_in: Any, enter: Any, count_queries: list[str]) -> None:
    client, counts = sign_in("secretary.65001"), list[int]()
    for number, name in enumerate(("Ким", "Белых", "Попов", "Иванов")):
        enter(str(number), date(2026, 4, 15), name)
        count_queries.clear()
        client.get("/movement_orders/list/")
        counts.append(len(count_queries))
    assert counts == [counts[0]] * 4


@pytest.mark.parametrize("login", ["student.65001", "parent.65001", "teacher.65001", "psychologist.65001"])
def test_who_may_not_see_orders_sees_no_list_of_them(sign_in: Any, login: str) -> None:
    assert sign_in(login).get("/movement_orders/list/").status_code == 403


def test_the_words_are_no_order_of_rows(sign_in: Any) -> None:
    for name in ("whom", "term"):
        assert sign_in("secretary.65001").get(f"/movement_orders/list/?order={name}").status_code == 400
