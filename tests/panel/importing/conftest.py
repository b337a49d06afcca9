"""A secretary at the import of pupils."""

from typing import Any

import pytest
from sqlalchemy import select

from app.models.people import Pupil
from tests.panel.importing.files import Desk

LOGIN = "secretary.65001"


@pytest.fixture
def desk(sign_in: Any) -> Desk:
    return Desk(sign_in(LOGIN), "pupils")


@pytest.fixture
def pupils(session: Any) -> Any:
    """`pupils("Ким")` gives the stored cards of that family name."""

    def run(last_name: str) -> list[Pupil]:
        session.rollback()
        session.expire_all()
        return list(session.scalars(select(Pupil).where(Pupil.last_name == last_name).order_by(Pupil.id)))

    return run
