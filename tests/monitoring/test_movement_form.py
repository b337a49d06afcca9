"""The sheet that МОУО signs: what stands on it follows from the records, the cards and the appointments.

Clauses 3.3.4.4, 3.3.9.2.
"""

import contextvars
import re
import zipfile
from datetime import UTC, date, datetime
from io import BytesIO
from threading import Event
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.models.accounts import Account
from app.models.accounts.appointments import Appointment
from app.models.engine.audit import AuditAction, AuditEvent
from app.models.monitoring import ReadingChoice
from app.models.territory import Municipality, Region
from app.services.engine import worker
from app.services.monitoring.compliance import Question
from app.services.monitoring.forms import Printing, form_of
from app.services.territory.organisations import resolve
from tests.panel.reading import body

SCHOOL, MUNICIPALITY = "65001", "64754000"
ON = "2026-10-01"
AT = datetime(2026, 10, 1, 12, tzinfo=UTC)


def text_of(pdf: bytes) -> str:
    pages = PdfReader(BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split()).replace("\xa0", " ")


def printed(client: Any, org: str) -> str:
    answer = client.get(f"/forms/print/movement?org={org}&on={ON}")
    assert answer.status_code == 200
    return text_of(answer.data)


@pytest.fixture
def signed(session: Any) -> None:
    """The cards of the authorities say who signs."""
    municipality = session.query(Municipality).filter_by(name="Холмский городской округ").one()
    region = session.query(Region).one()
    for each, post in ((municipality, "Начальник управления образования Холмска"), (region, "Министр образования")):
        each.head_post, each.head_name, each.phone = post, "М. Г. Пестов", "+7 900 000-00-01"
    session.commit()


def test_an_authority_signs_by_its_card(sign_in: Any, signed: None) -> None:
    text = printed(sign_in(f"municipal.{MUNICIPALITY}"), MUNICIPALITY)
    assert "Начальник управления образования Холмска" in text
    assert "М. Г. Пестов" in text
    assert "тел. +7 900 000-00-01" in text


def test_before_its_card_is_filled_the_post_is_said_in_general(sign_in: Any) -> None:
    assert "Руководитель органа управления образованием" in printed(sign_in(f"municipal.{MUNICIPALITY}"), MUNICIPALITY)


def test_a_school_is_signed_by_whoever_holds_its_office(sign_in: Any, session: Any, world: Any) -> None:
    for role, name in (("director", ("Лебедев", "Пётр Ильич")), ("deputy", ("Петрова", "Ольга Ивановна"))):
        account = session.get(Account, world.account(f"{role}.{SCHOOL}"))
        account.last_name, account.first_name = name
    session.commit()
    text = printed(sign_in(f"director.{SCHOOL}"), SCHOOL)
    assert all(part in text for part in ("Директор", "Лебедев П. И.", "Заместитель директора", "Петрова О. И."))


@pytest.mark.parametrize("org", [SCHOOL, MUNICIPALITY, "region"])
def test_the_annexes_hold_every_record_that_is_counted(session: Any, world: Any, org: str) -> None:
    question = Question(resolve(session, org), date.fromisoformat(ON))
    form = form_of("movement").gather(session, Printing(question, AT, "Система", ""))
    for lists, number in (
        ([annex.missing for annex in form.annexes], form.totals.overdue),
        ([annex.late for annex in form.annexes], form.totals.late),
    ):
        assert sum(len(school.items) for each in lists for school in each) == number
    assert form.totals.overdue > 0


def test_pages_of_records_lose_none_between_them(session: Any, world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    question = Question(resolve(session, SCHOOL), date.fromisoformat(ON))
    whole = form_of("movement").gather(session, Printing(question, AT, "Система", ""))
    monkeypatch.setattr("app.services.monitoring.compliance.PAGE", 2)
    assert form_of("movement").gather(session, Printing(question, AT, "Система", "")) == whole


def test_a_reading_that_was_chosen_is_named_with_its_act(sign_in: Any, session: Any) -> None:
    act = {"act_number": "12", "act_date": date(2025, 9, 1)}
    session.add(ReadingChoice(start_year=2025, option="until-date:exclusive", **act))
    session.commit()
    text = printed(sign_in(f"municipal.{MUNICIPALITY}"), MUNICIPALITY)
    assert "«До» даты: сама дата уже не в срок" in text
    assert "акт № 12 от 01.09.2025" in text


def ask(client: Any, org: str, on: str = "01.10.2026") -> Any:
    return client.post("/forms/schools/movement", data={"org": org, "on": on})


def work(app: Any) -> None:
    """In this process, but apart from the test's session."""

    def run() -> None:
        with app.app_context():
            worker.work(app, Event(), once=True)

    contextvars.Context().run(run)


def test_every_school_gets_its_form_in_one_archive(sign_in: Any, session: Any, app: Any) -> None:
    client = sign_in(f"municipal.{MUNICIPALITY}")
    assert ask(client, MUNICIPALITY).location == "/jobs/"
    session.rollback()
    work(app)
    address = re.search(r"/jobs/\d+/file", body(client.get("/jobs/")))
    assert address
    with zipfile.ZipFile(BytesIO(client.get(address[0]).data)) as found:
        names = found.namelist()
        assert [name for name in names if name.endswith("(65001).pdf")]
        assert "самообследование" in text_of(found.read(names[0]))
    session.rollback()
    told = session.scalars(select(AuditEvent.record).where(AuditEvent.action == AuditAction.PRINT)).all()
    assert told == ["Мониторинг движения обучающихся: школы – Холмский городской округ, 2026-10-01"]


def test_whoever_leaves_the_authority_gets_its_archive_no_more(
    sign_in: Any, session: Any, app: Any, world: Any
) -> None:
    """He prints forms of another school now: the right alone does not open what he reached before."""
    login = f"municipal.{MUNICIPALITY}"
    ask(sign_in(login), MUNICIPALITY)
    session.rollback()
    work(app)
    address = re.search(r"/jobs/\d+/file", body(sign_in(login).get("/jobs/")))
    assert address
    held = session.scalars(select(Appointment).where(Appointment.account_id == world.account(login))).one()
    held.role, held.municipality_id, held.school_id = "director", None, world.schools["65003"]
    session.commit()
    client = sign_in(login)
    assert client.get("/forms/print/movement?org=65003").status_code == 200
    assert client.get(address[0]).status_code == 403


@pytest.mark.parametrize(("org", "status"), [("64701000", 404), (SCHOOL, 400)])
def test_an_archive_is_of_ones_own_schools(sign_in: Any, org: str, status: int) -> None:
    assert ask(sign_in(f"municipal.{MUNICIPALITY}"), org).status_code == status


def test_whoever_prints_no_forms_makes_no_archive(sign_in: Any) -> None:
    assert ask(sign_in(f"secretary.{SCHOOL}"), MUNICIPALITY).status_code in (403, 404)


def test_a_wrong_day_stays_in_its_field(sign_in: Any) -> None:
    client = sign_in(f"municipal.{MUNICIPALITY}")
    answer = ask(client, MUNICIPALITY, "32.10.2026")
    assert answer.status_code == 400
    assert 'value="32.10.2026"' in body(answer)
