"""Directories (справочники) of a school: positions."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from app.models.base import Record, Searchable, field
from app.models.schools import School
from app.regulation.rights import Resource


class Position(Searchable, Record):
    """A line of the school's directory (справочник) of positions."""

    __tablename__ = "position"
    __titles__ = ("Должность", "Должности")
    __rights__ = (Resource.DIRECTORIES, Resource.EMPLOYEES, Resource.EMPLOYEES_BRIEF)
    __search__ = ("title",)
    __table_args__ = (UniqueConstraint("school_id", "title"), UniqueConstraint("id", "school_id"))

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False, index=True)
    title: Mapped[str] = field("Должность", String(150), nullable=False)

    school: Mapped[School] = relationship(info={"label": "Школа"})

    @property
    def caption(self) -> str:
        return self.title
