"""People of the authorities: cards, accounts, appointments, and the end of access (3.3.9.1, 4.1)."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.clock import today
from app.models.accounts import Account, AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.accounts.officials import Official
from app.security.actor import SYSTEM
from app.security.guard import acting
from tests.jobs.conftest import Yard
from tests.panel.reading import at_fields
from tests.support.locks import pressed
from tests.support.ticks import ticked

MUNICIPAL, FAR, DAY = "municipal.64754000", "municipal.64701000", timedelta(days=1)
CARD = {"last_name": "Озерова", "first_name": "Нина", "position": "Консультант", "hired_on": "2026-01-12"}


@pytest.fixture
def yard(site: Any, session: Any, tmp_path: Any) -> Yard:
    return Yard(site, session, tmp_path / "log")


def ends(session: Any, world: Any, login: str, days: int) -> None:
    """The last day of an official is so many days from now."""
    with acting(session, SYSTEM):
        session.get(Official, world.officials[login]).dismissed_on = today() + days * DAY
        session.commit()


def order(world: Any, account: int, role: str, **more: Any) -> dict[str, Any]:
    day = today().isoformat()
    given = {"account": str(account), "role": role, "order_number": "40", "order_date": day, "valid_from": day}
    return given | {name: str(value) for name, value in more.items()}


@pytest.mark.parametrize(
    ("login", "sees", "adds"),
    [
        ("regional", (200, 200), 302),
        ("operator", (200, 200), 302),
        (MUNICIPAL, (200, 404), 403),
        ("administrator.65001", (403, 403), 403),
        ("director.65001", (403, 403), 403),
    ],
)
def test_who_keeps_the_cards(sign_in: Any, world: Any, login: str, sees: Any, adds: int) -> None:
    client = sign_in(login)
    shown = [client.get(f"/officials/show/{world.officials[each]}").status_code for each in (MUNICIPAL, FAR)]
    assert tuple(shown) == sees
    typed = CARD | {"municipality": str(world.municipalities["64754000"])}
    assert client.post("/officials/add", data=typed).status_code == adds
    edited = client.post(
        f"/officials/edit/{world.officials[MUNICIPAL]}", data=CARD | {"first_name": "Вера", "version": "1"}
    )
    assert edited.status_code == adds


def test_from_the_card_to_the_first_page(app: Any, sign_in: Any, yard: Yard, session: Any, world: Any) -> None:
    """The region enters the card, the operator prints the slip and appoints; the account is called as the card."""
    place = world.municipalities["64754000"]
    made = sign_in("regional").post("/officials/add", data=CARD | {"municipality": str(place)})
    key = int(made.location.rpartition("/")[2])
    operator = sign_in("operator")
    assert f"/slips/?officials={key}" in operator.get(f"/officials/show/{key}").text
    asked = operator.post("/slips/", query_string={"officials": key}, data={"who": [f"official:{key}"], "a_page": "4"})
    assert asked.status_code == 302, asked.text
    yard.work()
    file = operator.get(f"/jobs/{asked.location.rpartition('-')[2]}/file", buffered=True)
    text = "\n".join(each.extract_text() for each in PdfReader(BytesIO(file.data)).pages)
    assert "УО: Холмский городской округ" in text
    words = re.search(r"действует по [\d.]+\n(.+)\n(.+)\n", text)
    account = session.scalar(select(AccountPerson.account_id).where(AccountPerson.official_id == key))
    given = order(world, account, "municipal", municipality=place)
    assert operator.post("/appointments/add", data=given).status_code == 302
    login = session.get(Account, account).username
    client = app.test_client()
    typed = {"username": login, "password": f"{words[1]} {words[2]}"}
    assert client.post("/login/", data=typed).status_code == 302
    assert client.get("/").location == "/password/"
    new = {"new": "зимний маяк на мысе", "confirm": "зимний маяк на мысе"}
    assert client.post("/password/", data=new).status_code == 302
    assert client.get("/pupils/list/").status_code == 200
    renamed = CARD | {"last_name": "Морская", "version": "1"}
    assert sign_in("regional").post(f"/officials/edit/{key}", data=renamed).status_code == 302
    session.expire_all()
    assert session.get(Account, account).full_name == "Морская Нина"


@pytest.mark.parametrize("login", ["regional", MUNICIPAL])
def test_access_ends_after_the_last_day_at_the_next_request(sign_in: Any, session: Any, world: Any, login: str) -> None:
    client = sign_in(login)
    ends(session, world, login, 0)
    assert client.get("/pupils/list/").status_code == 200, "the last day is one of work"
    ends(session, world, login, -1)
    assert client.get("/pupils/list/").status_code == 403


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [("municipal", "64754000", 422), ("municipal", "64701000", 422), ("regional", None, 302)],
)
def test_appointed_is_who_works_in_that_authority(
    sign_in: Any, session: Any, world: Any, role: str, place: str | None, status: int
) -> None:
    """The card is of the region; of a municipality it would need one of its own."""
    with acting(session, SYSTEM):
        account = session.get(Account, world.account("nobody"))
        card = Official(last_name="Никто", first_name="Имя", hired_on=today())
        session.add_all([card, AccountPerson(account=account, official=card)])
        session.commit()
    where = {"municipality": world.municipalities[place]} if place else {}
    given = order(world, world.account("nobody"), role, **where)
    answer = sign_in("operator").post("/appointments/add", data=given)
    assert answer.status_code == status
    if status == 422:
        assert "работает в органе управления этого муниципалитета" in at_fields(answer.text)["account"]
    early = given | {"order_date": str(today() - DAY), "valid_from": str(today() - DAY), "order_number": "39"}
    assert sign_in("operator").post("/appointments/add", data=early).status_code == 422, "not before the first day"


@pytest.mark.parametrize("login", ["regional", MUNICIPAL])
def test_the_last_one_is_replaced_not_removed(sign_in: Any, session: Any, world: Any, login: str) -> None:
    key = session.scalar(select(Appointment.id).where(Appointment.account_id == world.account(login)))
    operator = sign_in("operator")
    assert pressed(operator, f"/appointments/delete/{key}").status_code == 409
    other = session.get(Official, world.officials[login])
    with acting(session, SYSTEM):
        account = session.get(Account, world.account("nobody"))
        card = Official(last_name="Никто", first_name="Имя", hired_on=today(), municipality_id=other.municipality_id)
        session.add_all([card, AccountPerson(account=account, official=card)])
        session.commit()
    where = {"municipality": other.municipality_id} if other.municipality_id else {}
    given = order(world, world.account("nobody"), login.partition(".")[0], **where)
    assert operator.post("/appointments/add", data=given).status_code == 302
    assert pressed(operator, f"/appointments/delete/{key}").status_code == 302


def test_a_tie_stays_while_its_roles_last(sign_in: Any, session: Any, world: Any) -> None:
    """Else the role would last by its order alone; nor is a stranger's card put beside it."""
    tie = session.scalar(select(AccountPerson.id).where(AccountPerson.official_id == world.officials["regional"]))
    operator = sign_in("operator")
    assert pressed(operator, f"/account_persons/delete/{tie}").status_code == 409
    stranger = {"account": world.account("regional"), "official": world.officials[MUNICIPAL]}
    answer = ticked(operator, "/account_persons/add", stranger)
    assert answer.status_code == 422
    assert "Сначала прекратите эти назначения" in answer.text


def test_an_officials_account_is_no_schools_to_manage(sign_in: Any, session: Any, world: Any) -> None:
    """Without any role yet: the card alone lies beyond the school."""
    with acting(session, SYSTEM):
        card = Official(last_name="Сотрудников", first_name="Имя", hired_on=today())
        session.add_all([card, AccountPerson(account_id=world.account("hr.65001"), official=card)])
        session.commit()
    key = world.account("hr.65001")
    assert sign_in("administrator.65001").get(f"/accounts/edit/{key}").status_code == 403
    assert sign_in("operator").get(f"/accounts/edit/{key}").status_code == 200


def test_no_password_is_typed_for_another(sign_in: Any, session: Any, world: Any) -> None:
    """A new account has nothing that opens it, whatever a request says."""
    client = sign_in("operator")
    assert "Одноразовый пароль" not in client.get("/accounts/add").text
    typed = {"last_name": "Новый", "first_name": "Имя", "username": "novyi.i", "active": "y"}
    assert client.post("/accounts/add", data=typed | {"initial_password": "рыжая лиса бежит"}).status_code == 302
    made = session.scalars(select(Account).where(Account.username == "novyi.i")).one()
    assert (made.password, made.must_change_password) == (None, True)


@pytest.mark.parametrize("place", ["64754000", ""])
def test_a_number_of_another_card_of_the_authority_is_told(sign_in: Any, session: Any, world: Any, place: str) -> None:
    """The region's cards have no municipality, and their numbers are their own all the same."""
    client = sign_in("regional")
    typed = CARD | {"municipality": str(world.municipalities[place]) if place else "", "snils": "112-233-445 95"}
    assert client.post("/officials/add", data=typed).status_code == 302
    other = typed | {"last_name": "Рябова", "first_name": "Алла"}
    again = client.post("/officials/add", data=other)
    assert again.status_code == 422
    assert "СНИЛС занят карточкой «Озерова Нина" in again.text
    assert 'value="Рябова"' in again.text
    elsewhere = other | {"municipality": str(world.municipalities["64701000"])}
    assert client.post("/officials/add", data=elsewhere).status_code == 302
    moved = session.scalar(select(Official).where(Official.last_name == "Озерова"))
    same = typed | {"position": "Начальник отдела", "version": str(moved.version)}
    assert client.post(f"/officials/edit/{moved.id}", data=same).status_code == 302
