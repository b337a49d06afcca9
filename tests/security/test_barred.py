"""Nobody takes a record through a transition that bars him: not by the service, not by the session itself."""

from typing import Any

import pytest

from app.models.monitoring.corrections import Correction, CorrectionKind, CorrectionState
from app.security.guard import Denied, moving
from app.services.engine import states
from app.services.engine.errors import Conflict

SCHOOL = "65001"
DEPUTY = f"deputy.{SCHOOL}"


@pytest.fixture
def key(session: Any, world: Any) -> int:
    """A correction of what the deputy has entered."""
    asked = Correction(school_id=world.schools[SCHOOL], kind=CorrectionKind.NO_EVENT, reason="Ошибка")
    asked.subject, asked.subject_id, asked.about = "movement_line", 1, "Выбытие"
    asked.involved_ids, asked.rule = [world.account(DEPUTY)], "order-departure"
    session.add(asked)
    session.commit()
    return asked.id


def test_who_is_barred_goes_it_by_no_way(as_account: Any, key: int) -> None:
    with as_account(DEPUTY) as session:
        obj = session.get(Correction, key)
        with pytest.raises(Conflict, match="кто сам это внёс"):
            states.move(session, obj, "confirm")
        obj = session.get(Correction, key)
        way = obj.__states__.transition("confirm")
        with pytest.raises(Denied, match="кто сам это внёс"), moving(session, obj, way):
            obj.state = CorrectionState.CONFIRMED
        session.rollback()
        assert session.get(Correction, key).state is CorrectionState.WAITING


def test_who_is_not_barred_goes_it(as_account: Any, session: Any, key: int) -> None:
    obj = session.get(Correction, key)
    obj.involved_ids = []
    session.commit()
    with as_account(DEPUTY) as acting:
        assert states.move(acting, acting.get(Correction, key), "refuse", "Нет основания").decided_by
