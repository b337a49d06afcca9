"""«Перевести класс», «Выпустить класс» over HTTP: one order for whole classes, filled in by the panel (3.3.3.2)."""

from datetime import UTC, date, datetime
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine

from app.models.accounts.appointments import Appointment
from app.models.movement import MovementLine, MovementOrder
from app.models.movement.outcomes import Outcome, YearOutcome
from app.models.study import SchoolClass
from tests.support.sent import sent
from tests.support.ticks import ticked

SCHOOL = "65001"
JUNE = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)


@pytest.fixture
def secretary(sign_in: Any) -> Any:
    with time_machine.travel(JUNE, tick=False):
        yield sign_in(f"secretary.{SCHOOL}")


@pytest.fixture
def address(world: Any) -> Any:
    def run(kind: str, *names: str) -> str:
        keys = ",".join(str(world.classes[(SCHOOL, 2025, name)]) for name in names)
        return f"/movement_orders/add?kind={kind}&of_classes={keys}"

    return run


def pupils(page: Any) -> list[str]:
    """The pupils of the rows as they are sent."""
    return [value for name, value in sent(page.text).items() if name.startswith("lines-") and name.endswith("-pupil")]


def test_a_class_is_moved_up_from_its_card(secretary: Any, session: Any, world: Any) -> None:
    card = f"/classes/show/{world.classes[(SCHOOL, 2025, '5А')]}"
    page = secretary.get(card).text
    assert "Выпустить класс" not in page
    link = next(each for each in page.split('href="') if "of_classes" in each).partition('"')[0]
    form = secretary.get(unescape(link))
    typed = sent(form.text)
    assert (typed["kind"], typed["lines-0-event_date"]) == ("promotion", "2026-05-26")
    assert typed["lines-0-to_class"] == str(world.classes[(SCHOOL, 2026, "6А")])
    answer = ticked(secretary, unescape(link), typed | {"number": "31-у", "order_date": "2026-05-29"})
    assert urlsplit(answer.location).path == card
    assert session.query(MovementLine).count() == 2
    again = secretary.get(unescape(link))
    assert "Приказ об итоге года уже есть: 2 обучающихся." in again.text
    assert pupils(again) == [""]


def test_who_repeats_the_year_is_left_out_and_named(secretary: Any, session: Any, world: Any, address: Any) -> None:
    row = session.query(YearOutcome).filter_by(pupil_id=world.pupils[(SCHOOL, "Иванов")]).one()
    row.outcome = Outcome.REPEAT
    session.commit()
    page = secretary.get(address("promotion", "5А"))
    assert pupils(page) == [str(world.pupils[(SCHOOL, "Сергеева")])]
    assert "Иванов\xa0П. – повторный год обучения" in page.text
    assert pupils(secretary.get(address("repeat", "5А"))) == [str(world.pupils[(SCHOOL, "Иванов")])]


def test_several_classes_move_each_into_its_own(secretary: Any, session: Any, world: Any, address: Any) -> None:
    keys = [world.classes[(SCHOOL, 2025, name)] for name in ("5А", "5Б", "9А")]
    led = secretary.post("/classes/bulk", data={"action": "promotion", "rowid": keys})
    page = secretary.get(led.location)
    typed = sent(page.text)
    next_year = [str(world.classes[(SCHOOL, 2026, name)]) for name in ("6А", "6А", "6Б")]
    assert [typed[f"lines-{n}-to_class"] for n in range(3)] == next_year
    assert "Не внесены: 9\xa0«А»." in page.text
    typed.pop("lines-0-keep")
    assert ticked(secretary, led.location, typed | {"number": "32-у", "order_date": "2026-05-29"}).status_code == 302
    order = session.query(MovementOrder).one()
    assert {str(line.to_class) for line in order.lines} == {"6\xa0«А»", "6\xa0«Б»"}
    assert len(order.lines) == 2


def test_a_final_class_is_let_go(secretary: Any, session: Any, world: Any, address: Any) -> None:
    assert "Выпустить класс" in secretary.get(f"/classes/show/{world.classes[(SCHOOL, 2025, '9А')]}").text
    typed = sent(secretary.get(address("graduation", "9А", "11А")).text)
    answer = ticked(secretary, address("graduation", "9А", "11А"), typed | {"number": "7", "order_date": "2026-05-29"})
    assert answer.status_code == 302
    assert {line.event_date for line in session.query(MovementLine)} == {date(2026, 5, 26)}


def test_a_class_that_is_not_there_is_named_with_a_way_to_make_it(
    secretary: Any, session: Any, world: Any, address: Any
) -> None:
    session.delete(session.get(SchoolClass, world.classes[(SCHOOL, 2026, "6Б")]))
    session.commit()
    page = secretary.get(address("promotion", "5Б")).text
    assert (
        "Нет класса на 2026/27 учебный год: 6\xa0«Б». Выберите другой или оставьте пустым; классы создаёт завуч."
        in page
    )
    day = date(2025, 9, 1)
    both = Appointment(role="deputy", order_number="3", order_date=day, valid_from=day)
    both.account_id, both.school_id = world.account(f"secretary.{SCHOOL}"), world.schools[SCHOOL]
    session.add(both)
    session.commit()
    page = secretary.get(address("promotion", "5Б") + f"&back=/classes/show/{world.classes[(SCHOOL, 2025, '5Б')]}").text
    make = unescape(next(each for each in page.split('href="') if "classes/add" in each).partition('"')[0])
    typed = sent(secretary.get(make).text)
    assert (typed["grade"], typed["letter"]) == ("6", "Б")
    assert secretary.post(make, data=typed).location.endswith(str(world.classes[(SCHOOL, 2025, "5Б")]))
    assert "Нет класса" not in secretary.get(address("promotion", "5Б")).text


@pytest.mark.parametrize("role", ["deputy", "teacher", "medical"])
def test_who_enters_no_orders_is_offered_nothing(sign_in: Any, world: Any, role: str) -> None:
    client, key = sign_in(f"{role}.{SCHOOL}"), world.classes[(SCHOOL, 2025, "5А")]
    assert "Перевести класс" not in client.get(f"/classes/show/{key}").text
    assert client.post("/classes/bulk", data={"action": "promotion", "rowid": [key]}).status_code == 403


def test_what_is_no_class_of_the_school_is_passed_over(secretary: Any, world: Any) -> None:
    foreign = world.classes[("65003", 2025, "5А")]
    for text in (str(foreign), "999999", "x", "1,,2"):
        page = secretary.get(f"/movement_orders/add?kind=promotion&of_classes={text}")
        assert page.status_code == 200
        assert pupils(page) == [""]
    many = ",".join(map(str, range(1, 80)))
    assert secretary.get(f"/movement_orders/add?kind=promotion&of_classes={many}").status_code == 400
    assert secretary.post("/classes/bulk", data={"action": "promotion"}).status_code == 400
