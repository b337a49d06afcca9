"""Whoever has a right on a record reads the names of what it refers to, and no more of it (access.md)."""

import re
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, raiseload

from app.clock import today, utc_now
from app.models.accounts import Account, AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.engine.audit import AuditAction, AuditEvent
from app.models.movement.memberships import ClassMembership
from app.models.people import Pupil
from app.panel.listing import export
from app.regulation import load_regulation
from app.security import names
from app.security.access import actor_for
from app.security.guard import acting
from app.security.resources import RESOURCES
from app.services.engine import history
from tests.jobs.conftest import yard as yard
from tests.panel.reading import body, rows_of, sheet
from tests.panel.test_lists import add_pupils
from tests.support.classes import put
from tests.support.rights import withdraw
from tests.support.world import NAMES

SCHOOL = "65001"
HR, DEPUTY, PARENT, STUDENT = (f"{role}.{SCHOOL}" for role in ("hr", "deputy", "parent", "student"))
NAME = "Сергеева Алёна"


def cells_of(page: str, label: str) -> list[str]:
    """What the cells of one column of a list show, with their tags."""
    return [cell.strip() for cell in re.findall(rf'data-label="{label}"[^>]*>(.*?)</td>', page, re.DOTALL)]


def told(page: str, label: str) -> set[str]:
    return {re.sub(r"<[^>]+>|\s+", " ", cell).strip() for cell in cells_of(page, label)}


def item(page: str, label: str) -> str:
    """What a card shows under a label, with its tags."""
    found = re.search(rf"<dt>{label}</dt>\s*<dd>(.*?)</dd>", page, re.DOTALL)
    assert found, label
    return found[1].strip()


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`closed("accounts")` closes a right, as the medical ones will be."""

    def close(*codes: str) -> None:
        found = load_regulation()
        rows = {code: replace(row, closed=row.closed or code in codes) for code, row in found.resources.items()}
        changed = replace(found, resources=MappingProxyType(rows))
        monkeypatch.setattr(names, "load_regulation", lambda: changed)

    return close


def test_a_list_shows_the_names_of_what_it_refers_to(sign_in: Any, session: Any) -> None:
    """Personnel sees appointments, not accounts: whose they are is read, nothing else of the account."""
    client = sign_in(HR)
    answer = client.get("/appointments/list/")
    assert set(rows_of(answer)) == {f"Сотрудников {name}" for name in NAMES}
    assert HR not in body(answer), "no login"
    of_hr = select(Appointment.account_id).where(Appointment.role == "hr").order_by(Appointment.id)
    account = session.scalar(of_hr)
    assert client.get(f"/accounts/show/{account}").status_code == 403
    shown = session.scalar(select(Appointment.id).where(Appointment.account_id == account))
    card = item(body(client.get(f"/appointments/show/{shown}")), "Учётная запись")
    assert card == "Сотрудников Дмитрий", "plain text: a link would lead nowhere"


def test_a_computed_name_reads_through_too(sign_in: Any, session: Any, world: Any, count_queries: list[str]) -> None:
    """The operator keeps accounts and no personal cards of pupils: he reads whose an account is."""
    client = sign_in("operator")
    count_queries.clear()
    page = body(client.get("/account_persons/list/"))
    assert NAME in told(page, "Владелец")
    assert "Сергеева Ольга" in told(page, "Владелец")
    assert "—" not in told(page, "Владелец")
    assert len(count_queries) <= 8, "one query for each kind of owner"
    pupil = world.pupils[(SCHOOL, "Сергеева")]
    assert client.get(f"/pupils/show/{pupil}").status_code == 403
    owner = session.scalar(select(AccountPerson.id).where(AccountPerson.pupil_id == pupil))
    card = body(client.get(f"/account_persons/show/{owner}"))
    assert NAME in card
    assert "/pupils/" not in card
    assert "11.04.2013" not in card, "a name is no birth date"


def test_a_card_names_what_stands_in_no_menu_of_the_reader(sign_in: Any, world: Any) -> None:
    client = sign_in(PARENT)
    page = body(client.get(f"/pupils/show/{world.pupils[(SCHOOL, 'Сергеева')]}"))
    assert item(page, "Школа") == "МБОУ СОШ № 1 г. Холмска"
    assert client.get(f"/schools/show/{world.schools[SCHOOL]}").status_code == 403


def test_a_row_out_of_scope_is_named_and_stays_404(sign_in: Any, session: Any, world: Any) -> None:
    """A pupil sees the own class of today: that of last year is read by its name alone, in card and history."""
    pupil = session.get(Pupil, world.pupils[(SCHOOL, "Сергеева")])
    former, now = world.classes[(SCHOOL, 2024, "4А")], pupil.class_id
    past = ClassMembership(school_id=pupil.school_id, pupil=pupil, class_id=former, starts_on=date(2024, 9, 1))
    past.ends_on = date(2025, 5, 31)
    session.add(past)
    changed = {"actor": "Система", "entity": "pupil", "record_id": pupil.id, "changes": {"class_id": [former, now]}}
    session.add(AuditEvent(at=utc_now(), action=AuditAction.CHANGE, record=str(pupil), **changed))
    session.commit()
    client = sign_in(STUDENT)
    assert client.get(f"/classes/show/{former}").status_code == 404
    card = body(client.get(f"/memberships/show/{past.id}"))
    assert item(card, "Класс") == "4\u00a0«А»"
    page = body(client.get(f"/pupils/show/{pupil.id}"))
    history = page.partition("История")[2]
    assert "4\u00a0«А»" in history
    assert "№ " not in history
    assert client.get(f"/memberships/list/?school_class={former}").status_code == 400, "its card is no condition"


def test_the_number_of_queries_stays_fixed(sign_in: Any, session: Any, world: Any, count_queries: list[str]) -> None:
    withdraw(session, "secretary", "classes")
    client = sign_in(f"secretary.{SCHOOL}")

    def queries() -> int:
        count_queries.clear()
        page = body(client.get("/pupils/list/?size=100"))
        assert "5 «А»" in told(page, "Класс")
        return len(count_queries)

    few = queries()
    add_pupils(session, world, 60)
    some = {number: world.classes[(SCHOOL, 2025, f"{number}Б")] for number in range(1, 12)}
    for number, pupil in enumerate(session.scalars(select(Pupil).where(Pupil.last_name.startswith("Массов")))):
        put(session, pupil, some[number % 11 + 1])
    session.commit()
    assert queries() == few <= 9


def test_nothing_but_the_name_can_be_asked_about(sign_in: Any, session: Any, world: Any) -> None:
    """No condition, order or search by what the reader may not open: an answer would tell it letter by letter."""
    client, account = sign_in(HR), world.account(HR)
    assert client.get(f"/appointments/list/?account={account}").status_code == 400
    assert client.get("/appointments/list/?account=999999").status_code == 400
    assert client.get("/appointments/list/?order=account.username").status_code == 400
    everything = rows_of(client.get("/appointments/list/"))
    for question in ("q=Сотрудников", "q=hr.65001", "account.username=hr.65001", "username=hr.65001"):
        assert rows_of(client.get(f"/appointments/list/?{question}")) == everything
    assert client.get("/accounts/lookup?q=hr").status_code == 403


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_holds_the_names_of_the_screen(
    yard: Any, sign_in: Any, session: Any, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    withdraw(session, "secretary", "classes")
    client = sign_in(f"secretary.{SCHOOL}")
    at_once = client.get(f"/pupils/export?format={kind}")
    monkeypatch.setattr(export, "AT_ONCE", 0)
    key = client.get(f"/pupils/export?format={kind}").location.partition("#job-")[2]
    yard.work()
    by_job = client.get(f"/jobs/{key}/file", buffered=True)
    for answer in (at_once, by_job):
        if kind == "xlsx":
            assert "5\u00a0«А»" in {row[1] for row in sheet(answer)}
        else:
            assert ";5\u00a0«А»;" in answer.data.decode("utf-8-sig")


def test_of_a_closed_record_not_even_a_name(sign_in: Any, session: Any, closed: Any) -> None:
    """May not: medical data and the like. The place says so, it does not look empty."""
    closed("accounts", "accounts_brief")
    client = sign_in(HR)
    answer = client.get("/appointments/list/")
    assert "Сотрудников" not in body(answer).partition("<table")[2].partition("</table>")[0]
    assert "—" not in rows_of(answer)
    appointment = session.scalar(select(Appointment.id).where(Appointment.role == "hr"))
    assert "Сотрудников" not in body(client.get(f"/appointments/show/{appointment}")).partition("<main")[2]
    by_right = sign_in(f"director.{SCHOOL}").get("/appointments/list/")
    assert "Сотрудников Дмитрий" in rows_of(by_right)


def test_no_way_round_reads_a_closed_name(session: Any, world: Any, closed: Any) -> None:
    """Histories, captions and the bin ask for names by themselves, not by a column of a list."""
    closed("accounts", "accounts_brief")
    reader, key = actor_for(session, session.get(Account, world.account(HR)), today()), world.account(DEPUTY)
    director = actor_for(session, session.get(Account, world.account(f"director.{SCHOOL}")), today())
    session.expunge_all()
    with acting(session, reader):
        assert names.of(session, Account, key) is None
        told = history.changes_in_words(Appointment, {"account_id": [None, key]})
        assert [each["new"] for each in told] == ["нет права"]
    session.expunge_all()
    with acting(session, director):
        assert names.of(session, Account, key) == "Сотрудников Вера"


def test_what_is_kept_out_of_reach_survives_an_edit(sign_in: Any, session: Any, world: Any) -> None:
    """A reference that the editor may not see is not asked about, and saving neither erases nor refuses it."""
    class_id = world.classes[(SCHOOL, 2025, "5А")]
    withdraw(session, "deputy", "employees")
    client = sign_in(DEPUTY)
    page = body(client.get(f"/classes/edit/{class_id}"))
    assert 'name="class_teacher"' not in page
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)[1]
    data = {"grade": "5", "letter": "А", "version": version}
    answer = client.post(f"/classes/edit/{class_id}", data=data | {"letter": "В"})
    assert answer.status_code == 302, body(answer)
    session.expire_all()
    found = session.connection().exec_driver_sql(
        f"SELECT class_teacher_id, letter FROM school_class WHERE id = {class_id}"  # noqa: S608
    )
    assert found.one() == (world.employees[(SCHOOL, "teacher")], "В")


def test_linking_anew_still_needs_the_sight_of_it(sign_in: Any, session: Any, world: Any) -> None:
    withdraw(session, "deputy", "employees")
    year, teacher = world.years[(SCHOOL, 2025)], world.employees[(SCHOOL, "hr")]
    data = {"academic_year": year, "grade": "7", "letter": "Г", "class_teacher": teacher}
    sign_in(DEPUTY).post("/classes/add", data=data)
    stored = session.connection().exec_driver_sql("SELECT class_teacher_id FROM school_class WHERE letter = 'Г'")
    assert stored.scalar() is None


def test_a_name_is_read_in_one_query(session: Any) -> None:
    """A caption reads the record's own columns, or says which reference it reads: never a query a row."""
    relations = [relation for model in RESOURCES for relation in inspect(model).relationships]
    targets = {each.mapper.class_ for each in relations if each.direction.name == "MANYTOONE"} & RESOURCES.keys()
    with Session(bind=session.connection()) as unguarded:
        for model in sorted(targets, key=lambda model: model.__name__):
            found = unguarded.scalar(names.captioned(model).options(raiseload("*")).limit(1))
            assert found is None or str(found), model.__name__
