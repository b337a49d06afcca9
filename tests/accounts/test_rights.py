"""A school changes the rights of its own roles (3.3.2.2; access.md, Changing the rights)."""

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import event, update

from app.clock import today
from app.extensions import db
from app.models.accounts import Account, AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.engine.audit import AuditEvent
from app.models.schools import RightChange
from app.security.actor import SYSTEM
from app.security.guard import acting
from tests.accounts.test_authority import given

ADMINISTRATOR, SECRETARY = "administrator.65001", "secretary.65001"
BASIS = {"number": "17-А", "day": "12.01.2026"}


def change(client: Any, role: str, resource: str, wish: str, action: str = "", **more: str) -> Any:
    data = {"wish": wish, "action": action} | more
    return client.post(f"/rights/cell/{role}/{resource}/change", data=data)


def undone(client: Any, answer: Any) -> Any:
    """Press «Отменить» in the message that followed."""
    page = client.get(answer.location.partition("#")[0]).text
    return client.post(re.search(r"/rights/undo/[0-9a-f]{32}", page)[0])


def test_what_is_taken_is_gone_at_the_next_request_and_comes_back(sign_in: Any, session: Any) -> None:
    """For the own school alone, and with it what rests on it: what one does not see, one does not change."""
    administrator, secretary, other = sign_in(ADMINISTRATOR), sign_in(SECRETARY), sign_in("secretary.65003")
    assert secretary.get("/pupils/list/").status_code == 200
    assert change(administrator, "secretary", "pupils", "take", "view").status_code == 302
    assert secretary.get("/pupils/list/").status_code == 403
    assert secretary.get("/pupils/add").status_code == 403
    assert other.get("/pupils/list/").status_code == 200
    assert other.get("/pupils/add").status_code == 200
    page = administrator.get("/rights/cell/secretary/pupils").text
    assert "изъято школой" in page
    assert "просмотр: изъято" in page, "in the history"
    assert change(administrator, "secretary", "pupils", "reset").status_code == 302
    assert secretary.get("/pupils/add").status_code == 200
    rows = session.query(RightChange).all()
    assert {row.action for row in rows} == {"view", "edit", "print", "export"}
    assert all(row.ended_by == "Сотрудников Борис" and not row.granted for row in rows)
    told = session.query(AuditEvent).filter_by(entity="right_change").all()
    assert len(told) == 8, "each taken and each brought back"


def test_one_right_alone(sign_in: Any) -> None:
    administrator, secretary = sign_in(ADMINISTRATOR), sign_in(SECRETARY)
    answer = change(administrator, "secretary", "pupils", "take", "export")
    assert secretary.get("/pupils/list/").status_code == 200
    assert secretary.get("/pupils/export").status_code == 403
    assert undone(administrator, answer).status_code == 302
    assert secretary.get("/pupils/export").status_code == 200
    assert change(administrator, "secretary", "pupils", "take", "export").status_code == 302
    assert change(administrator, "secretary", "pupils", "give", "export").status_code == 302, "needs no document"
    assert secretary.get("/pupils/export").status_code == 200


def test_beyond_the_set_with_a_document_alone(sign_in: Any, session: Any) -> None:
    """And the own school's rows alone."""
    administrator, psychologist = sign_in(ADMINISTRATOR), sign_in("psychologist.65001")
    for basis in ({}, {"number": "5"}, {"day": "12.01.2026"}, {"number": "—", "day": "12.01.2026"}):
        answer = change(administrator, "psychologist", "movement_orders", "give", "view", **basis)
        assert answer.status_code == 422
        assert basis.get("number", "") in answer.text
    for day in ("32.01.2026", "01.01.2100", "01.01.1900"):
        answer = change(administrator, "psychologist", "movement_orders", "give", "view", number="5", day=day)
        assert answer.status_code == 422
        assert day in answer.text, "what was typed is still there"
    assert session.query(RightChange).count() == 0
    assert psychologist.get("/movement_orders/list/").status_code == 403
    assert change(administrator, "psychologist", "movement_orders", "give", "view", **BASIS).status_code == 302
    assert psychologist.get("/movement_orders/list/").status_code == 200
    assert psychologist.get("/movement_orders/add").status_code == 403
    assert sign_in("psychologist.65003").get("/movement_orders/list/").status_code == 403
    row = session.query(RightChange).one()
    assert (row.basis_number, row.basis_date, row.granted) == ("17-А", date(2026, 1, 12), True)
    page = administrator.get("/rights/").text
    assert "просмотр – сверх Регламента" in page
    assert "Отступлений: 1" in page


def test_what_cannot_be_done_without_seeing_brings_the_seeing_along(sign_in: Any) -> None:
    administrator, psychologist = sign_in(ADMINISTRATOR), sign_in("psychologist.65001")
    answer = change(administrator, "psychologist", "movement_orders", "give", "edit", **BASIS)
    assert answer.status_code == 302
    assert psychologist.get("/movement_orders/add").status_code == 200
    assert undone(administrator, answer).status_code == 302
    assert psychologist.get("/movement_orders/list/").status_code == 403


NEVER_GIVEN = {
    "exclusive, settings": ("deputy", "settings", "edit", "п. 3.3.2.2"),
    "exclusive, directories": ("hr", "directories", "delete", "п. 3.3.2.2"),
    "exclusive, rights": ("director", "rights", "edit", "п. 3.3.2.2"),
    "appointments": ("administrator", "appointments", "edit", "п. 3.3.1"),
    "accounts": ("secretary", "accounts", "hand_over", "п. 3.3.2.4"),
    "seeing accounts": ("secretary", "accounts", "view", "п. 3.3.2.4"),
    "confirming corrections": ("secretary", "corrections", "approve", "п. 4.1"),
    "the audit trail": ("deputy", "audit", "view", "п. 1.5"),
    "what only the region does": ("director", "readings", "edit", "ни одной роли школы"),
    "pupils of two schools": ("director", "double_study", "view", "ни одной роли школы"),
    "of the authorities": ("municipal", "pupils", "print", "муниципалитета и региона"),
    "of the region": ("regional", "pupils", "edit", "муниципалитета и региона"),
    "more than a family sees": ("parent", "pupils_brief", "view", "Семье"),
}


@pytest.mark.parametrize("case", NEVER_GIVEN)
def test_never_given(sign_in: Any, session: Any, case: str) -> None:
    role, resource, action, words = NEVER_GIVEN[case]
    administrator = sign_in(ADMINISTRATOR)
    answer = change(administrator, role, resource, "give", action, **BASIS)
    assert answer.status_code == 422
    assert words in answer.text
    shown = administrator.get(f"/rights/cell/{role}/{resource}?wish=give&action={action}")
    assert words in shown.text
    assert session.query(RightChange).count() == 0


NEVER_TAKEN = {
    "the own right to change rights": ("administrator", "rights", "edit"),
    "to see rights": ("administrator", "rights", "view"),
    "the director's view of compliance": ("director", "compliance", "view"),
    "confirming corrections": ("deputy", "corrections", "approve"),
    "seeing what is confirmed": ("director", "corrections", "view"),
    "of the authorities": ("municipal", "pupils", "view"),
    "of the region": ("regional", "compliance", "view"),
}


@pytest.mark.parametrize("case", NEVER_TAKEN)
def test_never_taken(sign_in: Any, session: Any, case: str) -> None:
    role, resource, action = NEVER_TAKEN[case]
    administrator = sign_in(ADMINISTRATOR)
    assert change(administrator, role, resource, "take", action).status_code == 422
    assert "icon" in administrator.get(f"/rights/cell/{role}/{resource}").text
    assert session.query(RightChange).count() == 0


@pytest.mark.parametrize("login", ["director.65001", "operator", "regional", "secretary.65001", "administrator.65003"])
def test_nobody_else_changes_a_schools_rights(sign_in: Any, session: Any, world: Any, login: str) -> None:
    """The administrator of another school neither sees nor changes them."""
    client = sign_in(login)
    where = {"school": str(world.schools["65001"])}
    answer = change(client, "secretary", "pupils", "take", "export", **where)
    assert answer.status_code == (404 if login == "administrator.65003" else 403)
    seen = client.get("/rights/cell/secretary/pupils", query_string=where).status_code
    may_see = {"director.65001": 200, "operator": 200, "administrator.65003": 404}
    assert seen == may_see.get(login, 403)
    assert client.post(f"/rights/undo/{'0' * 32}", data=where).status_code in (403, 404)
    assert session.query(RightChange).count() == 0


def test_a_director_sees_and_changes_nothing(sign_in: Any) -> None:
    director = sign_in("director.65001")
    page = director.get("/rights/cell/secretary/pupils?wish=take&action=edit")
    assert page.status_code == 200
    assert "У 1 сотрудника пропадёт право" in page.text
    assert 'type="submit">Изъять' not in page.text
    assert 'type="submit">Изъять' in sign_in(ADMINISTRATOR).get(page.request.full_path).text


def test_what_would_happen_is_told_before(sign_in: Any, session: Any) -> None:
    administrator = sign_in(ADMINISTRATOR)
    page = administrator.get("/rights/cell/secretary/pupils?wish=take&action=view").text
    all_of_it = "просмотр, внесение и изменение, печать, выгрузка: Личные карточки обучающихся"
    assert f"У 1 сотрудника пропадёт право «{all_of_it}»." in page
    only = administrator.get("/rights/cell/secretary/movement_orders?wish=take&action=delete").text
    assert "После этого в школе никто не сможет" in only
    beyond = administrator.get("/rights/cell/psychologist/movement_orders?wish=give&action=view").text
    assert "У 1 сотрудника появится право" in beyond
    assert "отступление от Регламента" in beyond
    assert "У 1 родителя пропадёт право" in administrator.get("/rights/cell/parent/pupils?wish=take&action=view").text
    assert session.query(RightChange).count() == 0


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/rights/cell/nobody/pupils", 404),
        ("/rights/cell/secretary/nothing", 404),
        ("/rights/cell/secretary/pupils?action=fly&wish=take", 400),
        ("/rights/cell/secretary/pupils?action=edit&wish=perhaps", 400),
        ("/rights/cell/secretary/pupils?action=edit", 400),
        ("/rights/?school=999999", 404),
        ("/rights/?school=abc", 404),
    ],
)
def test_an_address_without_sense(sign_in: Any, address: str, status: int) -> None:
    assert sign_in(ADMINISTRATOR).get(address).status_code == status


def test_a_family_and_the_brief_rows_follow_too(sign_in: Any, world: Any) -> None:
    administrator, parent = sign_in(ADMINISTRATOR), sign_in("parent.65001")
    child = world.pupils["65001", "Сергеева"]
    assert parent.get(f"/pupils/show/{child}").status_code == 200
    assert change(administrator, "parent", "pupils", "take", "view").status_code == 302
    assert parent.get(f"/pupils/show/{child}").status_code == 403


def test_a_right_beyond_reaches_no_more_rows_than_the_role_sees(sign_in: Any, world: Any) -> None:
    """A class teacher may print his class, not the school."""
    administrator, teacher = sign_in(ADMINISTRATOR), sign_in("teacher.65001")
    assert change(administrator, "teacher", "pupils", "give", "export", **BASIS).status_code == 302
    exported = teacher.get("/pupils/export?format=csv")
    assert exported.status_code == 200
    assert "Сергеева" in exported.text
    assert "Ким" not in exported.text


def test_an_act_of_another_school_is_not_undone(sign_in: Any, session: Any) -> None:
    answer = change(sign_in(ADMINISTRATOR), "secretary", "pupils", "take", "export")
    assert answer.status_code == 302
    act = session.query(RightChange).one().act
    sign_in("administrator.65003").post(f"/rights/undo/{act}")
    session.expire_all()
    assert session.query(RightChange).one().ended_at is None


def test_the_page_makes_a_fixed_number_of_queries(sign_in: Any, session: Any, world: Any) -> None:
    administrator = sign_in(ADMINISTRATOR)
    before = queries_of(lambda: administrator.get("/rights/"))
    with acting(session, SYSTEM):
        for number, action in enumerate(("view", "edit", "print", "export")):
            for resource in ("pupils", "parents", "employees"):
                row = RightChange(school_id=world.schools["65001"], role="secretary", resource=resource, action=action)
                row.granted, row.act = False, f"{number:032}"
                session.add(row)
        session.commit()
    assert queries_of(lambda: administrator.get("/rights/")) == before


def queries_of(run: Any) -> int:
    made: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        made.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert run().status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(made)


def test_the_command_tells_a_schools_own_matrix(app: Any, sign_in: Any) -> None:
    assert change(sign_in(ADMINISTRATOR), "secretary", "pupils", "take", "export").status_code == 302
    runner = app.test_cli_runner()
    own = runner.invoke(args=["roles", "matrix", "--school", "65001"]).output
    assert "изъято: export" in own
    assert "изъято" not in runner.invoke(args=["roles", "matrix", "--school", "65003"]).output


def test_the_history_of_all_is_listed(sign_in: Any) -> None:
    assert change(sign_in(ADMINISTRATOR), "secretary", "pupils", "take", "export").status_code == 302
    page = sign_in("director.65001").get("/right_changes/list/").text
    assert "Секретарь" in page
    assert "изъято" in page
    assert "Секретарь" not in sign_in("director.65003").get("/right_changes/list/").text.partition("<main")[2]


def test_the_annex(sign_in: Any, session: Any, world: Any) -> None:
    """The matrix with what deviates and on what ground, and who holds which role; printing is in the trail."""
    administrator = sign_in(ADMINISTRATOR)
    change(administrator, "psychologist", "movement_orders", "give", "view", **BASIS)
    change(administrator, "secretary", "pupils", "take", "export")
    own = session.query(Appointment).filter_by(account_id=world.account("director.65001")).one()
    session.execute(update(Appointment).where(Appointment.id == own.id).values(entered_by_id=own.account_id))
    session.commit()
    text = printed(sign_in("director.65001"))
    for words in ("МАТРИЦА ПРАВ ДОСТУПА", "+П", "−Вг", "№ 17-А от 12.01.2026", "дано сверх Регламента", "изъято"):
        assert words in text
    assert text.count("назначил(а) сам(а) себя") == 1
    assert "+П" not in printed(sign_in("administrator.65003")).partition("Сотрудники школы")[2]
    trail = session.query(AuditEvent).filter_by(action="print").all()
    assert any("Матрица прав доступа" in each.record for each in trail)
    assert sign_in("deputy.65001").get("/rights/print").status_code == 403
    assert sign_in("operator").get("/rights/print").status_code == 403


def test_the_annex_names_no_holder_whose_role_has_ended(sign_in: Any, session: Any, world: Any) -> None:
    """Dismissal and a closed account end a role before its order does."""
    holders = "Кто занимает роли"
    before = printed(sign_in("director.65001")).rpartition(holders)[2]
    card = session.query(AccountPerson).filter_by(account_id=world.account("hr.65001")).one().employee
    card.dismissed_on = today() - timedelta(days=1)
    session.get(Account, world.account(SECRETARY)).active = False
    session.commit()
    after = printed(sign_in("director.65001")).rpartition(holders)[2]
    for title in ("Специалист по кадрам", "Секретарь"):
        assert title in before
        assert title not in after
    assert "Завуч" in after


def printed(client: Any) -> str:
    answer = client.get("/rights/print")
    assert answer.mimetype == "application/pdf"
    pages = PdfReader(BytesIO(answer.data)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_who_works_in_two_schools_loses_it_in_one(sign_in: Any, session: Any, world: Any) -> None:
    given(session, world, SECRETARY, "secretary", school_id=world.schools["65003"])
    here, there = world.pupils["65001", "Сергеева"], world.pupils["65003", "Сергеева"]
    secretary = sign_in(SECRETARY)
    assert [secretary.get(f"/pupils/show/{key}").status_code for key in (here, there)] == [200, 200]
    assert change(sign_in("administrator.65003"), "secretary", "pupils", "take", "view").status_code == 302
    assert [secretary.get(f"/pupils/show/{key}").status_code for key in (here, there)] == [200, 404]
