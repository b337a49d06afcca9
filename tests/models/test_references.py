"""References inside a school: the true key of a composite one, whatever the order of a set."""

from typing import Any

import pytest
from sqlalchemy import ForeignKey, ForeignKeyConstraint, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, configure_mappers, mapped_column, relationship

from app.models.base import Record
from app.models.movement import MovementLine, MovementOrder
from app.models.people import Guardianship, Pupil
from app.models.references import key_of
from app.security.resources import RESOURCES


class Base(DeclarativeBase):
    """Models of these tests alone."""


class Owner(Base):
    __tablename__ = "owner"
    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int]


def _member(number: int) -> type:
    """A model that joins by the whole composite key. Of sixteen such sets some begin with the school."""
    fields: dict[str, Any] = {
        "__tablename__": f"member_{number}",
        "__annotations__": {"owner": Mapped[Owner]},
        "__table_args__": (ForeignKeyConstraint(["owner_id", "school_id"], ["owner.id", "owner.school_id"]),),
        "id": mapped_column(ForeignKey("owner.id"), primary_key=True),
        "school_id": mapped_column(),
        "owner_id": mapped_column(),
        "owner": relationship(foreign_keys=f"[Member{number}.owner_id, Member{number}.school_id]"),
    }
    fields["__annotations__"] |= {"id": Mapped[int], "school_id": Mapped[int], "owner_id": Mapped[int]}
    return type(f"Member{number}", (Base,), fields)


MEMBERS = [_member(number) for number in range(16)]


def test_the_key_of_a_composite_reference_is_the_targets_number() -> None:
    configure_mappers()
    relations = [inspect(member).relationships["owner"] for member in MEMBERS]
    assert all(len(relation.local_columns) == 2 for relation in relations)
    assert {key_of(relation).name for relation in relations} == {"owner_id"}


def test_a_relation_that_leads_to_no_number_has_no_key() -> None:
    class Namesake(Base):
        __tablename__ = "namesake"
        id: Mapped[int] = mapped_column(primary_key=True)
        school_id: Mapped[int] = mapped_column()
        owner: Mapped[Owner] = relationship(primaryjoin="foreign(Namesake.school_id) == Owner.school_id", viewonly=True)

    with pytest.raises(LookupError, match="owner"):
        key_of(inspect(Namesake).relationships["owner"])


def test_one_declaration_gives_key_relation_and_label() -> None:
    relation = inspect(MovementLine).relationships["order"]
    keys = {tuple(each.column_keys): each.elements for each in MovementLine.__table__.foreign_key_constraints}
    whole = keys["order_id", "school_id", "kind", "academic_year_id"]
    assert [each.target_fullname for each in whole] == [
        f"movement_order.{name}" for name in ("id", "school_id", "kind", "academic_year_id")
    ]
    assert (relation.info["label"], relation.mapper.class_) == ("Приказ", MovementOrder)
    assert [column.name for column in relation.local_columns] == ["order_id"]
    assert relation.back_populates == "lines"
    assert inspect(Pupil).relationships["guardianships"].mapper.class_ is Guardianship


@pytest.mark.parametrize("model", [model for model in RESOURCES if issubclass(model, Record)], ids=lambda m: m.__name__)
def test_every_reference_of_the_panel_has_its_key(model: type) -> None:
    for relation in inspect(model).relationships:
        if relation.direction.name == "MANYTOONE":
            assert key_of(relation).name.endswith("_id")
