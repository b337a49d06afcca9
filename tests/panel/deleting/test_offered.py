"""«Удалить» is offered where it may come to something; what surely stays says on its page what to do instead."""

from typing import Any

import time_machine

from app.models.movement import MovementOrder
from app.models.movement.memberships import ClassMembership
from tests.panel.reading import body

SCHOOL = "65001"
SECRETARY = f"secretary.{SCHOOL}"
OFFER = ">Удалить</a>"


def _order(client: Any, session: Any, world: Any) -> MovementOrder:
    data = {"kind": "departure", "number": "14-у", "order_date": "2026-02-27", "lines-0-event_date": "2026-02-26"}
    data["lines-0-pupil"] = world.pupils[(SCHOOL, "Иванов")]
    assert client.post("/movement_orders/add", data=data).status_code == 302
    return session.query(MovementOrder).one()


def test_an_order_of_an_earlier_day_is_annulled_and_not_deleted(sign_in: Any, session: Any, world: Any) -> None:
    with time_machine.travel("2026-03-02T00:00:00Z"):
        order = _order(sign_in(SECRETARY), session, world)
        assert OFFER in body(sign_in(SECRETARY).get(f"/movement_orders/show/{order.id}"))
    with time_machine.travel("2026-03-03T00:00:00Z"):
        card = body(sign_in(SECRETARY).get(f"/movement_orders/show/{order.id}"))
        assert OFFER not in card
        assert "Аннулировать" in card
        page = body(sign_in(SECRETARY).get(f"/movement_orders/delete/{order.id}"))
    assert "Аннулируйте приказ" in page
    assert f'href="/movement_orders/annul/{order.id}' in page


def test_neither_an_account_nor_what_an_order_made_is_offered(sign_in: Any, session: Any, world: Any) -> None:
    with time_machine.travel("2026-03-02T00:00:00Z"):
        _order(sign_in(SECRETARY), session, world)
        made = session.query(ClassMembership).filter(ClassMembership.closed_by_id.is_not(None)).one()
        assert OFFER not in body(sign_in(f"deputy.{SCHOOL}").get(f"/memberships/show/{made.id}"))
    account = world.account(SECRETARY)
    assert OFFER not in body(sign_in("operator").get(f"/accounts/show/{account}"))
