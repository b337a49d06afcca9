"""Opening a form asks the database a fixed number of times, however much there is to choose from."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert

from app.clock import utc_now
from app.models.movement import MovementOrder
from app.models.study import SchoolClass

SCHOOL = "65001"
MOST = 6
"""The actor's own queries included."""
LOGINS = {"pupils": "secretary", "movement_orders": "secretary", "employees": "hr", "classes": "deputy"}


@pytest.fixture
def order(sign_in: Any, session: Any, world: Any) -> int:
    """A departure of three pupils."""
    data = {"kind": "departure", "number": "1", "order_date": "2026-02-02"}
    for number, name in enumerate(("Сергеева", "Иванов", "Белых")):
        data |= {f"lines-{number}-pupil": world.pupils[(SCHOOL, name)], f"lines-{number}-event_date": "2026-02-02"}
    assert sign_in(f"secretary.{SCHOOL}").post("/movement_orders/add", data=data).status_code == 302
    return session.query(MovementOrder).one().id


def add_classes(session: Any, world: Any, start: int, number: int) -> None:
    stamp = {"entered_at": utc_now(), "entered_on": date(2026, 3, 2), "entered_by": "Проверка", "version": 1}
    where = {"school_id": world.schools[SCHOOL], "academic_year_id": world.years[(SCHOOL, start)], "search_text": ""}
    rows = [stamp | where | {"grade": 1 + n % 11, "letter": f"К{n // 11}"} for n in range(number)]
    session.execute(insert(SchoolClass.__table__), rows)
    session.commit()


def counts(sign_in: Any, count_queries: list[str], pages: dict[str, int]) -> dict[str, int]:
    found = {}
    for route, pk in pages.items():
        client = sign_in(f"{LOGINS[route]}.{SCHOOL}")
        for path in (f"/{route}/add", f"/{route}/edit/{pk}", f"/{route}/add?in_place=1"):
            client.get("/help/")
            count_queries.clear()
            assert client.get(path).status_code == 200
            found[path] = len(count_queries)
    return found


def test_forms_ask_little_and_always_the_same(
    sign_in: Any, session: Any, world: Any, order: int, count_queries: list[str]
) -> None:
    pages = {
        "pupils": world.pupils[(SCHOOL, "Иванов")],
        "movement_orders": order,
        "employees": world.employees[(SCHOOL, "teacher")],
        "classes": world.classes[(SCHOOL, 2025, "5А")],
    }
    add_classes(session, world, 2025, 5)
    few = counts(sign_in, count_queries, pages)
    assert max(few.values()) <= MOST, few
    add_classes(session, world, 2026, 500)
    assert counts(sign_in, count_queries, pages) == few
