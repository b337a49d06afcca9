"""Nothing acts before its date: an order of 2 March about a day to come, on the day before it, on it and after it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from app.models.accounts import Account
from app.models.people import Pupil
from tests.panel.reading import body, rows_of, sheet
from tests.support.classes import put
from tests.support.locks import pressed

SCHOOL = "65001"
ENTERED, EVENT = date(2026, 3, 2), date(2026, 3, 16)
BEFORE, AFTER = EVENT - timedelta(days=1), EVENT + timedelta(days=1)
SPACE = "\N{NO-BREAK SPACE}"


@contextmanager
def at(day: date) -> Iterator[None]:
    """11:00 on Sakhalin, which is midnight in UTC."""
    with time_machine.travel(datetime.fromisoformat(f"{day}T00:00+00:00"), tick=False):
        yield


@pytest.fixture
def seen(sign_in: Any, world: Any) -> Any:
    """What is shown of a pupil and of the class 5А on a day."""

    def look(day: date, name: str = "Иванов") -> dict[str, Any]:
        own, key = world.classes[(SCHOOL, 2025, "5А")], world.pupils[(SCHOOL, name)]
        with at(day):
            secretary, teacher = sign_in(f"secretary.{SCHOOL}"), sign_in(f"teacher.{SCHOOL}")
            belonging = secretary.get(f"/movement_orders/rows_belonging/lines/school_class?id={own}").get_json()
            counts = secretary.get(
                f"/classes/list/?academic_year={world.years[(SCHOOL, 2025)]}&grade=5&cols=pupils_now"
            )
            card = body(secretary.get(f"/pupils/show/{key}"))
            return {
                "list": name in " ".join(rows_of(secretary.get(f"/pupils/list/?school_class={own}"))),
                "card of the class": name in table(body(secretary.get(f"/classes/show/{own}")), "Состав класса"),
                "outcomes of the class": name in table(body(secretary.get(f"/classes/show/{own}")), "Итоги года"),
                "file": name in str(sheet(secretary.get(f"/pupils/export?school_class={own}"))),
                "whole class": name in str(belonging),
                "count": body(counts).partition('Обучающихся"><span>')[2][:1],
                "teacher's list": name in " ".join(rows_of(teacher.get("/pupils/list/"))),
                "teacher's card": teacher.get(f"/pupils/show/{key}").status_code,
                "enrolled": name in " ".join(rows_of(secretary.get("/pupils/list/?status=enrolled"))),
                "badges": card,
            }

    return look


@pytest.fixture
def enter(sign_in: Any, world: Any) -> Any:
    def run(kind: str, name: str = "Иванов", **changes: Any) -> None:
        form = {"kind": kind, "number": "14-у", "order_date": str(ENTERED), "lines-0-event_date": str(EVENT)}
        form |= {"lines-0-pupil": world.pupils[(SCHOOL, name)]} | changes
        with at(ENTERED):
            page = sign_in(f"secretary.{SCHOOL}").post("/movement_orders/add", data=form)
        assert page.status_code == 302, page.text

    return run


IN_CLASS = {"list": True, "card of the class": True, "file": True, "whole class": True, "count": "2"}
LED = {"teacher's list": True, "teacher's card": 200}
OUT = {"list": False, "card of the class": False, "file": False, "whole class": False, "count": "1"}
NOT_LED = {"teacher's list": False, "teacher's card": 404}


def table(page: str, title: str) -> str:
    """A table of a card."""
    return re.split(r"</section>", re.split(rf'<h2 id="related-\d+">{title}', page)[1])[0]


def told(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in ("badges", "outcomes of the class")}


def test_a_departure_to_come_leaves_the_class_as_it_is(seen: Any, enter: Any) -> None:
    """The secretary dates an order in the future: until that day nobody sees or counts otherwise."""
    enter("departure")
    for day in (ENTERED, BEFORE):
        found = seen(day)
        assert told(found) == IN_CLASS | LED | {"enrolled": True}, day
        assert "обучается с 01.09.2025" in found["badges"]
        assert "выбывает с 16.03.2026" in found["badges"]
    for day in (EVENT, AFTER):
        found = seen(day)
        assert told(found) == OUT | NOT_LED | {"enrolled": False}, day
        assert "выбыл с 16.03.2026" in found["badges"]
        assert "выбывает" not in found["badges"]


def test_a_class_teacher_loses_a_pupil_on_the_day_of_the_transfer(seen: Any, enter: Any, world: Any) -> None:
    enter("transfer", **{"lines-0-to_class": world.classes[(SCHOOL, 2025, "5Б")]})
    for day in (ENTERED, BEFORE):
        found = seen(day)
        assert told(found) == IN_CLASS | LED | {"enrolled": True}, day
        assert f"переводится в 5{SPACE}«Б» с 16.03.2026" in found["badges"]
    for day in (EVENT, AFTER):
        assert told(seen(day)) == OUT | NOT_LED | {"enrolled": True}, day


def test_a_class_teacher_gets_a_pupil_on_the_day_of_the_transfer(seen: Any, enter: Any, world: Any) -> None:
    enter("transfer", "Белых", **{"lines-0-to_class": world.classes[(SCHOOL, 2025, "5А")]})
    for day in (ENTERED, BEFORE):
        found = seen(day, "Белых")
        assert told(found) == OUT | {"count": "2"} | NOT_LED | {"enrolled": True}, day
        assert not found["outcomes of the class"]
    for day in (EVENT, AFTER):
        found = seen(day, "Белых")
        assert told(found) == IN_CLASS | {"count": "3"} | LED | {"enrolled": True}, day
        assert found["outcomes of the class"]


def test_an_enrolment_to_come(seen: Any, enter: Any, world: Any, session: Any) -> None:
    put(session, session.get(Pupil, world.pupils[(SCHOOL, "Ким")]), None)
    session.commit()
    enter("enrolment", "Ким", **{"lines-0-to_class": world.classes[(SCHOOL, 2025, "5А")], "confirm": "pupil-age"})
    found = seen(BEFORE, "Ким")
    assert told(found) == OUT | {"count": "2"} | NOT_LED | {"enrolled": False}
    assert "не зачислен" in found["badges"]
    assert f"зачислен в 5{SPACE}«А» с 16.03.2026" in found["badges"]
    assert "kind=departure" in found["badges"], "what one enters next of him is no second enrolment"
    assert told(seen(EVENT, "Ким")) == IN_CLASS | {"count": "3"} | LED | {"enrolled": True}


def test_several_days_to_come_are_told_in_their_order(enter: Any, sign_in: Any, world: Any, session: Any) -> None:
    """A transfer, then a departure: each on its day, the second one told by the history alone."""
    enter("transfer", **{"lines-0-to_class": world.classes[(SCHOOL, 2025, "5Б")]})
    enter("departure", number="15-у", **{"lines-0-event_date": "2026-04-20"})
    key = world.pupils[(SCHOOL, "Иванов")]
    for day, state, ahead in (
        ("2026-03-15", "5\u00a0«А»", 2),
        ("2026-03-16", "5\u00a0«Б»", 1),
        ("2026-04-19", "5\u00a0«Б»", 1),
        ("2026-04-20", "выбыл с 20.04.2026", 0),
    ):
        with at(date.fromisoformat(day)):
            page = body(sign_in(f"secretary.{SCHOOL}").get(f"/pupils/show/{key}"))
            assert state in page.partition("История")[0], day
            assert page.count("st-orange") == ahead, day
            assert ("выбывает с 20.04.2026" in page) == bool(ahead)


def test_a_class_as_of_any_day(enter: Any, sign_in: Any, world: Any) -> None:
    """On the card of the class those of today stand; another day is asked for, or all."""
    enter("transfer", **{"lines-0-to_class": world.classes[(SCHOOL, 2025, "5Б")]})
    own, other = (world.classes[(SCHOOL, 2025, name)] for name in ("5А", "5Б"))
    with at(BEFORE):
        client = sign_in(f"deputy.{SCHOOL}")
        for day, there in ((BEFORE, own), (EVENT, other)):
            for each in (own, other):
                page = body(client.get(f"/classes/show/{each}?on={day}"))
                assert ("Иванов" in table(page, "Состав класса")) == (each == there)
        assert "Иванов" in body(client.get(f"/classes/show/{other}?on=all"))
        assert client.get(f"/classes/show/{own}?on=soon").status_code == 400
        card = f"/pupils/show/{world.pupils[(SCHOOL, 'Иванов')]}"
        classes = table(body(client.get(f"{card}?on={EVENT}")), "Классы")
        assert "5\u00a0«Б»" in classes
        assert "5\u00a0«А»" not in classes
        held = rows_of(client.get(f"/memberships/list/?on={EVENT}&school_class={other}"))
        assert "Иванов Пётр" in " ".join(held)


def test_an_annulled_order_to_come_never_acts(seen: Any, enter: Any, sign_in: Any) -> None:
    enter("departure")
    with at(BEFORE):
        secretary = sign_in(f"secretary.{SCHOOL}")
        page = pressed(secretary, "/movement_orders/annul/1", data={"annulment_reason": "Заявление отозвано"})
        assert page.status_code == 302, page.text
    assert told(seen(AFTER)) == IN_CLASS | LED | {"enrolled": True}


def test_an_account_is_closed_from_its_day_on(sign_in: Any, session: Any, world: Any) -> None:
    account = session.get(Account, world.account(f"hr.{SCHOOL}"))
    account.closed_on, account.closed_reason = EVENT, "Увольнение"
    session.commit()
    for day, answer in ((BEFORE, 200), (EVENT, 302), (AFTER, 302)):
        with at(day):
            assert sign_in(f"hr.{SCHOOL}").get("/employees/list/").status_code == answer, day


def test_whoever_closes_an_account_for_a_day_to_come_leaves_it_open(sign_in: Any, session: Any, world: Any) -> None:
    key = world.account(f"hr.{SCHOOL}")
    with at(ENTERED):
        client = sign_in(f"administrator.{SCHOOL}")
        form = {"username": f"hr.{SCHOOL}", "last_name": "Сотрудников", "first_name": "Имя", "active": "1"}
        form |= {"email": f"hr.{SCHOOL}@test.invalid", "closed_on": str(EVENT), "closed_reason": "Увольнение"}
        form |= {"version": session.get(Account, key).version, "school": world.schools[SCHOOL]}
        page = client.post(f"/accounts/edit/{key}", data=form)
        assert page.status_code == 302, page.text
        assert "закроется 16.03.2026" in body(client.get(f"/accounts/show/{key}"))
        assert sign_in(f"hr.{SCHOOL}").get("/employees/list/").status_code == 200
    with at(EVENT):
        assert sign_in(f"hr.{SCHOOL}").get("/employees/list/").status_code == 302
        assert "закрыта" in body(sign_in(f"administrator.{SCHOOL}").get(f"/accounts/show/{key}"))
