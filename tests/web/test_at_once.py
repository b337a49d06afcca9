"""The same button pressed by three at once: one does it, the others hear what happened; never a fault."""

import threading
from typing import Any

from app.models.directories.people import Position
from app.models.engine.personal import Favourite, SavedList
from app.models.movement import MovementOrder
from tests.support.clients import signed_in

SCHOOL = "65001"
SECRETARY = f"secretary.{SCHOOL}"


def at_once(app: Any, world: Any, login: str, address: str, data: dict[str, Any], times: int = 3) -> list[int]:
    clients, codes, start = [signed_in(app, world, login) for _ in range(times)], [], threading.Barrier(times)

    def send(client: Any) -> None:
        start.wait()
        codes.append(client.post(address, data=data).status_code)

    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(codes)


def order(client: Any, world: Any) -> None:
    form = {"kind": "departure", "number": "14-у", "order_date": "2026-02-27"}
    form |= {"lines-0-pupil": world.pupils[(SCHOOL, "Иванов")], "lines-0-event_date": "2026-02-26"}
    assert client.post("/movement_orders/add", data=form).status_code == 302


def test_three_annul_an_order(app: Any, world: Any, sign_in: Any, session: Any) -> None:
    order(sign_in(SECRETARY), world)
    key = session.query(MovementOrder).one().id
    session.rollback()
    codes = at_once(
        app, world, SECRETARY, f"/movement_orders/annul/{key}", {"annulment_reason": "Ошибка", "version": "1"}
    )
    assert codes[0] == 302
    assert set(codes[1:]) <= {409, 422}
    assert session.query(MovementOrder).one().annulled_on is not None


def test_three_delete_an_order(app: Any, world: Any, sign_in: Any, session: Any) -> None:
    order(sign_in(SECRETARY), world)
    key = session.query(MovementOrder).one().id
    session.rollback()
    codes = at_once(app, world, SECRETARY, f"/movement_orders/delete/{key}", {"version": "1"})
    assert codes[0] == 302
    assert set(codes[1:]) <= {404, 409}
    assert session.query(MovementOrder).count() == 0


def test_three_delete_a_record(app: Any, world: Any, session: Any) -> None:
    position = Position(school_id=world.schools[SCHOOL], title="Логопед")
    session.add(position)
    session.commit()
    codes = at_once(app, world, f"administrator.{SCHOOL}", f"/positions/delete/{position.id}", {"version": "1"})
    assert codes[0] == 302
    assert set(codes[1:]) <= {404, 409}


def test_three_toggle_a_favourite(app: Any, world: Any, session: Any) -> None:
    data = {"entity": "pupil", "id": world.pupils[(SCHOOL, "Иванов")]}
    for _ in range(3):
        assert at_once(app, world, SECRETARY, "/favourites/toggle", data) == [302] * 3
        session.rollback()
        assert session.query(Favourite).count() <= 1


def test_three_save_a_list(app: Any, world: Any, session: Any) -> None:
    for name in ("Мой отбор", "Другой"):
        data = {"name": name, "query": "status=enrolled"}
        assert at_once(app, world, SECRETARY, "/saved/pupils/save", data) == [302] * 3
    assert session.query(SavedList).count() == 2
    key = session.query(SavedList).first().id
    session.rollback()
    codes = at_once(app, world, SECRETARY, f"/saved/pupils/drop/{key}", {})
    assert codes[0] == 302
    assert set(codes[1:]) <= {302, 404}
