"""Who leads a class is told by the day: a replacement begins and ends by itself, and the rights follow it.

Clause 3.3.3.2.
"""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from app.models.study import ClassLeader, SchoolClass
from tests.panel.reading import body

SCHOOL, OTHER = "65001", "65002"
MONDAY, FIRST, LAST, AFTER = date(2026, 3, 2), date(2026, 3, 10), date(2026, 3, 20), date(2026, 3, 21)


class Days:
    """A school on chosen days: its class 5А is led by its teacher, the psychologist stands in."""

    def __init__(self, sign_in: Any, session: Any, world: Any) -> None:
        self._sign_in, self.session, self.world = sign_in, session, world
        self.led = world.classes[SCHOOL, 2025, "5А"]

    def on(self, day: date, login: str, act: Any) -> Any:
        with time_machine.travel(datetime(day.year, day.month, day.day, 1, tzinfo=UTC), tick=False):
            answer = act(self._sign_in(f"{login}.{SCHOOL}"))
        self.session.expire_all()
        return answer

    def enter(self, since: date, until: date | None, who: str = "hr", school: str = SCHOOL, **more: Any) -> Any:
        led = self.session.get(SchoolClass, self.led)
        data = {"grade": 5, "letter": "А", "class_teacher": led.class_teacher_id, "version": led.version}
        data |= {"leaders-0-employee": self.world.employees[school, who], "leaders-0-valid_from": since.isoformat()}
        data |= {"leaders-0-valid_to": until.isoformat() if until else ""} | more
        return self.on(MONDAY, "deputy", lambda client: client.post(f"/classes/edit/{self.led}", data=data))

    def may_edit(self, day: date, login: str) -> bool:
        """Whether the own class's pupil may be edited: what a class teacher may (3.3.5.2)."""
        pupil = self.world.pupils[SCHOOL, "Иванов"]
        status = self.on(day, login, lambda client: client.get(f"/pupils/edit/{pupil}").status_code)
        return bool(status == 200)

    def named(self, day: date) -> str:
        """Who leads the class by the list of classes."""
        page = self.on(day, "deputy", lambda client: client.get("/classes/list/?q=5А"))
        return body(page)


@pytest.fixture
def days(sign_in: Any, session: Any, world: Any) -> Days:
    return Days(sign_in, session, world)


@pytest.fixture
def pupil_of_the_class(world: Any, session: Any) -> None:
    from app.models.people import Pupil

    assert session.get(Pupil, world.pupils[SCHOOL, "Иванов"]).class_id == world.classes[SCHOOL, 2025, "5А"]


def replaced(days: Days, since: date, until: date | None) -> None:
    """By another teacher: an employee whose account is appointed one too."""
    from app.models.accounts.appointments import Appointment

    account = days.world.account(f"hr.{SCHOOL}")
    given = {"order_number": "9", "order_date": date(2026, 2, 2), "valid_from": date(2026, 2, 2)}
    days.session.add(Appointment(account_id=account, role="teacher", school_id=days.world.schools[SCHOOL], **given))
    days.session.commit()
    answer = days.enter(since, until)
    assert answer.status_code == 302, body(answer)


def test_rights_go_over_on_the_day_and_come_back(days: Days, pupil_of_the_class: None) -> None:
    replaced(days, FIRST, LAST)
    told = {day: (days.may_edit(day, "teacher"), days.may_edit(day, "hr")) for day in (MONDAY, FIRST, LAST, AFTER)}
    assert told == {MONDAY: (True, False), FIRST: (False, True), LAST: (False, True), AFTER: (True, False)}


def test_the_list_and_the_card_name_who_leads_on_the_day(days: Days, session: Any, world: Any) -> None:
    from app.models.people import Employee

    session.get(Employee, world.employees[SCHOOL, "hr"]).last_name = "Заменяющий"
    session.commit()
    replaced(days, FIRST, None)
    assert ["Заменяющий" in days.named(day) for day in (MONDAY, FIRST, AFTER)] == [False, True, True]
    card = days.on(MONDAY, "deputy", lambda client: body(client.get(f"/classes/show/{days.led}")))
    assert "10.03.2026" in card
    assert "Заменяющий" in card


def test_a_list_asks_no_more_for_more_classes(days: Days, sign_in: Any, count_queries: list[str]) -> None:
    client = sign_in(f"deputy.{SCHOOL}")
    numbers = []
    for query in ("q=5А", "q=5", ""):
        client.get(f"/classes/list/?{query}")
        count_queries.clear()
        client.get(f"/classes/list/?{query}")
        numbers.append(len(count_queries))
    assert len(set(numbers)) == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"leaders-0-valid_to": "2026-03-01"}, "leaders-0-valid_to"),
        ({"leaders-0-valid_from": ""}, "leaders-0-valid_from"),
        ({"leaders-0-valid_from": "10.13.2026"}, "leaders-0-valid_from"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(days: Days, more: dict[str, str], field: str) -> None:
    answer = days.enter(FIRST, LAST, **more)
    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)


def test_two_do_not_lead_a_class_on_one_day(days: Days, session: Any, world: Any) -> None:
    more = {"leaders-1-employee": world.employees[SCHOOL, "medical"], "leaders-1-valid_from": LAST.isoformat()}
    assert days.enter(FIRST, LAST, **more).status_code == 422
    led = session.scalars(select(ClassLeader).where(ClassLeader.class_id == days.led)).all()
    assert led == []


def test_nobody_of_another_school_leads_a_class(days: Days) -> None:
    assert days.enter(FIRST, LAST, school=OTHER).status_code == 422


def test_a_teacher_replaces_nobody(days: Days) -> None:
    answer = days.on(MONDAY, "teacher", lambda client: client.get(f"/classes/edit/{days.led}"))
    assert answer.status_code == 403
