"""«Моя учётная запись»: one's own roles and orders, nobody else's; an end to the other sessions."""

from typing import Any

from app.models.accounts import Account
from app.models.engine.audit import AuditAction, AuditEvent
from tests.panel.reading import body

SCHOOL = "65001"


def test_it_tells_roles_orders_and_persons(sign_in: Any, world: Any) -> None:
    teacher = body(sign_in(f"teacher.{SCHOOL}").get("/me/"))
    for text in (f"teacher.{SCHOOL}", "Учитель", "Приказ №", "МБОУ СОШ № 1 г. Холмска", "Сотрудников"):
        assert text in teacher
    assert "administrator." not in teacher
    parent = body(sign_in(f"parent.{SCHOOL}").get("/me/"))
    assert "без приказа" in parent


def test_the_other_sessions_end_and_this_one_goes_on(sign_in: Any, session: Any, world: Any) -> None:
    login = f"teacher.{SCHOOL}"
    here, elsewhere = sign_in(login), sign_in(login)
    assert elsewhere.get("/").status_code == 200

    assert here.post("/me/sessions").status_code == 302
    assert "Остальные сеансы завершены" in body(here.get("/me/"))
    assert elsewhere.get("/").status_code == 302
    assert sign_in(f"secretary.{SCHOOL}").get("/").status_code == 200
    event = session.query(AuditEvent).filter_by(action=AuditAction.LOGOUT).one()
    assert event.account_id == world.account(login)
    assert session.get(Account, world.account(login)).session_key not in ("", f"key-{login}")


def test_an_initial_password_comes_first(sign_in: Any, session: Any, world: Any) -> None:
    client = sign_in(f"teacher.{SCHOOL}")
    session.get(Account, world.account(f"teacher.{SCHOOL}")).must_change_password = True
    session.commit()
    assert client.get("/me/").location == "/password/"
    page = body(client.get("/password/"))
    assert "/help/" not in page
    assert "/me/" not in page
