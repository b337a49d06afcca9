"""What changed between two days: each number is the difference of two pages, and opens what it counts.

Clause 3.3.9.2.
"""

import json
import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from pypdf import PdfReader
from sqlalchemy import select

from app.models.monitoring.corrections import Correction
from app.models.movement import MovementOrder
from app.security.actor import SYSTEM
from app.security.guard import acting
from app.services.monitoring import changes
from app.services.monitoring.changes import Kind, month_before
from app.services.monitoring.compliance import Question
from app.services.territory.organisations import resolve
from tests.panel.reading import body
from tests.support.locks import pressed

SCHOOL, FAR, MUNICIPALITY = "65001", "65003", "64754000"
SECRETARY, DEPUTY, MUNICIPAL = f"secretary.{SCHOOL}", f"deputy.{SCHOOL}", f"municipal.{MUNICIPALITY}"
JUNE, AUTUMN = date(2026, 6, 15), date(2026, 10, 1)


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("\xa0", " ").split())


def corrections_on_the_sheet(client: Any, on: date) -> tuple[int, ...]:
    """«Мониторинг движения обучающихся» of the school: those that touch the numbers, that wait, that hold."""
    data = client.get(f"/forms/print/movement?org={SCHOOL}&on={on}").data
    text = plain(" ".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages))
    numbers = re.search(
        r"Исправления, повлиявшие на показатели: (\d+); ждут подтверждения: (\d+); снято, ждёт подтверждения: (\d+)",
        text,
    )
    assert numbers is not None, text[:1500]
    return tuple(map(int, numbers.groups()))


def found(session: Any, since: date, on: date, code: str = MUNICIPALITY) -> changes.Changes:
    with acting(session, SYSTEM):
        return changes.changes(session, Question(resolve(session, code), on, since))


def test_what_fell_behind_is_the_difference_of_two_pages(read_only: Any) -> None:
    client, session = read_only
    total = found(session, JUNE, AUTUMN).total
    assert (total.before.overdue, total.now.overdue, total.changes) == (4, 18, {Kind.OVERDUE: 14})
    page = body(client.get(f"/compliance/changes/?since={JUNE}&on={AUTUMN}"))
    assert "Новые просрочки: 14 – срок прошёл, не внесено" in plain(page)
    assert "было 4, +14" in plain(page)
    link = re.search(r'href="(/compliance/changes/records/overdue\?[^"]*org=64754000[^"]*)"', page)
    assert link
    listed = body(client.get(link[1].replace("&amp;", "&")))
    assert "14 записей с 15.06.2026 по 01.10.2026" in plain(listed)
    assert listed.count("просрочено,") == 14


def test_each_school_and_rule_has_its_part(read_only: Any) -> None:
    _, session = read_only
    parts = found(session, JUNE, AUTUMN)
    assert [numbers.changes[Kind.OVERDUE] for _, numbers in parts.children or []] == [7, 7]
    by_rule = {rule: numbers.changes[Kind.OVERDUE] for rule, numbers in parts.by_rule.items()}
    assert (by_rule["order-promotion"], by_rule["order-graduation"], sum(by_rule.values())) == (10, 4, 14)
    assert not parts.by_rule["order-departure"].changed


def test_without_a_day_it_is_the_month_before(read_only: Any) -> None:
    client, _ = read_only
    assert "С 01.09.2026 по 01.10.2026" in plain(body(client.get(f"/compliance/changes/?on={AUTUMN}")))
    assert month_before(date(2026, 3, 31)) == date(2026, 2, 28)
    assert month_before(date(2026, 1, 9)) == date(2025, 12, 9)


def test_of_one_day_nothing_changed(read_only: Any) -> None:
    client, _ = read_only
    assert "Ничего не изменилось" in body(client.get(f"/compliance/changes/?since={AUTUMN}&on={AUTUMN}"))


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("since=2026-10-02&on=2026-10-01", 400, "позже даты отчёта"),
        ("since=вчера", 400, 'id="since-error"'),
        (f"org={FAR}", 404, ""),
        ("rule=nothing", 400, "среди доступных"),
    ],
)
def test_what_cannot_be_compared_is_said(read_only: Any, query: str, status: int, told: str) -> None:
    answer = read_only[0].get(f"/compliance/changes/?{query}")
    assert (answer.status_code, told in body(answer)) == (status, True)


@pytest.mark.parametrize("query", ["nothing", "overdue?skip=-1", "overdue?since=2199-01-01"])
def test_a_spoilt_address_of_records_is_refused(read_only: Any, query: str) -> None:
    assert read_only[0].get(f"/compliance/changes/records/{query}").status_code == 400


def test_the_form_tells_the_same(read_only: Any) -> None:
    client, _ = read_only
    printed = client.get(f"/forms/print/changes?org={MUNICIPALITY}&since={JUNE}&on={AUTUMN}").data
    text = plain(" ".join(page.extract_text() for page in PdfReader(BytesIO(printed)).pages))
    assert "Просрочено: было 4, стало 18." in text
    assert "новые просрочки – 14: срок прошёл, не внесено" in text
    lines = re.findall(r"• ([^•]*?[;.])(?= •| По | Обязанности)", text)
    assert [line[-1] for line in lines] == [";"] * (len(lines) - 1) + ["."]
    assert "Новые просрочки: 14" in text
    assert text.count("не внесено") >= 14


class Office:
    """Acts of a school on chosen days."""

    def __init__(self, sign_in: Any, session: Any, world: Any) -> None:
        self._sign_in, self.session, self.world = sign_in, session, world

    def on(self, day: date, login: str, act: Any) -> Any:
        with time_machine.travel(datetime(day.year, day.month, day.day, 1, tzinfo=UTC), tick=False):
            answer = act(self._sign_in(login))
        self.session.expire_all()
        return answer

    def enter(self, day: date, event: date, kind: str, pupil: str) -> Any:
        lines = {"lines-0-event_date": event.isoformat(), "lines-0-pupil": self.world.pupils[SCHOOL, pupil]}
        form = {"kind": kind, "number": "1-у", "order_date": event.isoformat()} | lines
        answer = self.on(day, SECRETARY, lambda client: client.post("/movement_orders/add", data=form))
        assert answer.status_code == 302, plain(body(answer))
        return self.session.scalar(select(MovementOrder).order_by(MovementOrder.id.desc()))


@pytest.fixture
def office(sign_in: Any, session: Any, world: Any) -> Office:
    return Office(sign_in, session, world)


@pytest.fixture
def read_only(read_only_site: Any) -> Any:
    """A client of the municipality, and the session of the system."""
    from app.extensions import db
    from tests.support.clients import signed_in

    with read_only_site.app.app_context(), acting(db.session, SYSTEM):
        yield signed_in(read_only_site.app, read_only_site.world, MUNICIPAL), db.session
        db.session.rollback()


def test_what_was_missing_and_was_entered_is_closed(office: Office, session: Any) -> None:
    july = date(2026, 7, 20)
    before = found(session, date(2026, 7, 10), july, SCHOOL).total
    office.enter(july, date(2026, 6, 25), "graduation", "Ким")
    total = found(session, date(2026, 7, 10), july, SCHOOL).total
    assert not before.changes
    assert total.changes == {Kind.ENTERED: 1}
    assert (total.now.overdue, total.now.late) == (total.before.overdue - 1, total.before.late + 1)


def test_a_confirmed_correction_is_counted_and_what_it_set_right(office: Office, session: Any, sign_in: Any) -> None:
    monday = date(2026, 3, 2)
    order = office.enter(monday, date(2026, 1, 12), "departure", "Ким")
    line = order.lines[0].id
    data = {"reason": "Заявление отозвано родителями"}
    tuesday = monday + timedelta(days=1)
    asked = office.on(
        tuesday, SECRETARY, lambda client: client.post(f"/ask/movement_line/{line}?kind=no_event", data=data)
    )
    assert asked.status_code == 302, plain(body(asked))
    asked_of = session.scalar(select(Correction))
    waiting = found(session, monday, tuesday, SCHOOL).total
    assert (waiting.waiting_before, waiting.waiting, waiting.confirmed, waiting.changes) == (0, 1, 0, {})
    wednesday = tuesday + timedelta(days=1)
    office.on(wednesday, DEPUTY, lambda client: pressed(client, f"/corrections/confirm/{asked_of.id}"))
    total = found(session, monday, wednesday, SCHOOL).total
    assert (total.waiting, total.confirmed, total.changes) == (0, 1, {Kind.LIFTED: 1})
    assert total.now.late == total.before.late - 1
    with time_machine.travel(datetime(2026, 3, 5, 1, tzinfo=UTC), tick=False):
        client = sign_in(MUNICIPAL)
        page = body(client.get(f"/compliance/changes/?org={SCHOOL}&since={monday}"))
        assert "Исправления подтверждены: 1" in plain(page)
        since = re.search(r'href="(/corrections/list/\?counted=since[^"]*)"', page)
        assert since
        assert "событие не состоялось" in body(client.get(since[1].replace("&amp;", "&")))
        lifted = body(client.get(f"/compliance/changes/records/lifted?org={SCHOOL}&since={monday}"))
        assert "1 запись с 02.03.2026 по 05.03.2026, как числились 02.03.2026" in plain(lifted)
        text = client.get(f"/forms/print/changes?org={SCHOOL}&since={monday}").data
        told = [corrections_on_the_sheet(client, day) for day in (monday, tuesday, wednesday)]
    assert told == [(0, 0, 0), (0, 1, 0), (1, 0, 0)], "on the sheet that is signed too, as it stood on its day"
    printed = plain(" ".join(page.extract_text() for page in PdfReader(BytesIO(text)).pages))
    assert "Подтверждённые исправления: 1" in printed
    assert "Заявление отозвано" in printed
    assert "с опозданием было 1, стало 0" in printed


def test_who_sees_one_school_compares_that_school(sign_in: Any) -> None:
    page = plain(body(sign_in(SECRETARY).get(f"/compliance/changes/?since={JUNE}&on={AUTUMN}")))
    assert "Новые просрочки: 7" in page
    assert sign_in(f"student.{SCHOOL}").get("/compliance/changes/").status_code == 403


def test_the_command_line_prints_it(app: Any, tmp_path: Any) -> None:
    runner, target = app.test_cli_runner(), tmp_path / "form.pdf"
    words = ("form", "print", "changes", "--org", "region", "--on", "2026-10-01", "--since", "2026-06-15")
    assert runner.invoke(args=[*words, "-o", str(target)]).exit_code == 0
    assert target.read_bytes().startswith(b"%PDF-")
    listed = json.loads(runner.invoke(args=["form", "list", "--json"]).stdout)
    assert [form["form"] for form in listed] == ["movement", "accounts", "changes", "school-list"]
