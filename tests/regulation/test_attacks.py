"""Attempts to edit lateness away, as cases a lawyer can read: tests/regulation/cases/attacks.yaml, acted over HTTP."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
import yaml

from app.compliance import queries
from app.compliance.bindings.movement import RULES
from app.compliance.evaluate import judge_all
from app.compliance.status import Status
from app.models.engine.deleted import DeletedRecord
from app.models.monitoring.corrections import Correction
from app.models.movement import MovementOrder
from app.models.schools import SchoolSettings
from tests.support.locks import pressed
from tests.support.ticks import ticked

SCHOOL = "65001"
CASES = Path(__file__).parent / "cases"
FOUND = [
    case
    for name in ("attacks.yaml", "corrections.yaml")
    for case in yaml.safe_load((CASES / name).read_text(encoding="utf-8"))
]
WAYS = ("enter", "edit", "delete", "replace", "annul", "restore", "ask", "confirm", "refuse", "day_off", "week")
WHO = {"confirm": "deputy", "refuse": "deputy"} | dict.fromkeys(("restore", "day_off", "week"), "administrator")
DAYS = [date(2026, 2, 16) + timedelta(days=number) for number in range(0, 40, 3)]


class School:
    """A school whose secretary does what a case says."""

    def __init__(self, sign_in: Any, session: Any, world: Any) -> None:
        self.sign_in, self.session, self.world, self.acts = sign_in, session, world, 0

    def act(self, act: dict[str, Any]) -> Any:
        """One act a minute from eleven on of a day on Sakhalin."""
        self.acts += 1
        day = act["day"]
        kind = next(name for name in WAYS if name in act)
        eleven = datetime(day.year, day.month, day.day, tzinfo=UTC)
        with time_machine.travel(eleven + timedelta(minutes=self.acts), tick=False):
            answer = getattr(self, kind)(self.sign_in(f"{WHO.get(kind, 'secretary')}.{SCHOOL}"), act)
        self.session.expire_all()
        return answer

    @property
    def order(self) -> MovementOrder:
        return self.session.query(MovementOrder).order_by(MovementOrder.id).first()

    def enter(self, client: Any, act: dict[str, Any]) -> Any:
        number = f"{self.session.query(MovementOrder).count() + 1}-у"
        return client.post("/movement_orders/add", data=self._form(act["event"], number, kind=act["enter"]))

    def edit(self, client: Any, act: dict[str, Any]) -> Any:
        return self._change(client, self._form(act["edit"], act.get("number", self.order.number)))

    def replace(self, client: Any, act: dict[str, Any]) -> Any:
        return self._change(client, self._form(date(2026, 2, 16), self.order.number, pupil="Белых"))

    def delete(self, client: Any, act: dict[str, Any]) -> Any:
        return pressed(client, f"/movement_orders/delete/{self.order.id}")

    def annul(self, client: Any, act: dict[str, Any]) -> Any:
        return pressed(client, f"/movement_orders/annul/{self.order.id}", data={"annulment_reason": "Ошибка"})

    def restore(self, client: Any, act: dict[str, Any]) -> Any:
        return client.post(f"/deleted/restore/{self.session.query(DeletedRecord).one().id}")

    def ask(self, client: Any, act: dict[str, Any]) -> Any:
        data = {"reason": "Заявление", "trigger_on": act.get("named", ""), "document_number": "7"}
        data |= {"document_date": "2026-02-27"}
        return client.post(f"/ask/movement_line/{self.order.lines[0].id}?kind={act['ask']}", data=data)

    def day_off(self, client: Any, act: dict[str, Any]) -> Any:
        data = {"day": str(act["day_off"]), "act": "Приказ школы", "act_number": "9", "act_date": "2026-02-13"}
        return ticked(client, "/school_calendar/add", data)

    def week(self, client: Any, act: dict[str, Any]) -> Any:
        row = self.session.get(SchoolSettings, self.world.rows["school_settings"][SCHOOL])
        data = {"work_week": act["week"], "time_zone": row.time_zone, "valid_from": row.valid_from}
        weeks = {"id": row.grade_weeks[0].id, "grade_from": 1, "grade_to": 4, "work_week": 5}
        data |= {f"grade_weeks-0-{name}": value for name, value in weeks.items()} | {"version": row.version}
        return ticked(client, f"/settings/edit/{row.id}", data)

    def confirm(self, client: Any, act: dict[str, Any]) -> Any:
        return pressed(client, f"/corrections/confirm/{self.session.query(Correction).one().id}")

    def refuse(self, client: Any, act: dict[str, Any]) -> Any:
        key = self.session.query(Correction).one().id
        return pressed(client, f"/corrections/refuse/{key}", data={"refusal": "Нет заявления"})

    def _change(self, client: Any, data: dict[str, Any]) -> Any:
        order = self.order
        return client.post(f"/movement_orders/edit/{order.id}", data=data | {"version": order.version})

    def _form(self, event: date, number: str, pupil: str = "Иванов", kind: str = "departure") -> dict[str, Any]:
        given = {"kind": kind, "number": number, "order_date": "2026-02-16", "lines-0-event_date": str(event)}
        return given | {"lines-0-pupil": self.world.pupils[(SCHOOL, pupil)]}

    def failed(self) -> list[int]:
        """Late and overdue on each of the days."""
        counted = [queries.counts(self.session.connection(), RULES, None, day) for day in DAYS]
        return [sum(each.number for each in found if each.status in (Status.LATE, Status.OVERDUE)) for found in counted]

    def judged(self, on: date) -> tuple[str, int]:
        """How the first departure stands, by SQL and in Python."""
        connection = self.session.connection()
        found = queries.records(connection, ("order-departure",), None, on)
        first = min(judge_all(connection, found, on), key=lambda judged: judged.record.subject_id)
        assert first.status.value == next(each.status for each in found if each.subject_id == first.record.subject_id)
        return first.status.value, first.days


@pytest.mark.parametrize("case", FOUND, ids=map(str, range(1, len(FOUND) + 1)))
def test_attack(case: dict[str, Any], sign_in: Any, session: Any, world: Any) -> None:
    school = School(sign_in, session, world)
    yesterday = after = school.failed()
    day = case["acts"][0]["day"]
    for act in case["acts"]:
        if act["day"] != day:
            yesterday, day = after, act["day"]
        answer = school.act(act)
        if "refused" in act:
            assert answer.status_code in (409, 422)
            assert act["refused"] in answer.text
        else:
            assert answer.status_code == 302, answer.text
        after = school.failed()
        if "confirm" in act:  # the only way in which lateness goes, and from its own day on
            assert all(
                now >= before for now, before, day in zip(after, yesterday, DAYS, strict=True) if day < act["day"]
            )
            continue
        # What is entered late is learnt of; nothing that stood at the end of the day before goes.
        assert all(now >= before for now, before in zip(after, yesterday, strict=True)), act
    for expected in case["expect"]:
        assert school.judged(expected["as_of"]) == (expected["status"], expected["days"]), expected
