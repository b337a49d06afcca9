"""What was entered cannot be edited away: entries are kept, firm from the next day on (deadlines.md, Entries)."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from app.models.engine.deleted import DeletedRecord
from app.models.engine.entries import past_entry
from app.models.movement import MovementLine, MovementOrder
from app.models.people import Pupil
from app.security import entries
from app.security.entries import Firm
from app.security.guard import system_step
from tests.support.locks import pressed

SCHOOL = "65001"
MONDAY = date(2026, 3, 2)
TUESDAY, LATER = MONDAY + timedelta(days=1), date(2026, 3, 16)


def at(day: date, hours: float = 10.5) -> Any:
    """An hour of a day on Sakhalin, eleven hours before it in UTC."""
    return time_machine.travel(
        datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hours - 11), tick=False
    )


class Secretary:
    """The secretary of a school on chosen days."""

    def __init__(self, sign_in: Any, session: Any, world: Any) -> None:
        self._sign_in, self.session, self.world = sign_in, session, world

    @contextmanager
    def on(self, day: date, login: str = f"secretary.{SCHOOL}") -> Any:
        """Half past ten in the morning of a day on Sakhalin."""
        with time_machine.travel(
            datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(minutes=30), tick=False
        ):
            yield self._sign_in(login)
        self.session.expire_all()

    def form(self, kind: str = "departure", *pupils: str, **changes: Any) -> dict[str, Any]:
        found = {"kind": kind, "number": "14-у", "order_date": "2026-02-27"}
        for number, pupil in enumerate(pupils or ("Иванов",)):
            found[f"lines-{number}-pupil"] = self.world.pupils[(SCHOOL, pupil)]
            found[f"lines-{number}-event_date"] = "2026-02-26"
        found |= {name.replace("line_", "lines-0-"): value for name, value in changes.items()}
        return {name: value for name, value in found.items() if value is not None}

    def enter(self, day: date, *args: Any, **changes: Any) -> MovementOrder:
        with self.on(day) as client:
            answer = client.post("/movement_orders/add", data=self.form(*args, **changes))
            assert answer.status_code == 302, answer.text
        return self.session.query(MovementOrder).order_by(MovementOrder.id.desc()).first()

    def edit(self, day: date, order: MovementOrder, *args: Any, **changes: Any) -> Any:
        with self.on(day) as client:
            data = self.form(*args, **changes) | {"version": order.version}
            return client.post(f"/movement_orders/edit/{order.id}", data=data)

    def line(self) -> MovementLine:
        return self.session.query(MovementLine).order_by(MovementLine.id).first()

    def past(self) -> list[Any]:
        return list(self.session.execute(select(past_entry).order_by(past_entry.c.id)))


@pytest.fixture
def secretary(sign_in: Any, session: Any, world: Any) -> Secretary:
    return Secretary(sign_in, session, world)


def test_a_new_date_after_the_day_of_entry_is_a_new_entry(secretary: Secretary) -> None:
    order = secretary.enter(MONDAY)
    assert secretary.edit(LATER, order, line_event_date="2026-02-25").status_code == 302

    line = secretary.line()
    assert (line.event_date, line.entered_on) == (date(2026, 2, 25), LATER)
    [past] = secretary.past()
    assert (past.subject, past.subject_id, past.trigger_on) == ("movement_line", line.id, date(2026, 2, 26))
    assert (past.entered_on, past.until_on, past.until_at) == (MONDAY, LATER, line.entered_at)
    assert (past.entered_by, past.ended_by, past.ended.value) == ("Сотрудников Галина", "Сотрудников Галина", "changed")


def test_until_midnight_it_is_corrected_as_if_never_entered(secretary: Secretary) -> None:
    order = secretary.enter(MONDAY)
    assert secretary.edit(MONDAY, order, line_event_date="2026-02-25").status_code == 302
    assert (secretary.line().entered_on, secretary.past()) == (MONDAY, [])


def test_a_change_taken_back_on_its_own_day_is_none(secretary: Secretary) -> None:
    order = secretary.enter(MONDAY)
    secretary.edit(LATER, order, line_event_date="2026-02-25")
    secretary.session.expire_all()
    secretary.edit(LATER, order, line_event_date="2026-02-24")
    secretary.session.expire_all()
    assert len(secretary.past()) == 1
    secretary.edit(LATER, order, line_event_date="2026-02-26")
    assert (secretary.line().entered_on, secretary.past()) == (MONDAY, [])


@pytest.mark.parametrize("changes", [{"number": "15-у"}, {"line_reason": "Заявление"}, {"order_date": "2026-02-26"}])
def test_a_number_or_a_note_is_no_new_entry(secretary: Secretary, changes: dict[str, str]) -> None:
    order = secretary.enter(MONDAY)
    assert secretary.edit(LATER, order, **changes).status_code == 302
    assert (secretary.line().entered_on, secretary.past()) == (MONDAY, [])


def test_the_date_of_the_decision_is_the_trigger_of_an_enrolment_to_grade_1(secretary: Secretary) -> None:
    first = secretary.world.classes[(SCHOOL, 2026, "1А")]
    secretary.enter(MONDAY, "departure", "Попов")
    given = {
        "number": "21-у",
        "order_date": "2026-06-11",
        "decision_date": "2026-06-10",
        "line_event_date": "2026-09-01",
        "line_to_class": first,
    }
    order = secretary.enter(date(2026, 6, 11), "enrolment_1", "Попов", **given)
    changed = given | {"line_event_date": "2026-08-31"}
    assert secretary.edit(date(2026, 6, 15), order, "enrolment_1", "Попов", **changed).status_code == 302
    assert secretary.past() == []
    changed |= {"decision_date": "2026-06-11"}
    assert secretary.edit(date(2026, 6, 16), order, "enrolment_1", "Попов", **changed).status_code == 302
    [past] = secretary.past()
    assert (past.trigger_on, past.entered_on, past.until_on) == (
        date(2026, 6, 10),
        date(2026, 6, 11),
        date(2026, 6, 16),
    )
    assert past.trigger == {"decision_date": "2026-06-10", "to_class_id": first}


def test_after_the_day_of_entry_an_order_is_annulled_and_not_deleted(secretary: Secretary) -> None:
    order = secretary.enter(MONDAY)
    with secretary.on(TUESDAY) as client:
        asked = client.get(f"/movement_orders/delete/{order.id}").text
        refused = pressed(client, f"/movement_orders/delete/{order.id}")
        wish = {"action": "delete", "rowid": [order.id]}
        many = client.post("/movement_orders/bulk", data=wish)
        client.post("/movement_orders/bulk", data=wish | {"confirmed": "1", "version": order.version})
    words = "внесён 02.03.2026, после дня внесения приказ не удаляется. Аннулируйте приказ"
    assert words in asked
    assert refused.status_code == 409
    assert words in refused.text
    assert words in many.text
    assert secretary.session.get(MovementOrder, order.id) is not None
    assert secretary.session.get(Pupil, secretary.line().pupil_id).class_id is None


def test_on_the_day_of_entry_an_order_is_deleted(secretary: Secretary) -> None:
    order = secretary.enter(MONDAY)
    with secretary.on(MONDAY) as client:
        assert pressed(client, f"/movement_orders/delete/{order.id}").status_code == 302
    assert secretary.session.query(MovementOrder).count() == 0


def test_what_was_changed_today_is_not_deleted_today(secretary: Secretary) -> None:
    order = secretary.enter(MONDAY)
    secretary.edit(LATER, order, line_event_date="2026-02-25")
    with secretary.on(LATER) as client:
        assert pressed(client, f"/movement_orders/delete/{order.id}").status_code == 409


def test_a_line_of_an_earlier_day_stays_in_the_order(secretary: Secretary) -> None:
    order = secretary.enter(MONDAY, "departure", "Иванов", "Белых")
    answer = secretary.edit(TUESDAY, order, "departure", "Белых")
    assert answer.status_code == 422
    assert "Иванов Пётр" in answer.text
    assert "внесено 02.03.2026, после дня внесения из приказа не убирается" in answer.text
    assert secretary.session.query(MovementLine).count() == 2


def test_a_line_added_today_is_removed_today(secretary: Secretary) -> None:
    order = secretary.enter(MONDAY)
    assert secretary.edit(TUESDAY, order, "departure", "Иванов", "Белых").status_code == 302
    secretary.session.expire_all()
    assert secretary.edit(TUESDAY, order).status_code == 302
    assert [line.entered_on for line in secretary.session.query(MovementLine)] == [MONDAY]


def test_nobody_deletes_it_by_any_way(secretary: Secretary) -> None:
    """Straight in the session, as the system, within a named step: the flush refuses."""
    order = secretary.enter(MONDAY)
    session = secretary.session
    with at(TUESDAY):
        for gone in (secretary.line(), order):
            session.delete(gone)
            with pytest.raises(Firm, match=r"внесено 02\.03\.2026, после дня внесения это не удаляется"):
                session.flush()
            session.rollback()
        with pytest.raises(Firm):
            _without_lines(session, order)
        session.rollback()
    assert session.query(MovementLine).count() == 1


def _without_lines(session: Any, order: MovementOrder) -> None:
    with system_step(session, "take a line out"):
        order.lines = []


def test_whom_it_is_about_is_not_changed_by_any_way(secretary: Secretary) -> None:
    secretary.enter(MONDAY)
    session, line = secretary.session, secretary.line()
    line.pupil_id = secretary.world.pupils[(SCHOOL, "Белых")]
    with (
        time_machine.travel(datetime(2026, 3, 3, tzinfo=UTC), tick=False),
        pytest.raises(Firm, match="о ком эта запись"),
    ):
        session.flush()
    session.rollback()


def test_what_the_session_has_forgotten_is_an_entry_all_the_same(secretary: Secretary) -> None:
    """An attribute set before it was loaded has no history in the session; the database has."""
    secretary.enter(MONDAY)
    session, line = secretary.session, secretary.line()
    session.expire(line)
    line.event_date = date(2026, 2, 20)
    with at(LATER):
        session.commit()
    assert [(past.trigger_on, past.entered_on) for past in secretary.past()] == [(date(2026, 2, 26), MONDAY)]
    assert secretary.line().entered_on == LATER


def test_a_restored_order_is_evidence_from_the_day_of_restoring(secretary: Secretary) -> None:
    order = secretary.enter(MONDAY)
    with secretary.on(MONDAY) as client:
        pressed(client, f"/movement_orders/delete/{order.id}")
    number = secretary.session.query(DeletedRecord).one().id
    with secretary.on(LATER, f"administrator.{SCHOOL}") as client:
        assert client.post(f"/deleted/restore/{number}").status_code == 302
    line = secretary.line()
    assert (line.entered_on, line.event_date) == (LATER, date(2026, 2, 26))


def test_undone_on_the_day_of_entry_it_never_went(secretary: Secretary) -> None:
    order = secretary.enter(MONDAY)
    at = secretary.line().entered_at
    with secretary.on(MONDAY) as client:
        pressed(client, f"/movement_orders/delete/{order.id}")
        batch = secretary.session.query(DeletedRecord).one().batch
        client.post(f"/movement_orders/undelete/{batch}")
    assert (secretary.line().entered_on, secretary.line().entered_at) == (MONDAY, at)


def test_the_day_ends_at_midnight_of_the_school(secretary: Secretary) -> None:
    secretary.enter(MONDAY)
    for day, hour, expected in ((MONDAY, 23.9, 0), (TUESDAY, 0, 1)):
        with at(day, hour):
            assert len(entries.firm(secretary.session, MovementLine, [secretary.line()])) == expected
