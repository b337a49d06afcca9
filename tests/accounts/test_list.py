"""The list of accounts: what each is for, whether it is used, what keeps it shut (3.3.2.4, УПД.1, УПД.6)."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.clock import today, utc_now
from app.models.accounts import Account, AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.engine.audit import AuditEvent
from app.models.people import Parent
from tests.support.world import PASSWORD, World

ADMINISTRATOR, SCHOOL = "administrator.65001", "65001"


def rows(client: Any, **query: str) -> dict[str, str]:
    """Login → the text of its row."""
    page = client.get("/accounts/list/", query_string={"size": "100"} | query).text
    found = re.findall(r'<tr id="row-\d+".*?</tr>', page, re.DOTALL)
    told = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)) for row in found]
    return {login: row for row in told for login in re.findall(r"[a-z]+\.6500\d", row)[:1]}


def test_what_an_account_is_for(sign_in: Any) -> None:
    found = rows(sign_in(ADMINISTRATOR))
    assert "Секретарь" in found[f"secretary.{SCHOOL}"]
    assert "Родитель" in found[f"parent.{SCHOOL}"]
    assert "secretary.65002" not in found


def test_a_role_that_has_ended_or_not_begun_is_none(sign_in: Any, session: Any, world: World) -> None:
    given = session.query(Appointment).filter_by(account_id=world.account(f"hr.{SCHOOL}")).one()
    given.valid_to = date(2026, 1, 31)
    session.commit()
    assert "без роли" in rows(sign_in(ADMINISTRATOR))[f"hr.{SCHOOL}"]


def test_a_role_that_ended_with_its_work_is_none(sign_in: Any, session: Any, world: World) -> None:
    """Dismissed yesterday by the card, whatever the order says; the list says what HTTP does."""
    card = session.scalar(
        select(AccountPerson).where(AccountPerson.account_id == world.account(f"hr.{SCHOOL}"))
    ).employee
    card.dismissed_on = today() - timedelta(days=1)
    session.commit()
    assert "без роли" in rows(sign_in(ADMINISTRATOR))[f"hr.{SCHOOL}"]
    assert sign_in(f"hr.{SCHOOL}").get("/employees/list/").status_code == 403


def test_roles_above_schools_and_the_operators_are_told_too(sign_in: Any) -> None:
    page = sign_in("operator").get("/accounts/list/?size=100").text
    assert "Региональный специалист" in page
    assert "Оператор системы" in page


def test_whoever_never_came_and_whoever_came_long_ago(sign_in: Any, session: Any, world: World) -> None:
    long_ago, lately = (utc_now().replace(tzinfo=None) - timedelta(days=days) for days in (92, 88))
    for login, day in (("hr", long_ago), ("secretary", lately)):
        session.get(Account, world.account(f"{login}.{SCHOOL}")).last_login = day
    session.commit()
    client = sign_in(ADMINISTRATOR)
    told = rows(client)
    assert "давно не входил" in told[f"hr.{SCHOOL}"]
    assert "ни разу не входил" in told[f"deputy.{SCHOOL}"]
    assert set(rows(client, use="idle")) == {f"hr.{SCHOOL}"}
    assert f"deputy.{SCHOOL}" in rows(client, use="never")
    assert set(rows(client, use="used")) == {f"secretary.{SCHOOL}"}


@pytest.mark.parametrize(("kind", "login"), [("parent", "parent"), ("pupil", "student"), ("employee", "hr")])
def test_by_whose_they_are(sign_in: Any, kind: str, login: str) -> None:
    found = rows(sign_in(ADMINISTRATOR), owner_kind=kind)
    assert f"{login}.{SCHOOL}" in found
    assert not {"parent", "student", "hr"} - {login} & {each.partition(".")[0] for each in found}


def lock(session: Any, world: World, login: str, minutes: int) -> Account:
    account: Account = session.get(Account, world.account(login))
    account.failed_logins, account.locked_until = 7, utc_now() + timedelta(minutes=minutes)
    session.commit()
    return account


def test_a_lock_is_told_and_lifted(app: Any, sign_in: Any, session: Any, world: World) -> None:
    account = lock(session, world, f"hr.{SCHOOL}", 9)
    client, login = sign_in(ADMINISTRATOR), {"username": f"hr.{SCHOOL}", "password": PASSWORD}
    assert "вход закрыт до" in rows(client)[f"hr.{SCHOOL}"]
    assert app.test_client().post("/login/", data=login).status_code == 401
    assert "Открыть вход" in client.get(f"/accounts/show/{account.id}").text
    assert client.post(f"/accounts/unlock/{account.id}").status_code == 302
    assert "Вход открыт." in client.get(f"/accounts/show/{account.id}").text
    assert app.test_client().post("/login/", data=login).status_code == 302
    told = session.query(AuditEvent).filter_by(entity="ab_user", record_id=account.id).order_by(AuditEvent.id)
    assert any(
        each.changes.get("locked_until", ["", ""])[1] is None and each.account_id == world.account(ADMINISTRATOR)
        for each in told
    )


def test_a_lock_that_is_over_needs_no_lifting(sign_in: Any, session: Any, world: World) -> None:
    account = lock(session, world, f"hr.{SCHOOL}", -1)
    client = sign_in(ADMINISTRATOR)
    assert "вход закрыт" not in rows(client)[f"hr.{SCHOOL}"]
    assert "Открыть вход" not in client.get(f"/accounts/show/{account.id}").text
    answer = client.post(f"/accounts/unlock/{account.id}")
    assert answer.status_code == 409
    assert "время запрета вышло" in answer.text


@pytest.mark.parametrize(
    ("login", "status"), [("director.65001", 403), ("secretary.65001", 403), ("administrator.65002", 404)]
)
def test_who_may_not_lift_it(sign_in: Any, session: Any, world: World, login: str, status: int) -> None:
    account = lock(session, world, f"hr.{SCHOOL}", 9)
    assert sign_in(login).post(f"/accounts/unlock/{account.id}").status_code == status
    session.expire_all()
    assert session.get(Account, account.id).is_locked


def test_a_lock_beyond_the_school_is_the_operators(sign_in: Any, session: Any, world: World) -> None:
    session.add(
        Appointment(
            account_id=world.account(f"hr.{SCHOOL}"),
            role="regional",
            order_number="7",
            order_date=date(2025, 9, 1),
            valid_from=date(2025, 9, 1),
        )
    )
    account = lock(session, world, f"hr.{SCHOOL}", 9)
    assert sign_in(ADMINISTRATOR).post(f"/accounts/unlock/{account.id}").status_code == 403
    assert sign_in("operator").post(f"/accounts/unlock/{account.id}").status_code == 302


def test_a_page_of_accounts_has_a_fixed_number_of_queries(
    sign_in: Any, session: Any, world: World, count_queries: list[str]
) -> None:
    client, counts = sign_in(ADMINISTRATOR), []
    for round_ in range(2):
        client.get("/accounts/list/?size=100")
        count_queries.clear()
        client.get("/accounts/list/?size=100")
        counts.append(len(count_queries))
        for number in range(15):
            card = Parent(school_id=world.schools[SCHOOL], last_name="Многих", first_name="А" * (number + 1))
            account = Account(
                username=f"many{number}.{SCHOOL}",
                last_name="М",
                first_name="А",
                active=True,
                school_id=world.schools[SCHOOL],
            )
            session.add_all([card, account] if not round_ else [])
            session.flush()
            if not round_:
                session.add(AccountPerson(school_id=world.schools[SCHOOL], account_id=account.id, parent_id=card.id))
        session.commit()
    assert counts[0] == counts[1]
