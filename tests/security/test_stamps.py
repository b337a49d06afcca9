"""Who entered a record, and on which local day: set by the session, never by a form or by code (1.7)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from app.clock import utc_now
from app.models.directories.people import Position
from app.models.movement import MovementOrder
from app.models.movement.kinds import OrderKind
from app.models.people import Pupil
from app.models.schools import SchoolSettings
from app.security.actor import SYSTEM
from app.services.movement import orders

MOSCOW, SAKHALIN = "Europe/Moscow", "Asia/Sakhalin"


def enter(session: Any, world: Any, school: str, title: str = "Логопед", **stamps: Any) -> Position:
    made = Position(school_id=world.schools[school], title=title, **stamps)
    session.add(made)
    session.commit()
    return made


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        (SAKHALIN, datetime(2026, 3, 1, 12, 59, 59, tzinfo=UTC), date(2026, 3, 1)),
        (SAKHALIN, datetime(2026, 3, 1, 13, 0, 0, tzinfo=UTC), date(2026, 3, 2)),
        (SAKHALIN, datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC), date(2026, 3, 1)),
        (SAKHALIN, datetime(2026, 3, 1, 0, 0, 0, tzinfo=UTC), date(2026, 3, 1)),
        (MOSCOW, datetime(2026, 3, 1, 20, 59, 59, tzinfo=UTC), date(2026, 3, 1)),
        (MOSCOW, datetime(2026, 3, 1, 21, 0, 0, tzinfo=UTC), date(2026, 3, 2)),
        ("Asia/Kamchatka", datetime(2025, 12, 31, 12, 0, 0, tzinfo=UTC), date(2026, 1, 1)),
    ],
)
def test_the_day_is_the_schools(session: Any, world: Any, zone: str, instant: datetime, day: date) -> None:
    """Terms are judged by it: an order entered at half past eleven in the evening is of that day."""
    session.query(SchoolSettings).filter_by(school_id=world.schools["65002"]).one().time_zone = zone
    session.commit()
    with time_machine.travel(instant, tick=False):
        made = enter(session, world, "65002")
    session.expire_all()
    assert (made.entered_on, made.entered_at) == (day, instant)


def test_the_name_is_kept_as_it_was(as_account: Any, session: Any, world: Any) -> None:
    with as_account("administrator.65001") as own:
        key = enter(own, world, "65001").id
    made = session.get(Position, key)
    assert (made.entered_by, made.entered_by_id) == ("Сотрудников Борис", world.account("administrator.65001"))
    assert (made.changed_at, made.changed_by) == (None, None)


def test_stamps_given_with_a_new_record_are_ignored(as_account: Any, world: Any) -> None:
    forged = {"entered_by": "Директор", "entered_by_id": 1, "entered_on": date(2020, 1, 1)}
    with as_account("administrator.65001") as session:
        made = enter(session, world, "65001", entered_at=utc_now() - timedelta(days=900), **forged)
        assert made.entered_by == "Сотрудников Борис"
        assert made.entered_by_id == world.account("administrator.65001")
        assert utc_now() - made.entered_at < timedelta(minutes=1)


@pytest.mark.parametrize("loaded", [True, False], ids=["loaded", "expired"])
@pytest.mark.parametrize("who", ["secretary.65001", "system"])
def test_stamps_are_not_edited(as_account: Any, session: Any, world: Any, who: str, loaded: bool) -> None:
    """Whether the old value is at hand or not: an expired attribute tells no old value."""
    if who == "system":
        _forge(session, world, loaded)
    else:
        with as_account(who) as own:
            _forge(own, world, loaded)
    session.expire_all()
    pupil = session.get(Pupil, world.pupils[("65001", "Иванов")])
    assert pupil.entered_by == "Система"
    assert pupil.entered_on > date(2021, 1, 1)
    assert (pupil.address, pupil.version) == ("ул. Новая, 1", 2)


def _forge(session: Any, world: Any, loaded: bool) -> None:
    pupil = session.get(Pupil, world.pupils[("65001", "Иванов")])
    if not loaded:
        session.expire(pupil)
    pupil.entered_on, pupil.entered_by, pupil.entered_at = date(2020, 1, 1), "Никто", utc_now()
    pupil.address = "ул. Новая, 1"
    session.commit()


def test_a_change_is_stamped_beside(as_account: Any, session: Any, world: Any) -> None:
    with as_account("secretary.65001") as own:
        pupil = own.get(Pupil, world.pupils[("65001", "Иванов")])
        pupil.address = "ул. Новая, 1"
        own.commit()
    pupil = session.get(Pupil, world.pupils[("65001", "Иванов")])
    assert (pupil.entered_by, pupil.changed_by) == ("Система", "Сотрудников Галина")
    assert pupil.changed_by_id == world.account("secretary.65001")


def test_an_act_has_the_day_of_its_actor(as_account: Any, session: Any, world: Any) -> None:
    """Midnight passes between the rights of a request and its last line: the day stays the one it began with."""
    key = _order(session, world)
    with as_account("secretary.65001", date(2026, 3, 2)) as own, time_machine.travel(datetime(2026, 3, 5, tzinfo=UTC)):
        annulled = orders.annul(own, own.get(MovementOrder, key), "Ошибка")
        assert annulled.annulled_on == date(2026, 3, 2)
    with time_machine.travel(datetime(2026, 3, 4, 14, tzinfo=UTC)):
        assert SYSTEM.today == date(2026, 3, 5)


def _order(session: Any, world: Any) -> int:
    school, year = world.schools["65001"], world.years[("65001", 2025)]
    order = MovementOrder(school_id=school, academic_year_id=year, kind=OrderKind.DEPARTURE, number="1")
    order.order_date = date(2026, 2, 27)
    session.add(order)
    session.commit()
    return order.id


def test_the_zone_is_the_one_that_holds(session: Any, world: Any) -> None:
    """The school moves to another zone on 2 March; each zone tells the day by itself."""
    settings = session.query(SchoolSettings).filter_by(school_id=world.schools["65002"]).one()
    settings.time_zone, settings.valid_to = MOSCOW, date(2026, 3, 1)
    later = SchoolSettings(school_id=settings.school_id, time_zone=SAKHALIN, valid_from=date(2026, 3, 2))
    session.add(later)
    session.commit()
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for instant, day in ((noon, date(2026, 3, 1)), (noon + timedelta(days=1, hours=2), date(2026, 3, 3))):
        session.info.pop("zones", None)
        with time_machine.travel(instant, tick=False):
            made = enter(session, world, "65002")
        assert made.entered_on == day
        session.delete(made)
        session.commit()
