"""Directories (справочники) of a school: positions."""

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, relationship

from app.models.base import Path, Record, Searchable, field
from app.models.schools import School
from app.regulation.rights import Resource, Scope


class Position(Searchable, Record):
    """A line of the school's directory (справочник) of positions."""

    __tablename__ = "position"
    __titles__ = ("Должность", "Должности")
    __rights__ = (Resource.DIRECTORIES, Resource.EMPLOYEES, Resource.EMPLOYEES_BRIEF)
    __path__ = Path(scopes={Scope.OWN: lambda m, who: m.id.in_(_of_employees(who.employee_ids))})
    __search__ = ("title",)
    __table_args__ = (UniqueConstraint("school_id", "title"), UniqueConstraint("id", "school_id"))

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False, index=True)
    title: Mapped[str] = field("Должность", String(150), nullable=False)

    school: Mapped[School] = relationship(info={"label": "Школа"})

    @property
    def caption(self) -> str:
        return self.title


def _of_employees(employee_ids: frozenset[int]) -> Select[tuple[int]]:
    """The positions of these employees, whose model stands above this one."""
    employee = Position.metadata.tables["employee"].c
    return select(employee.position_id).where(employee.id.in_(employee_ids))
