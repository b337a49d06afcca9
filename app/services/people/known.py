"""Whose card is there already: proposed while a new one is typed, so that no second one is begun."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.models.people import Parent
from app.services.people.twins import Marks

MOST = 5


def known(session: Session, model: Any, school_id: int | None, typed: Mapping[str, Any]) -> Sequence[Any]:
    """Cards of this person in the school, of those that whoever asks may open: by СНИЛС, by name with birth date, and
    of a parent, whose birth date is seldom asked for, by name with phone too. `typed`: column → value."""
    marks, phone = Marks.of(typed), typed.get("phone")
    by = [model.snils == marks.snils] if marks.snils else []
    if marks.name.strip() and marks.born is not None:
        by.append(and_(model.person_key == marks.name, model.birth_date == marks.born))
    if model is Parent and marks.name.strip() and phone:
        by.append(and_(model.person_key == marks.name, model.phone == phone))
    if not by:
        return []
    where = (or_(*by), *(() if school_id is None else (model.school_id == school_id,)))
    return session.scalars(select(model).where(*where).order_by(model.search_text, model.id).limit(MOST)).all()
