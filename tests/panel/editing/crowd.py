"""Many pupils of one class, for forms of many rows."""

from datetime import date
from typing import Any

from sqlalchemy import insert, select

from app.clock import utc_now
from app.models.movement.memberships import ClassMembership
from app.models.people import Pupil

SCHOOL = "65001"


def crowd(session: Any, world: Any, number: int) -> list[int]:
    """Pupils of 5А by name «Толпин N», enrolled; their numbers."""
    stamp = {"entered_at": utc_now(), "entered_on": date(2025, 9, 1), "entered_by": "Проверка", "version": 1}
    school, own = world.schools[SCHOOL], world.classes[(SCHOOL, 2025, "5А")]
    person = {"school_id": school, "first_name": "Иван", "birth_date": date(2014, 2, 2)}
    names = [f"Толпин{n:04}" for n in range(number)]
    rows = [stamp | person | {"last_name": name, "search_text": f"{name.lower()} иван"} for name in names]
    session.execute(insert(Pupil.__table__), rows)
    found = list(session.scalars(select(Pupil.id).where(Pupil.last_name.like("Толпин%")).order_by(Pupil.id)))
    member = {"school_id": school, "class_id": own, "starts_on": date(2025, 9, 1), "is_initial": True}
    session.execute(insert(ClassMembership.__table__), [stamp | member | {"pupil_id": key} for key in found])
    session.commit()
    return found
