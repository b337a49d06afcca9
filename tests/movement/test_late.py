"""Orders entered late: they are attached to what stands, and later orders stay as they were (deadlines.md, L3)."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine

from app.models.movement import MovementLine, MovementOrder
from app.models.movement.kinds import OrderKind
from app.models.movement.memberships import ClassMembership
from app.models.movement.outcomes import Outcome, YearOutcome
from app.models.people import Pupil, PupilStatus
from app.services.movement import memberships
from tests.support.locks import pressed
from tests.support.sent import sent
from tests.support.ticks import ticked

SCHOOL = "65001"
NOVEMBER = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
YEAR_END, SEPTEMBER = date(2026, 8, 31), date(2026, 9, 1)


@pytest.fixture
def secretary(sign_in: Any) -> Any:
    with time_machine.travel(NOVEMBER, tick=False):
        yield sign_in(f"secretary.{SCHOOL}")


@pytest.fixture
def enter(secretary: Any, world: Any) -> Any:
    """Enter an order on a pupil: the answer of the form, its questions ticked unless they are to be seen."""

    def run(
        kind: str,
        day: str,
        to_class: tuple[int, str] | None = None,
        pupil: str = "Иванов",
        tick: bool = True,
        **more: Any,
    ) -> Any:
        form = {
            "kind": kind,
            "number": f"{kind}-{day}",
            "order_date": day,
            "lines-0-pupil": world.pupils[(SCHOOL, pupil)],
            "lines-0-event_date": day,
        }
        if to_class is not None:
            form["lines-0-to_class"] = world.classes[(SCHOOL, *to_class)]
        if not tick:
            return secretary.post("/movement_orders/add", data=form | more)
        return ticked(secretary, "/movement_orders/add", form | more)

    return run


@pytest.fixture
def by_hand(session: Any, world: Any) -> Any:
    """End the membership of a pupil, and begin another one, without an order."""

    def run(ends: date | None, then: tuple[int, str] | None = None, begins: date | None = None) -> None:
        pupil_id = world.pupils[(SCHOOL, "Иванов")]
        row = session.query(ClassMembership).filter_by(pupil_id=pupil_id).order_by(ClassMembership.starts_on).all()[-1]
        memberships.save(session, row, {"ends_on": ends})
        if then is not None:
            made = {"pupil": row.pupil, "starts_on": begins or ends + timedelta(days=1), "ends_on": None}
            made["school_class"] = session.get(type(row.school_class), world.classes[(SCHOOL, *then)])
            memberships.save(session, ClassMembership(), made)
        session.expire_all()

    return run


@pytest.fixture
def history(session: Any, world: Any) -> Any:
    """What the classes of a pupil are: (class, from, to, opened by, closed by)."""

    def run(pupil: str = "Иванов") -> list[tuple[Any, ...]]:
        session.expire_all()
        rows = session.query(ClassMembership).filter_by(pupil_id=world.pupils[(SCHOOL, pupil)])
        return [
            (str(row.school_class), row.starts_on, row.ends_on, kind_of(row.opened_by), kind_of(row.closed_by))
            for row in rows.order_by(ClassMembership.starts_on)
        ]

    return run


def kind_of(line: MovementLine | None) -> str | None:
    return None if line is None else line.kind.value


def said(answer: Any) -> str:
    """What a refused form says at its fields."""
    assert answer.status_code == 422
    return " ".join(re.findall(r'<div class="bad"[^>]*>.*?<span>(.*?)</span></div>', answer.text, re.DOTALL))


def annul(client: Any, session: Any, kind: str) -> Any:
    order = session.query(MovementOrder).filter_by(kind=OrderKind(kind)).order_by(MovementOrder.id.desc()).first()
    return pressed(client, f"/movement_orders/annul/{order.id}", data={"annulment_reason": "Ошибка"})


IN_5A = ("5\u00a0«А»", date(2025, 9, 1))
IN_6A = ("6\u00a0«А»", SEPTEMBER)


def test_a_promotion_finds_the_pupil_in_the_next_class(
    enter: Any, by_hand: Any, history: Any, secretary: Any, session: Any
) -> None:
    by_hand(YEAR_END, (2026, "6А"))
    was = history()
    assert enter("promotion", "2026-05-28", (2026, "6А")).status_code == 302
    assert history() == [(*IN_5A, YEAR_END, None, "promotion"), (*IN_6A, None, "promotion", None)]
    assert annul(secretary, session, "promotion").status_code == 302
    assert history() == was, "what stood before the order stands after it"


def test_the_class_of_the_next_year_need_not_be_named(enter: Any, by_hand: Any, history: Any) -> None:
    by_hand(YEAR_END, (2026, "6А"))
    assert enter("promotion", "2026-08-31").status_code == 302
    assert [row[:3] for row in history()] == [(*IN_5A, YEAR_END), (*IN_6A, None)]


def test_what_stands_and_says_otherwise_is_told(enter: Any, by_hand: Any, session: Any) -> None:
    by_hand(YEAR_END, (2026, "6Б"))
    words = said(enter("promotion", "2026-05-28", (2026, "6А")))
    assert "С 01.09.2026 обучающийся в 6\u00a0«Б». Укажите этот класс или исправьте состав классов." in words
    assert "итог года" in said(enter("repeat", "2026-05-28"))
    assert session.query(MovementOrder).count() == 0


def test_a_second_year_entered_late(enter: Any, by_hand: Any, history: Any) -> None:
    by_hand(YEAR_END, (2026, "5А"))
    assert enter("repeat", "2026-05-28", (2026, "5А")).status_code == 302
    assert [row[1:] for row in history()] == [
        (date(2025, 9, 1), YEAR_END, None, "repeat"),
        (SEPTEMBER, None, "repeat", None),
    ]


def test_the_year_is_closed_once(enter: Any, by_hand: Any) -> None:
    by_hand(YEAR_END, (2026, "6А"))
    enter("promotion", "2026-05-28", (2026, "6А"))
    assert "уже внесён приказом № promotion-2026-05-28" in said(enter("promotion", "2026-05-29", (2026, "6А")))


def test_a_promotion_before_a_departure_that_is_there(enter: Any, history: Any, secretary: Any, session: Any) -> None:
    """He went to the next class and left it; only the leaving was entered, of the class in which he still stood."""
    assert enter("departure", "2026-10-12").status_code == 302
    left = date(2026, 10, 12)
    assert history() == [(*IN_5A, left, None, "departure")]
    assert enter("promotion", "2026-05-28", (2026, "6А")).status_code == 302
    assert history() == [(*IN_5A, YEAR_END, None, "promotion"), (*IN_6A, left, "promotion", "departure")]
    assert annul(secretary, session, "promotion").status_code == 302
    assert history() == [(*IN_5A, left, None, "departure")]


def test_who_left_in_the_summer_was_promoted_all_the_same(enter: Any, history: Any) -> None:
    enter("departure", "2026-07-06")
    was = history()
    assert enter("promotion", "2026-05-28", (2026, "6А")).status_code == 302
    assert history() == was


def test_a_transfer_between_what_is_there(enter: Any, history: Any, secretary: Any, session: Any) -> None:
    enter("promotion", "2026-05-28", (2026, "6А"))
    assert enter("transfer", "2026-02-10", (2025, "5Б")).status_code == 302
    in_5b = ("5\u00a0«Б»", date(2026, 2, 10), YEAR_END, "transfer", "promotion")
    assert history() == [(*IN_5A, date(2026, 2, 9), None, "transfer"), in_5b, (*IN_6A, None, "promotion", None)]
    assert annul(secretary, session, "transfer").status_code == 302
    assert history() == [(*IN_5A, YEAR_END, None, "promotion"), (*IN_6A, None, "promotion", None)]


def test_a_transfer_finds_the_pupil_in_the_other_class(enter: Any, by_hand: Any, history: Any) -> None:
    by_hand(date(2026, 2, 9), (2025, "5Б"))
    was = history()
    assert enter("transfer", "2026-02-10", (2025, "5Б")).status_code == 302
    assert [row[:3] for row in history()] == [row[:3] for row in was]


def test_a_departure_finds_that_the_pupil_has_gone(
    enter: Any, by_hand: Any, history: Any, session: Any, world: Any
) -> None:
    by_hand(date(2026, 2, 26))
    assert enter("departure", "2026-02-26").status_code == 302
    assert history() == [(*IN_5A, date(2026, 2, 26), None, "departure")]
    pupil = session.get(Pupil, world.pupils[(SCHOOL, "Иванов")])
    assert (pupil.status, pupil.status_since) == (PupilStatus.DEPARTED, date(2026, 2, 26))


def test_another_day_than_stands_is_asked_about(enter: Any, by_hand: Any, history: Any, secretary: Any) -> None:
    by_hand(date(2026, 2, 26))
    asked = enter("departure", "2026-02-20", tick=False)
    assert asked.status_code == 422
    assert "выбыл 26.02.2026, по приказу – 20.02.2026" in asked.text
    confirmed = dict(re.findall(r'name="(confirm[^"]*)" value="([^"]*)"', asked.text))
    assert enter("departure", "2026-02-20", **{name: unescape(value) for name, value in confirmed.items()}).status_code
    assert history()[0][2] == date(2026, 2, 26)


def test_a_departure_before_a_return(enter: Any, by_hand: Any, history: Any) -> None:
    """He went in February, nobody entered it, and came back in September by an order."""
    by_hand(date(2026, 2, 26))
    assert enter("enrolment", "2026-09-02", (2026, "6А")).status_code == 302
    assert enter("departure", "2026-02-26").status_code == 302
    assert [row[3:] for row in history()] == [(None, "departure"), ("enrolment", None)]
    assert "обучающийся учился и позже" not in said(enter("departure", "2026-02-20"))


def test_a_departure_that_a_later_order_contradicts(enter: Any) -> None:
    enter("promotion", "2026-05-28", (2026, "6А"))
    enter("departure", "2026-10-12")
    words = said(enter("departure", "2026-02-20"))
    assert "По приказу № departure-2026-10-12 от 12.10.2026 обучающийся учился и позже" in words


def test_an_enrolment_finds_the_pupil_in_his_class(enter: Any, history: Any, secretary: Any, session: Any) -> None:
    was = history()
    assert "выберите этот класс" in said(enter("enrolment", "2025-09-01", (2025, "5Б")))
    assert enter("enrolment", "2025-09-01", (2025, "5А")).status_code == 302
    assert history() == [(*IN_5A, None, "enrolment", None)]
    assert "Уже обучается" in said(enter("enrolment", "2025-09-02", (2025, "5А")))
    annul(secretary, session, "enrolment")
    assert history() == was


def test_a_departure_belongs_to_the_year_of_its_day(enter: Any, history: Any, session: Any) -> None:
    """Nobody has moved the class on: the day lies far beyond its year."""
    assert enter("departure", "2026-11-20").status_code == 302
    assert history() == [(*IN_5A, date(2026, 11, 20), None, "departure")]
    assert session.query(MovementOrder).one().academic_year.start_year == 2026


def test_a_year_that_nobody_made_is_not_needed(sign_in: Any, world: Any, session: Any) -> None:
    form = {"kind": "departure", "number": "1", "order_date": "2027-10-11", "lines-0-event_date": "2027-10-11"}
    form["lines-0-pupil"] = world.pupils[(SCHOOL, "Иванов")]
    with time_machine.travel(datetime(2027, 10, 12, 1, 0, tzinfo=UTC), tick=False):
        assert sign_in(f"secretary.{SCHOOL}").post("/movement_orders/add", data=form).status_code == 302
        assert session.get(Pupil, form["lines-0-pupil"]).status is PupilStatus.DEPARTED


def test_an_order_deleted_on_its_day_leaves_what_stood(
    enter: Any, by_hand: Any, history: Any, secretary: Any, session: Any
) -> None:
    by_hand(YEAR_END, (2026, "6А"))
    was = history()
    enter("promotion", "2026-05-28", (2026, "6А"))
    order = session.query(MovementOrder).one()
    assert pressed(secretary, f"/movement_orders/delete/{order.id}").status_code == 302
    assert history() == was


# From the line of a duty.

LINK = re.compile(r'href="(/movement_orders/add\?duty=order-[^"]*)"')
OVERDUE = "/compliance/records?org=65001&status=overdue"


def links(client: Any, address: str = OVERDUE) -> list[str]:
    return [unescape(found) for found in LINK.findall(client.get(address).text)]


def test_the_form_is_filled_from_the_line(secretary: Any, world: Any, by_hand: Any, session: Any) -> None:
    by_hand(YEAR_END, (2026, "6А"))
    key = world.pupils[(SCHOOL, "Иванов")]
    own = session.query(ClassMembership).filter_by(pupil_id=key, starts_on=date(2025, 9, 1)).one().id
    address = f"/movement_orders/add?duty=order-promotion&member={own}"
    assert address in links(secretary)
    assert address in links(secretary, f"/pupils/show/{key}")
    page = secretary.get(address).text
    form = sent(page)
    assert (form["kind"], form["lines-0-pupil"]) == ("promotion", str(key))
    assert (form["lines-0-event_date"], form["lines-0-to_class"]) == (
        "2026-05-26",
        str(world.classes[(SCHOOL, 2026, "6А")]),
    )
    assert "5\u00a0«А»" in page[page.index('data-column="from_class"') :], "the class left, not that of today"
    assert "Срок был 31.08.2026" in page
    done = secretary.post(address, data=form | {"number": "9-у", "order_date": "2026-05-26"})
    assert done.status_code == 302
    after = secretary.get(done.location).text
    assert "опоздание –" in after
    assert address not in links(secretary)
    assert "просроченного нет" in secretary.get(address).text


def test_one_order_for_all_of_a_class(secretary: Any, world: Any, session: Any) -> None:
    of_class = world.classes[(SCHOOL, 2025, "5А")]
    address = f"/movement_orders/add?duty=order-promotion&of_class={of_class}"
    assert address in links(secretary)
    assert "Внести приказ на всех: 2" in secretary.get(OVERDUE).text
    form = sent(secretary.get(address).text) | {"number": "9-у", "order_date": "2026-05-26"}
    assert secretary.post(address, data=form).status_code == 302
    assert session.query(MovementLine).count() == 2
    assert address not in links(secretary)


def test_the_outcome_decides_which_order_is_owed(secretary: Any, world: Any, session: Any) -> None:
    row = session.query(YearOutcome).filter_by(pupil_id=world.pupils[(SCHOOL, "Иванов")]).one()
    row.outcome = Outcome.REPEAT
    session.commit()
    address = f"/movement_orders/add?duty=order-repeat&member={row.membership_id}"
    form = sent(secretary.get(address).text)
    assert (form["kind"], form["lines-0-to_class"]) == ("repeat", str(world.classes[(SCHOOL, 2026, "5А")]))


@pytest.mark.parametrize("login", ["director.65001", "deputy.65001", "municipal.64754000", "regional"])
def test_who_enters_no_orders_is_offered_none(sign_in: Any, login: str) -> None:
    with time_machine.travel(NOVEMBER, tick=False):
        client = sign_in(login)
        assert "не внесено" in client.get(OVERDUE).text
        assert links(client) == []
        assert client.get("/movement_orders/add?duty=order-promotion&member=1").status_code == 403


def test_the_duty_of_another_school_is_not_told(secretary: Any, world: Any, session: Any) -> None:
    key = world.pupils[("65003", "Иванов")]
    foreign = session.query(ClassMembership).filter_by(pupil_id=key).one().id
    page = secretary.get(f"/movement_orders/add?duty=order-promotion&member={foreign}").text
    assert "просроченного нет" in page
    assert sent(page)["lines-0-pupil"] == ""


@pytest.mark.parametrize("asked", ["duty=x&member=1", "duty=order-promotion", "duty=order-promotion&member=x"])
def test_junk_in_the_address(secretary: Any, asked: str) -> None:
    assert secretary.get(f"/movement_orders/add?{asked}").status_code == 400


def test_of_a_past_day_nothing_is_entered(secretary: Any) -> None:
    assert links(secretary, OVERDUE + "&on=2026-10-01") == []


# Before the first day in the class.


@pytest.fixture
def enrolled(enter: Any, by_hand: Any, history: Any) -> list[tuple[Any, ...]]:
    """Left by an order, and enrolled by another from the first of September."""
    assert enter("departure", "2026-03-02").status_code == 302
    assert enter("enrolment", "2026-09-01", (2026, "6А"), order_date="2026-08-10").status_code == 302
    return history()


def test_who_leaves_before_the_first_day_was_in_the_class_on_no_day(
    enter: Any, enrolled: Any, history: Any, secretary: Any, session: Any, world: Any
) -> None:
    assert enter("departure", "2026-08-20").status_code == 302
    day = date(2026, 8, 20)
    assert history()[-1] == ("6\u00a0«А»", day, day, "enrolment", "departure")
    pupil = session.get(Pupil, world.pupils[(SCHOOL, "Иванов")])
    assert (pupil.status, pupil.status_since) == (PupilStatus.DEPARTED, day)
    assert annul(secretary, session, "departure").status_code == 302
    assert history() == enrolled, "he begins on the first of September again"


def test_a_transfer_before_the_first_day_begins_with_it(
    enter: Any, enrolled: Any, history: Any, secretary: Any, session: Any
) -> None:
    assert enter("transfer", "2026-08-20", (2026, "6Б")).status_code == 302
    assert history()[-1] == ("6\u00a0«Б»", SEPTEMBER, None, "transfer", None)
    assert session.query(MovementLine).filter_by(kind=OrderKind.TRANSFER).one().from_class.letter == "А"
    assert "опирается на этот" in annul(secretary, session, "enrolment").text
    assert annul(secretary, session, "transfer").status_code == 302
    assert history() == enrolled


def test_after_a_transfer_too_one_leaves_before_the_first_day(
    enter: Any, enrolled: Any, history: Any, secretary: Any, session: Any
) -> None:
    enter("transfer", "2026-08-20", (2026, "6Б"))
    was = history()
    assert enter("departure", "2026-08-25").status_code == 302
    assert history()[-1][1:3] == (date(2026, 8, 25), date(2026, 8, 25))
    assert annul(secretary, session, "departure").status_code == 302
    assert history() == was


def test_a_promoted_pupil_changes_the_class_in_the_summer(
    enter: Any, history: Any, secretary: Any, session: Any
) -> None:
    enter("promotion", "2026-05-28", (2026, "6А"))
    was = history()
    assert enter("transfer", "2026-08-20", (2026, "6Б")).status_code == 302
    assert history() == [(*IN_5A, YEAR_END, None, "promotion"), ("6\u00a0«Б»", SEPTEMBER, None, "transfer", None)]
    assert annul(secretary, session, "transfer").status_code == 302
    assert history() == was


def test_nobody_leaves_before_the_order_that_enrolled_him(enter: Any, enrolled: Any) -> None:
    words = said(enter("departure", "2026-08-05"))
    assert "по приказу № enrolment-2026-09-01 от 10.08.2026: событие не может быть раньше" in words


@pytest.mark.parametrize(("day", "status"), [("2025-05-31", 422), ("2025-06-01", 302), ("2025-08-31", 302)])
def test_whom_no_order_enrolled_leaves_in_the_summer_before_his_class(enter: Any, day: str, status: int) -> None:
    """Further back is a mistyped year."""
    answer = enter("departure", day)
    assert answer.status_code == status
    if status == 422:
        assert "с 01.09.2025: событие не может быть раньше" in said(answer)
