"""Who has no account yet is found by it, and told to whoever gives accounts (3.3.2.4)."""

from datetime import date
from typing import Any

import pytest

from app.models.accounts import Account
from app.models.people import Employee
from app.security.actor import SYSTEM
from app.security.guard import acting
from tests.panel.reading import body, rows_of
from tests.support.world import World

ADMINISTRATOR, SCHOOL = "administrator.65001", "65001"


def found(client: Any, route: str, state: str) -> set[str]:
    return set(rows_of(client.get(f"/{route}/list/", query_string={"account": state, "size": "100"})))


def test_people_are_found_by_their_accounts(sign_in: Any, session: Any, world: World) -> None:
    client = sign_in(ADMINISTRATOR)
    none, made, given = (found(client, "pupils", state) for state in ("none", "made", "given"))
    assert any(name.startswith("Сергеева") for name in made)
    assert any(name.startswith("Иванов") for name in none)
    assert not none & made
    assert given == set()
    session.get(Account, world.account(f"student.{SCHOOL}")).handed_over_on = date(2026, 3, 1)
    session.commit()
    assert any(name.startswith("Сергеева") for name in found(client, "pupils", "given"))
    assert found(client, "parents", "made")
    assert found(client, "employees", "made")


def test_the_column_says_it(sign_in: Any) -> None:
    page = body(sign_in(ADMINISTRATOR).get("/pupils/list/?cols=full_name&cols=account"))
    assert "создана, не выдана" in page
    assert "Учётная запись" in page


@pytest.mark.parametrize("login", ["secretary.65001", "hr.65001", "teacher.65001"])
def test_whoever_sees_no_accounts_is_not_told(sign_in: Any, login: str) -> None:
    client = sign_in(login)
    page = body(client.get("/pupils/list/?cols=full_name&cols=account"))
    assert "создана, не выдана" not in page
    assert client.get("/pupils/list/?account=made").status_code == 400
    assert "без учётной записи" not in body(client.get("/"))


def test_the_start_page_leads_there(sign_in: Any, session: Any, world: World) -> None:
    with acting(session, SYSTEM):
        day = date(2025, 9, 1)
        session.add(Employee(school_id=world.schools[SCHOOL], last_name="Новый", first_name="Пётр", hired_on=day))
        session.commit()
    client = sign_in(ADMINISTRATOR)
    page = body(client.get("/"))
    assert "Сотрудники без учётной записи" in page
    assert "Обучающиеся без учётной записи" in page
    assert "Новый Пётр" in found(client, "employees", "none")
