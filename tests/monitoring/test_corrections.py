"""A correction is asked for by who enters and decided by who controls; it sets the judgement right from its day on.

Clauses 3.3.3.2, 3.3.9.2.
"""

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from app.compliance import queries
from app.compliance.bindings.movement import RULES
from app.compliance.evaluate import Judgement, judge_all
from app.models.accounts.appointments import Appointment
from app.models.engine.entries import corrected_entry, past_entry
from app.models.monitoring.corrections import Correction, CorrectionKind, CorrectionState
from app.models.movement import MovementLine, MovementOrder
from app.models.people import Pupil, PupilStatus
from tests.support.locks import confirmed, pressed

SCHOOL = "65001"
SECRETARY, DEPUTY, DIRECTOR = (f"{role}.{SCHOOL}" for role in ("secretary", "deputy", "director"))
MONDAY = date(2026, 3, 2)
TUESDAY, LATER = MONDAY + timedelta(days=1), date(2026, 3, 16)
REASON = "Заявление родителей от 26.02.2026"


class Office:
    """Who works in a school, on chosen days, one act a minute from eleven on."""

    def __init__(self, sign_in: Any, session: Any, world: Any) -> None:
        self._sign_in, self.session, self.world, self.acts = sign_in, session, world, 0

    def on(self, day: date, login: str, act: Any) -> Any:
        self.acts += 1
        noon = datetime(day.year, day.month, day.day, tzinfo=UTC)
        with time_machine.travel(noon + timedelta(minutes=self.acts), tick=False):
            answer = act(self._sign_in(login))
        self.session.expire_all()
        return answer

    def post(self, day: date, url: str, login: str = SECRETARY, **data: Any) -> Any:
        return self.on(day, login, lambda client: client.post(url, data=data))

    def enter(self, day: date, event: str, number: str = "1-у", pupil: str = "Иванов", kind: str = "departure") -> int:
        form = self.order(event, number, pupil, kind)
        answer = self.post(day, "/movement_orders/add", **form)
        assert answer.status_code == 302, answer.text
        return self.session.scalar(select(MovementLine.id).order_by(MovementLine.id.desc()))

    def order(self, event: str, number: str, pupil: str = "Иванов", kind: str = "departure") -> dict[str, Any]:
        lines = {"lines-0-event_date": event, "lines-0-pupil": self.world.pupils[(SCHOOL, pupil)]}
        return {"kind": kind, "number": number, "order_date": event} | lines

    def edit(self, day: date, event: str, number: str = "1-у") -> Any:
        order = self.session.scalar(select(MovementOrder).where(MovementOrder.number == number))
        return self.post(day, f"/movement_orders/edit/{order.id}", **self.order(event, number), version=order.version)

    def annul(self, day: date, number: str = "1-у") -> Any:
        order = self.session.scalar(select(MovementOrder).where(MovementOrder.number == number))
        data = {"annulment_reason": "Ошибка"}
        return self.on(day, SECRETARY, lambda client: pressed(client, f"/movement_orders/annul/{order.id}", data=data))

    def ask(self, day: date, line: int, kind: str, login: str = SECRETARY, **data: Any) -> Any:
        return self.post(day, f"/ask/movement_line/{line}?kind={kind}", login, **{"reason": REASON} | data)

    def decide(self, day: date, login: str = DEPUTY, way: str = "confirm", **data: Any) -> Any:
        key = self.asked().id
        return self.on(day, login, lambda client: pressed(client, f"/corrections/{way}/{key}", data=data))

    def asked(self) -> Correction:
        return self.session.scalar(select(Correction).order_by(Correction.id.desc()))

    def judged(self, on: date, line: int) -> Judgement:
        """By SQL and in Python the same."""
        connection = self.session.connection()
        [found] = [
            each
            for each in queries.records(connection, RULES, None, on)
            if each.rule == "order-departure" and each.subject_id == line
        ]
        [judged] = judge_all(connection, [found], on)
        assert judged.status.value == found.status
        return judged

    def stands(self, on: date, line: int) -> tuple[str, int]:
        judged = self.judged(on, line)
        return judged.status.value, judged.days


@pytest.fixture
def office(sign_in: Any, session: Any, world: Any) -> Office:
    return Office(sign_in, session, world)


@pytest.fixture
def mistyped(office: Office) -> int:
    """A departure of Friday entered on Monday with a date of next month, found a fortnight later."""
    line = office.enter(MONDAY, "2026-03-01")
    assert office.edit(LATER, "2026-02-27").status_code == 302
    assert office.stands(LATER, line) == ("late", 13)
    return line


def test_a_typo_is_judged_by_the_named_date_and_the_first_entry(office: Office, mistyped: int) -> None:
    answer = office.ask(LATER, mistyped, "date", trigger_on="2026-02-27")
    assert answer.status_code == 302, answer.text
    asked = office.asked()
    assert (asked.state, asked.kind, asked.rule) == (CorrectionState.WAITING, CorrectionKind.DATE, "order-departure")
    assert "Иванов" in asked.about
    assert office.stands(LATER, mistyped) == ("late", 13)
    assert "ждёт подтверждения" in " ".join(office.judged(LATER, mistyped).sentences())
    card = office.on(LATER, DEPUTY, lambda client: client.get(f"/corrections/show/{asked.id}").text)
    told = "02.03.2026 с датой 01.03.2026 (Сотрудников Галина); 16.03.2026 с датой 27.02.2026"
    assert told in card, "who decides sees it"

    day = LATER + timedelta(days=2)
    answer = office.decide(day)
    assert answer.status_code == 302, answer.text
    assert office.stands(day, mistyped) == ("on_time", 0)
    assert office.stands(day - timedelta(days=1), mistyped) == ("late", 13)  # as it was known then
    asked = office.asked()
    assert (asked.state, asked.decided_on, asked.decided_by) == (CorrectionState.CONFIRMED, day, "Сотрудников Вера")
    counted = asked.effect["order-departure"]
    assert (counted["before"]["late"], counted["after"]["late"]) == (1, 0)
    assert (counted["before"]["on_time"], counted["after"]["on_time"]) == (0, 1)
    told = " ".join(office.judged(day, mistyped).sentences())
    assert "подтверждено 18.03.2026" in told
    assert "показатели школы: в срок 0 → 1, с опозданием 1 → 0" in told


def test_another_change_of_the_date_needs_another_confirmation(office: Office, mistyped: int) -> None:
    """On the very day of asking as well: the entry is firm once a correction rests on it."""
    office.ask(LATER, mistyped, "date", trigger_on="2026-02-27")
    assert office.edit(LATER, "2026-02-26").status_code == 302
    office.decide(LATER)
    assert office.stands(LATER, mistyped) == ("late", 14)
    office.ask(LATER, mistyped, "date", trigger_on="2026-02-26")
    office.decide(LATER)
    assert office.stands(LATER, mistyped) == ("on_time", 0)


def test_an_event_that_did_not_take_place_counts_nowhere(office: Office) -> None:
    line = office.enter(LATER, "2026-02-27")
    office.annul(LATER + timedelta(days=1))
    day = LATER + timedelta(days=2)
    assert office.stands(day, line) == ("late", 13)
    office.ask(day, line, "no_event")
    office.decide(day)
    assert office.stands(day, line) == ("not_applicable", 0)
    assert office.judged(day, line).reason == "исправление – событие не состоялось"
    assert office.stands(day - timedelta(days=1), line) == ("late", 13)
    answer = office.ask(day, line, "no_event")
    assert answer.status_code == 400


def test_the_replacing_order_takes_over_the_first_entry(office: Office) -> None:
    line = office.enter(MONDAY, "2026-02-27")
    office.annul(LATER)
    new = office.enter(LATER, "2026-02-27", "2-у")
    assert office.stands(LATER, new) == ("late", 13)
    assert office.ask(LATER, line, "replaced", other=new).status_code == 302
    assert office.asked().other_id == new
    office.decide(LATER)
    assert office.stands(LATER, new) == ("on_time", 0)
    assert office.stands(LATER, line) == ("not_applicable", 0)


def test_of_two_entered_for_one_event_one_remains(office: Office) -> None:
    late = office.enter(LATER, "2026-02-27")
    office.annul(LATER + timedelta(days=1))
    day = LATER + timedelta(days=2)
    again = office.enter(day, "2026-03-17", "2-у")
    assert office.ask(day, late, "twice", other=again).status_code == 302
    office.decide(day)
    assert office.stands(day, late) == ("not_applicable", 0)
    assert office.stands(day, again) == ("on_time", 0)


def test_the_right_pupil_has_the_first_entry_and_the_wrong_one_is_freed(office: Office) -> None:
    wrong = office.enter(MONDAY, "2026-02-27")
    office.annul(LATER)
    right = office.enter(LATER, "2026-02-27", "2-у", "Белых")
    assert office.ask(LATER, right, "person", other=wrong).status_code == 400, "nobody has the entry of a later one"
    assert office.ask(LATER, wrong, "person", other=right).status_code == 302
    office.decide(LATER)
    assert office.stands(LATER, wrong) == ("not_applicable", 0)
    assert office.stands(LATER, right) == ("on_time", 0)


def test_a_freed_line_is_told_and_what_it_did_is_taken_back(office: Office) -> None:
    """The others of the order need no annulment; the wrong one is in his class again, and the order says why."""
    form = office.order("2026-02-27", "1-у") | {
        "lines-1-event_date": "2026-02-27",
        "lines-1-pupil": office.world.pupils[(SCHOOL, "Ким")],
    }
    assert office.post(MONDAY, "/movement_orders/add", **form).status_code == 302
    wrong, other = office.session.scalars(select(MovementLine.id).order_by(MovementLine.id))
    order = office.session.scalar(select(MovementOrder.id))
    right = office.enter(LATER, "2026-02-27", "2-у", "Белых")
    assert office.ask(LATER, wrong, "person", other=right).status_code == 302
    answer = office.decide(LATER)
    assert answer.status_code == 302, answer.text
    assert _status(office, "Иванов") is PupilStatus.ENROLLED
    assert _status(office, "Ким") is _status(office, "Белых") is PupilStatus.DEPARTED
    assert office.stands(LATER, wrong) == ("not_applicable", 0)
    assert office.stands(LATER, other) == ("on_time", 0)
    assert office.asked().changed_rules == ["order-departure"]
    assert len(office.session.scalars(select(Correction)).all()) == 1, "what was confirmed waits for nobody"

    def pages(client: Any) -> list[str]:
        urls = (f"/movement_orders/show/{order}", f"/movement_book/show/{wrong}", f"/movement_book/show/{other}")
        return [client.get(url).text for url in urls]

    card, freed, counted = office.on(LATER, SECRETARY, pages)
    words = "не считается: ошибка в обучающемся"
    assert (card.count(words), words in freed, words in counted) == (1, True, False)
    version = {"version": office.session.get(MovementOrder, order).version}
    moved = office.post(
        LATER, f"/movement_orders/edit/{order}", **form | version | {"lines-0-event_date": "2026-02-26"}
    )
    assert (moved.status_code, "по исправлению эта строка не считается" in moved.text) == (422, True)
    assert office.annul(LATER).status_code == 302
    assert _status(office, "Иванов") is _status(office, "Ким") is PupilStatus.ENROLLED


def _status(office: Office, name: str) -> PupilStatus:
    with time_machine.travel(datetime(2026, 3, 16, 2, tzinfo=UTC), tick=False):
        return office.session.get(Pupil, office.world.pupils[(SCHOOL, name)]).status


def test_withdrawn_by_mistake_is_as_if_never_withdrawn(office: Office) -> None:
    line = office.enter(MONDAY, "2026-02-27")
    office.annul(LATER)
    assert office.stands(LATER, line) == ("not_applicable", 0)
    assert office.ask(LATER, line, "withdrawn").status_code == 302
    office.decide(LATER)
    assert office.stands(LATER, line) == ("on_time", 0)


def test_the_term_runs_from_the_day_it_became_known(office: Office) -> None:
    line = office.enter(LATER, "2026-02-27")
    assert office.stands(LATER, line) == ("late", 13)
    given = {"trigger_on": "2026-03-13", "document_number": "7", "document_date": "2026-03-12"}
    assert office.ask(LATER, line, "known_later", **given).status_code == 302
    office.decide(LATER)
    assert office.stands(LATER, line) == ("on_time", 0)
    assert office.judged(LATER, line).record.anchor == date(2026, 3, 13)


def test_an_event_that_was_moved_is_judged_by_its_first_date(office: Office) -> None:
    line = office.enter(MONDAY, "2026-02-27")
    office.edit(LATER, "2026-03-06")
    assert office.stands(LATER, line) == ("late", 5)
    assert office.ask(LATER, line, "moved").status_code == 302
    office.decide(LATER)
    assert office.stands(LATER, line) == ("on_time", 0)


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("date", {"trigger_on": "2026-02-25"}, "Сейчас в записи 27.02.2026"),
        ("date", {}, "trigger_on-error"),
        ("date", {"trigger_on": "2026-02-27", "reason": " "}, "reason-error"),
        ("known_later", {"trigger_on": "2026-02-20"}, "Узнать раньше события нельзя"),
        ("known_later", {"trigger_on": "2026-03-20"}, "стало известно не позже"),
        ("known_later", {"trigger_on": "2026-02-27"}, "document_number-error"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(office: Office, mistyped: int, kind: str, data: Any, words: str) -> None:
    document = {} if "document" in words else {"document_number": "7", "document_date": "2026-03-12"}
    answer = office.ask(LATER, mistyped, kind, **document | data)
    assert answer.status_code == 422
    assert words in answer.text
    assert office.asked() is None


def test_the_same_is_not_asked_twice_at_once(office: Office, mistyped: int) -> None:
    office.ask(LATER, mistyped, "date", trigger_on="2026-02-27")
    answer = office.ask(LATER, mistyped, "date", trigger_on="2026-02-27")
    assert answer.status_code == 422
    assert "уже запрошено" in answer.text


def test_a_refusal_has_its_reason_and_leaves_the_verdict(office: Office, mistyped: int) -> None:
    office.ask(LATER, mistyped, "date", trigger_on="2026-02-27")
    assert office.decide(LATER, way="refuse").status_code == 422
    assert office.decide(LATER, way="refuse", refusal="Нет заявления").status_code == 302
    asked = office.asked()
    assert (asked.state, asked.refusal, asked.effect) == (CorrectionState.REFUSED, "Нет заявления", None)
    assert office.stands(LATER, mistyped) == ("late", 13)
    assert office.decide(LATER).status_code == 409


@pytest.mark.parametrize("login", [DEPUTY, f"teacher.{SCHOOL}", f"administrator.{SCHOOL}", DIRECTOR])
def test_who_does_not_enter_does_not_ask(office: Office, mistyped: int, login: str) -> None:
    assert office.ask(LATER, mistyped, "no_event", login).status_code in (403, 404)


def test_of_another_school_nothing_is_asked(office: Office, mistyped: int) -> None:
    assert office.ask(LATER, mistyped, "no_event", "secretary.65002").status_code == 404


def test_who_asked_does_not_decide(office: Office, mistyped: int) -> None:
    office.ask(LATER, mistyped, "date", trigger_on="2026-02-27")
    assert office.decide(LATER, SECRETARY).status_code == 403


def test_the_director_decides_where_there_is_no_deputy(office: Office, mistyped: int) -> None:
    office.ask(LATER, mistyped, "date", trigger_on="2026-02-27")
    key = office.asked().id
    card = office.on(LATER, DIRECTOR, lambda client: client.get(f"/corrections/show/{key}")).text
    assert ("Завуч" in card, f"/corrections/confirm/{key}" in card) == (True, False)
    answer = office.decide(LATER, DIRECTOR)
    assert answer.status_code == 422
    assert "Решает завуч школы" in answer.text
    _dismiss(office, "deputy")
    card = office.on(LATER, DIRECTOR, lambda client: client.get(f"/corrections/show/{key}")).text
    assert f"/corrections/confirm/{key}" in card
    assert office.decide(LATER, DIRECTOR).status_code == 302


def test_the_municipality_decides_where_there_is_no_director_either(office: Office, mistyped: int) -> None:
    office.ask(LATER, mistyped, "date", trigger_on="2026-02-27")
    assert office.decide(LATER, "municipal.64754000").status_code == 422
    for role in ("deputy", "director"):
        _dismiss(office, role)
    assert office.decide(LATER, "municipal.64701000").status_code == 404
    assert office.decide(LATER, "municipal.64754000").status_code == 302


def _dismiss(office: Office, role: str) -> None:
    wanted = Appointment.role == role, Appointment.school_id == office.world.schools[SCHOOL]
    office.session.scalar(select(Appointment).where(*wanted)).valid_to = date(2026, 3, 1)
    office.session.commit()


def test_many_are_confirmed_at_once(office: Office, mistyped: int) -> None:
    office.ask(LATER, mistyped, "date", trigger_on="2026-02-27")
    other = office.enter(LATER, "2026-02-27", "2-у", "Белых")
    office.ask(LATER, other, "no_event")
    keys = list(office.session.scalars(select(Correction.id)))

    def confirm(client: Any) -> Any:
        data = {"action": "move:confirm", "rowid": keys}
        return confirmed(client, "/corrections/bulk", data=data)

    answer = office.on(LATER, DEPUTY, confirm)
    assert answer.status_code == 200, answer.text
    assert set(office.session.scalars(select(Correction.state))) == {CorrectionState.CONFIRMED}


def test_what_a_correction_rests_on_is_not_deleted_even_on_its_day(office: Office) -> None:
    line = office.enter(LATER, "2026-03-13")
    office.ask(LATER, line, "no_event")
    order = office.session.scalar(select(MovementOrder.id))
    answer = office.on(LATER, SECRETARY, lambda client: pressed(client, f"/movement_orders/delete/{order}"))
    assert answer.status_code == 409


def test_nothing_is_written_of_the_record_itself(office: Office, mistyped: int) -> None:
    office.ask(LATER, mistyped, "date", trigger_on="2026-02-27")
    office.decide(LATER)
    assert office.session.get(MovementLine, mistyped).event_date == date(2026, 2, 27)
    assert len(office.session.execute(select(past_entry)).all()) == 1
    [row] = office.session.execute(select(corrected_entry))
    assert (row.trigger_on, row.entered_on, row.since_on) == (date(2026, 2, 27), MONDAY, LATER)


# Numbers that open what they count.


def test_the_start_page_tells_who_decides_and_who_asked(office: Office, mistyped: int) -> None:
    def home(login: str) -> str:
        return office.on(LATER, login, lambda client: client.get("/")).text

    assert "Ждут вашего подтверждения" not in home(DEPUTY)
    office.ask(LATER, mistyped, "date", trigger_on="2026-02-27")
    assert "Ждут вашего подтверждения" in home(DEPUTY)
    assert "Ждут вашего подтверждения" not in home(DIRECTOR)
    listed = office.on(LATER, DEPUTY, lambda client: client.get("/corrections/list/?counted=mine"))
    assert "Опечатка в дате" not in home(SECRETARY)
    assert listed.text.count('class="row-link"') == 1
    office.decide(LATER)
    assert "Ответы на ваши исправления" in home(SECRETARY)
    assert "Ждут вашего подтверждения" not in home(DEPUTY)


@pytest.mark.parametrize("login", [DEPUTY, DIRECTOR, "municipal.64754000", "regional"])
def test_every_page_of_terms_tells_them_and_opens_them(office: Office, mistyped: int, login: str) -> None:
    office.ask(LATER, mistyped, "date", trigger_on="2026-02-27")
    other = office.enter(LATER, "2026-02-27", "2-у", "Белых")
    office.ask(LATER, other, "no_event")
    office.decide(LATER)

    def pages(client: Any) -> list[str]:
        page = client.get(f"/compliance/?org={SCHOOL}").text
        links = re.findall(r'href="(/corrections/list/\?counted=[^"]*)"', page)
        return [client.get(link.replace("&amp;", "&")).text for link in links]

    confirmed_page, waiting_page = office.on(LATER, login, pages)
    assert ("Белых" in confirmed_page, "Иванов" in confirmed_page) == (True, False)
    assert ("Белых" in waiting_page, "Иванов" in waiting_page) == (False, True)


def test_what_changed_no_number_is_not_counted_among_what_did(office: Office) -> None:
    """On time before and after: the list of all has it, «повлиявшие на показатели» has not."""
    line = office.enter(MONDAY, "2026-02-27")
    office.edit(TUESDAY, "2026-02-26")
    office.edit(TUESDAY, "2026-02-27")
    office.ask(LATER, line, "date", trigger_on="2026-02-27")
    office.decide(LATER)
    assert (office.asked().state, office.asked().changed_rules) == (CorrectionState.CONFIRMED, [])

    def pages(client: Any) -> list[str]:
        urls = (f"/corrections/list/?counted=confirmed&org={SCHOOL}", "/corrections/list/")
        return [client.get(url).text for url in urls]

    counted, every = office.on(LATER, DEPUTY, pages)
    assert ("Иванов" in counted, "Иванов" in every) == (False, True)
    form = office.on(LATER, DEPUTY, lambda client: client.get(f"/compliance/?org={SCHOOL}").text)
    assert "counted=confirmed" not in form


def test_a_number_of_another_school_opens_nothing(office: Office) -> None:
    answer = office.on(LATER, DEPUTY, lambda client: client.get("/corrections/list/?counted=waiting&org=65002"))
    assert answer.status_code == 404
    answer = office.on(LATER, DEPUTY, lambda client: client.get("/corrections/list/?counted=nothing"))
    assert answer.status_code == 400


def test_the_card_tells_the_effect_and_leads_to_the_record(office: Office, mistyped: int) -> None:
    office.ask(LATER, mistyped, "date", trigger_on="2026-02-27")
    office.decide(LATER)
    key = office.asked().id
    page = office.on(LATER, SECRETARY, lambda client: client.get(f"/corrections/show/{key}")).text
    assert "Верная дата события" in page
    assert "1 → <strong>0</strong>" in page
    assert "/movement_orders/show/" in page


def test_the_command_tells_what_was_corrected(office: Office, mistyped: int, app: Any) -> None:
    office.ask(LATER, mistyped, "date", trigger_on="2026-02-27")
    office.decide(LATER + timedelta(days=1))
    run = app.test_cli_runner()
    asked = ["compliance", "corrections", "--org", "64754000", "--json", "--on"]
    [one] = json.loads(run.invoke(args=[*asked, str(LATER + timedelta(days=1))]).stdout)
    assert one.keys() == {"at", "kind", "state", "reason", "by", "subject", "rule", "before", "after"}
    assert (one["kind"], one["state"], one["rule"]) == ("date", "confirmed", "order-departure")
    assert (one["before"]["late"], one["after"]["late"]) == (1, 0)
    [before] = json.loads(run.invoke(args=[*asked, str(LATER)]).stdout)
    assert (before["state"], before["before"]) == ("waiting", None)
    assert json.loads(run.invoke(args=[*asked, str(MONDAY)]).stdout) == []


def test_the_start_page_asks_no_more_however_many_wait(office: Office, count_queries: list[str]) -> None:
    def opened() -> int:
        def home(client: Any) -> int:
            client.get("/")
            count_queries.clear()
            assert client.get("/").status_code == 200
            return len(count_queries)

        return office.on(LATER, DEPUTY, home)

    for number, pupil in enumerate(("Иванов", "Белых", "Ким"), 1):
        line = office.enter(LATER, "2026-02-27", f"{number}-у", pupil)
        office.ask(LATER, line, "no_event")
        if number == 1:
            few = opened()
    assert opened() == few
