"""What an account is called and by which login it is known (1.5, ИАФ.3)."""

from typing import Any

import pytest
from sqlalchemy import select

from app.models.accounts import Account, AccountPerson
from app.models.engine.audit import AuditEvent
from tests.panel.reading import at_fields
from tests.support.ticks import ticked

ADMINISTRATOR = "administrator.65001"


def made(login: str, **more: Any) -> dict[str, Any]:
    return {
        "last_name": "Новый",
        "first_name": "Имя",
        "username": login,
        "active": "y",
    } | more


def test_renaming_a_card_renames_its_account(sign_in: Any, session: Any, world: Any) -> None:
    """The secretary who renames keeps no accounts, and need not; found by the new name, told by the trail."""
    key, mother = world.account("parent.65001"), world.parents["65001"]
    client = sign_in("secretary.65001")
    card = {"last_name": "Петрова", "first_name": "Ольга", "middle_name": "Ивановна", "phone": "+7 914 000-00-01"}
    assert client.post(f"/parents/edit/{mother}", data=card | {"version": "1"}).status_code == 302
    account = session.get(Account, key)
    assert account.full_name == "Петрова Ольга Ивановна"
    assert "Петрова Ольга Ивановна" in sign_in(ADMINISTRATOR).get("/accounts/list/?q=петрова").text
    ours = AuditEvent.entity == "ab_user", AuditEvent.record_id == key
    told = session.scalars(select(AuditEvent).where(*ours).order_by(AuditEvent.id)).all()
    assert told[-1].changes["last_name"][1] == "Петрова"
    assert told[-1].account_id == world.account("secretary.65001")


def test_an_account_with_an_owner_is_called_by_the_card_alone(sign_in: Any, session: Any, world: Any) -> None:
    key = world.account("hr.65001")
    client = sign_in(ADMINISTRATOR)
    page = client.get(f"/accounts/edit/{key}").text
    assert 'name="last_name"' not in page
    posted = {"last_name": "Другой", "email": "", "active": "y", "version": "1"}
    client.post(f"/accounts/edit/{key}", data=posted)
    session.expire_all()
    assert session.get(Account, key).last_name == "Сотрудников"


def test_one_address_serves_a_family_or_none_is_given(sign_in: Any, session: Any, world: Any) -> None:
    client = sign_in(ADMINISTRATOR)
    for login, mail in (("family.one", "home@test.invalid"), ("family.two", "home@test.invalid"), ("family.three", "")):
        assert client.post("/accounts/add", data=made(login, email=mail)).status_code == 302
    session.expire_all()
    kept = dict(session.execute(select(Account.username, Account.email).where(Account.username.like("family%"))).all())
    assert kept == {"family.one": "home@test.invalid", "family.two": "home@test.invalid", "family.three": None}


@pytest.mark.parametrize(
    ("login", "says"),
    [
        ("ivanov.p1", "уже занят"),
        ("IVANOV.P1", "уже занят"),
        ("ivanov.pl", "легко спутать"),
        ("ivan0v.pi", "легко спутать"),
        ("ivanоv.p1", "латинских букв"),
        ("1vanov", "латинских букв"),
        ("iv", "латинских букв"),
        ("ivanov p1", "латинских букв"),
    ],
)
def test_no_login_looks_like_another(sign_in: Any, world: Any, login: str, says: str) -> None:
    client = sign_in(ADMINISTRATOR)
    assert client.post("/accounts/add", data=made("ivanov.p1")).status_code == 302
    refused = client.post("/accounts/add", data=made(login))
    assert refused.status_code == 422
    assert says in at_fields(refused.text)["username"]
    assert 'value="Новый"' in refused.text


def test_a_wrong_owner_is_asked_about(sign_in: Any, session: Any, world: Any) -> None:
    """Another name than the account's; somebody who has an account already."""
    client = sign_in(ADMINISTRATOR)
    assert client.post("/accounts/add", data=made("somebody.new")).status_code == 302
    key = session.scalar(select(Account.id).where(Account.username == "somebody.new"))
    linked = {"account": str(key), "employee": str(world.employees[("65001", "teacher")])}
    asked = client.post("/account_persons/add", data=linked)
    assert asked.status_code == 422
    assert "Фамилии учётной записи и карточки разные" in asked.text
    assert "уже есть учётная запись" in asked.text
    assert not session.scalar(select(AccountPerson).where(AccountPerson.account_id == key))
    assert ticked(client, "/account_persons/add", linked).status_code == 302
    session.expire_all()
    assert session.get(Account, key).last_name == "Сотрудников"
