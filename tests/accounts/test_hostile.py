"""What a dishonest person tries against roles and accounts (access.md, Authority over people's access)."""

import re
from datetime import timedelta
from typing import Any

from app.clock import today
from app.models.accounts import AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.people import Employee
from app.security.actor import SYSTEM
from app.security.guard import acting
from tests.accounts.test_appointments import DIRECTOR, SCHOOL, of, order
from tests.support.locks import confirmed, pressed
from tests.support.ticks import ticked

DAY = timedelta(days=1)


def dismissed(session: Any, world: Any, who: str, day: Any) -> None:
    with acting(session, SYSTEM):
        session.get(Employee, world.employees[(SCHOOL, who)]).dismissed_on = day
        session.commit()


def of_old(world: Any, day: str = "2025-08-25", **more: str) -> dict[str, str]:
    return {"order_number": "12", "order_date": day, "valid_from": day, "version": "1"} | more


def test_the_last_one_is_not_put_off(sign_in: Any, session: Any, world: Any) -> None:
    """Its first day moved to the future leaves the school as its last day in the past would."""
    client = sign_in(DIRECTOR)
    for role in ("director", "administrator"):
        key = of(session, world, f"{role}.{SCHOOL}", role)
        late = (today() + 30 * DAY).isoformat()
        answer = client.post(f"/appointments/edit/{key}", data=of_old(world) | {"valid_from": late})
        assert answer.status_code == 422
        assert "Сначала назначьте преемника" in answer.text


def test_a_successor_is_not_taken_away(sign_in: Any, session: Any, world: Any) -> None:
    client = sign_in(DIRECTOR)
    key = of(session, world, f"administrator.{SCHOOL}", "administrator")
    after = today() + 10 * DAY
    assert (
        ticked(client, "/appointments/add", order(world, "hr.65001", "administrator", valid_from=after)).status_code
        == 302
    )
    ended = of_old(world, valid_to=(after - DAY).isoformat())
    assert client.post(f"/appointments/edit/{key}", data=ended).status_code == 302
    nxt = of(session, world, "hr.65001", "administrator")
    assert pressed(client, f"/appointments/delete/{nxt}").status_code == 409


def test_a_dismissed_one_is_no_successor(sign_in: Any, session: Any, world: Any) -> None:
    client = sign_in(DIRECTOR)
    key = of(session, world, f"administrator.{SCHOOL}", "administrator")
    assert ticked(client, "/appointments/add", order(world, "hr.65001", "administrator")).status_code == 302
    dismissed(session, world, "hr", today() - DAY)
    assert pressed(client, f"/appointments/delete/{key}").status_code == 409


def test_bulk(sign_in: Any, session: Any, world: Any) -> None:
    client = sign_in(DIRECTOR)
    a = of(session, world, f"administrator.{SCHOOL}", "administrator")
    assert ticked(client, "/appointments/add", order(world, "hr.65001", "administrator")).status_code == 302
    b = of(session, world, "hr.65001", "administrator")
    answer = confirmed(client, "/appointments/bulk", {"action": "delete", "rowid": [str(a), str(b)]})
    assert answer.status_code < 500
    session.rollback()
    assert session.query(Appointment).filter_by(role="administrator", school_id=world.schools[SCHOOL]).count() >= 1


def test_what_comes_back_from_the_bin_is_no_second_one(sign_in: Any, session: Any, world: Any) -> None:
    client = sign_in(DIRECTOR)
    page = pressed(client, f"/appointments/delete/{of(session, world, 'hr.65001', 'hr')}", follow_redirects=True)
    back = re.search(r"/appointments/undelete/[0-9a-f]+", page.text)[0]
    assert ticked(client, "/appointments/add", order(world, "hr.65001", "hr")).status_code == 302
    assert "уже есть: приказ № 40" in client.post(back, follow_redirects=True).text
    session.rollback()
    assert session.query(Appointment).filter_by(role="hr", account_id=world.account("hr.65001")).count() == 1


def test_no_other_card_revives_the_roles_of_who_left(sign_in: Any, session: Any, world: Any) -> None:
    """Nor takes over those of who works: a link is put in place of another, beside it, or taken away."""
    account, teacher = world.account("hr.65001"), str(world.employees[(SCHOOL, "teacher")])
    link = session.query(AccountPerson.id).filter_by(account_id=account).scalar()
    client = sign_in("administrator.65001")
    pupil = {"employee": "", "pupil": str(world.pupils[(SCHOOL, "Сергеева")])}
    for on in (None, today() - DAY):
        dismissed(session, world, "hr", on)
        for data in (pupil, {"employee": teacher}):
            answer = ticked(client, f"/account_persons/edit/{link}", data | {"version": "1"})
            assert answer.status_code == 422
            assert "прекратите эти назначения" in answer.text
        beside = {"account": str(account), "employee": teacher}
        assert ticked(client, "/account_persons/add", beside).status_code == 422
        assert pressed(sign_in("operator"), f"/account_persons/delete/{link}").status_code == 409
        session.rollback()
    assert sign_in("hr.65001").get("/employees/list/").status_code == 403


def test_relink_beyond(sign_in: Any, session: Any, world: Any) -> None:
    account = world.account("hr.65001")
    with acting(session, SYSTEM):
        session.add(
            Appointment(account_id=account, role="regional", order_number="7", order_date=today(), valid_from=today())
        )
        session.commit()
    link = session.query(AccountPerson.id).filter_by(account_id=account).scalar()
    r = ticked(
        sign_in("administrator.65001"),
        f"/account_persons/edit/{link}",
        {"employee": str(world.employees[(SCHOOL, "teacher")]), "version": "1"},
    )
    assert r.status_code == 403


def test_a_link_that_cannot_be_is_refused_in_words(sign_in: Any, world: Any) -> None:
    account, employee = str(world.account("hr.65001")), str(world.employees[(SCHOOL, "hr")])
    pupil, foreign = str(world.pupils[(SCHOOL, "Сергеева")]), str(world.parents["65003"])
    half = [{}, {"account": "x"}, {"account": "999999", "employee": "99999"}, {"account": account}]
    half += [{"employee": employee}, {"account": account, "employee": employee, "pupil": pupil}]
    for who in ("administrator.65001", "operator", DIRECTOR):
        client = sign_in(who)
        for data in [*half, {"account": account, "parent": foreign}]:
            assert client.post("/account_persons/add", data=data).status_code in (403, 404, 422), (who, data)
