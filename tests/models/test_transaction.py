"""The one transaction: the outermost commits, anything takes everything back, constraints become words."""

from typing import Any

import pytest
from sqlalchemy import select

from app.models.directories.people import Position
from app.services.engine import records
from app.services.engine.errors import Changed, Conflict
from app.services.engine.transaction import transaction

SCHOOL = "65001"


@pytest.fixture
def position(world: Any) -> Any:
    return lambda title: Position(school_id=world.schools[SCHOOL], title=title)


def titles(session: Any) -> set[str]:
    session.rollback()
    return set(session.scalars(select(Position.title).where(Position.title.like("Нов%"))))


def test_only_the_outermost_commits(session: Any, position: Any) -> None:
    def fail() -> None:
        with transaction(session):
            records.save(session, position("Новая 1"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert titles(session) == set()
    with transaction(session):
        records.save(session, position("Новая 1"))
        records.save(session, position("Новая 2"))
    assert titles(session) == {"Новая 1", "Новая 2"}


def test_a_refusal_that_is_passed_over_commits_nothing(session: Any, position: Any) -> None:
    """The inner refusal took back what the outer block had written: to go on would save a half."""
    records.save(session, position("Новая"))

    def go_on() -> None:
        with transaction(session):
            records.save(session, position("Новейшая"))
            with pytest.raises(Conflict):
                records.save(session, position("Новая"))
            session.add(position("Новее"))

    with pytest.raises(RuntimeError):
        go_on()
    assert titles(session) == {"Новая"}
    records.save(session, position("Новее"))
    assert titles(session) == {"Новая", "Новее"}


def test_a_constraint_is_told_at_its_field(session: Any, position: Any) -> None:
    records.save(session, position("Новая"))
    with pytest.raises(Conflict) as told:
        records.save(session, position("Новая"))
    assert told.value.errors == {"title": ["Такая запись уже есть: повторяется «Должность»."]}


def test_a_stale_record_is_changed(session: Any, position: Any) -> None:
    one = records.save(session, position("Новая"))

    def come_second() -> None:
        with transaction(session):
            one.title = f"Новее {one.version}"
            session.connection().execute(Position.__table__.update().values(version=77))

    with pytest.raises(Changed):
        come_second()
    assert titles(session) == {"Новая"}


def test_staging_needs_a_transaction(session: Any, position: Any) -> None:
    with pytest.raises(RuntimeError):
        records.stage(session, position("Новая"))
