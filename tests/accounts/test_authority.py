"""An account is managed by whoever reaches all that it gives (access.md, Authority over people's access)."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.clock import today, utc_now
from app.models.accounts import Account, AccountPerson
from app.models.accounts.appointments import Appointment
from app.security.actor import SYSTEM
from app.security.guard import acting
from tests.support.slips import new_slip
from tests.support.world import PASSWORD

ADMINISTRATOR, DAY = "administrator.65001", timedelta(days=1)
BEYOND = "права и за пределами вашей школы"


def given(session: Any, world: Any, login: str, role: str, **where: Any) -> None:
    """One more role of an account, by an order."""
    order = {"order_number": "77", "order_date": date(2025, 8, 25), "valid_from": date(2025, 8, 25)}
    with acting(session, SYSTEM):
        session.add(Appointment(account_id=world.account(login), role=role, **(order | where)))
        session.commit()


def the_form(world: Any, login: str, **changes: Any) -> dict[str, Any]:
    values = {"last_name": "Сотрудников", "first_name": "Имя", "email": f"{login}@test.invalid", "active": "y"}
    return values | {"version": "1"} | changes


WAYS = {
    "another address": {"email": "stranger@test.invalid"},
    "switch off": {"active": ""},
    "close": {"closed_on": today().isoformat(), "closed_reason": "Так надо"},
}


@pytest.mark.parametrize("way", WAYS)
def test_a_schools_administrator_manages_no_account_that_gives_more_than_the_school(
    sign_in: Any, session: Any, world: Any, way: str
) -> None:
    """A regional specialist who also works in the school is not taken over through it."""
    given(session, world, "hr.65001", "regional")
    key = world.account("hr.65001")
    before = session.get(Account, key)
    kept = before.password, before.email, before.active, before.closed_on, before.session_key
    administrator = sign_in(ADMINISTRATOR)
    assert administrator.get(f"/accounts/show/{key}").status_code == 200
    assert f"/accounts/edit/{key}" not in administrator.get(f"/accounts/show/{key}").text
    for answer in (
        administrator.get(f"/accounts/edit/{key}"),
        administrator.post(f"/accounts/edit/{key}", data=the_form(world, "hr.65001", **WAYS[way])),
    ):
        assert answer.status_code == 403
        assert BEYOND in answer.text
    session.expire_all()
    now = session.get(Account, key)
    assert (now.password, now.email, now.active, now.closed_on, now.session_key) == kept
    changed = sign_in("operator").post(f"/accounts/edit/{key}", data=the_form(world, "hr.65001", **WAYS[way]))
    assert changed.status_code == 302, "the operator reaches everything"


SCOPES = {
    "another school": {"role": "teacher", "school": "65003"},
    "the municipality": {"role": "municipal", "municipality": "64754000"},
    "the region": {"role": "regional"},
    "the region from tomorrow on": {"role": "regional", "valid_from": today() + DAY},
    "the region until today": {"role": "regional", "valid_to": today()},
    "the region until yesterday": {"role": "regional", "valid_to": today() - DAY},
    "one more role of the school": {"role": "secretary", "school": "65001"},
}


@pytest.mark.parametrize("gives", SCOPES)
def test_what_counts_is_what_it_gives_now_or_will(sign_in: Any, session: Any, world: Any, gives: str) -> None:
    where = dict(SCOPES[gives])
    if code := where.pop("school", None):
        where["school_id"] = world.schools[code]
    if code := where.pop("municipality", None):
        where["municipality_id"] = world.municipalities[code]
    given(session, world, "hr.65001", **where)
    is_free = gives in ("one more role of the school", "the region until yesterday")
    key = world.account("hr.65001")
    assert sign_in(ADMINISTRATOR).get(f"/accounts/edit/{key}").status_code == (200 if is_free else 403)


def test_a_person_of_another_school_is_beyond_too(sign_in: Any, session: Any, world: Any) -> None:
    """A parent of children in two schools: neither school manages the account alone, nor links it to itself."""
    key, other = world.account("parent.65001"), world.parents["65003"]
    linked = {"account": str(key), "parent": str(other)}
    assert sign_in("administrator.65003").post("/account_persons/add", data=linked).status_code == 422
    with acting(session, SYSTEM):
        session.add(AccountPerson(school_id=world.schools["65003"], account_id=key, parent_id=other))
        session.commit()
    for code, status in (("65001", 403), ("65003", 404)):
        assert sign_in(f"administrator.{code}").get(f"/accounts/edit/{key}").status_code == status
    assert sign_in("operator").get(f"/accounts/edit/{key}").status_code == 200


def test_the_owner_is_told_that_somebody_else_has_set_the_password(
    app: Any, sign_in: Any, session: Any, world: Any
) -> None:
    """The director above all: on the start page and in the profile, with who did it, for a month."""
    sign_in("director.65001")
    session.get(Account, world.account("director.65001")).last_login = utc_now()
    session.commit()
    secret = new_slip(session, world, "director.65001")
    director = app.test_client()
    assert director.post("/login/", data={"username": "director.65001", "password": secret}).status_code == 302
    changed = {"current": secret, "new": "зимний маяк на мысе", "confirm": "зимний маяк на мысе"}
    assert director.post("/password/", data=changed).status_code == 302
    for page in ("/", "/me/"):
        text = director.get(page).text
        assert "Пароль вашей учётной записи сбросил другой человек: Сотрудников Борис" in text
    assert "Пароль вашей учётной записи" not in sign_in("deputy.65001").get("/").text


def test_a_password_of_ones_own_is_nobodys_reset(sign_in: Any, world: Any) -> None:
    client = sign_in("deputy.65001")
    changed = {"current": PASSWORD, "new": "зимний маяк на мысе", "confirm": "зимний маяк на мысе"}
    assert client.post("/password/", data=changed).status_code == 302
    assert "Пароль вашей учётной записи" not in client.get("/").text
