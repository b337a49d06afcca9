"""Directories (справочники): positions."""

from sqlalchemy import Select, String, select
from sqlalchemy.orm import Mapped

from app.models.base import Path, field
from app.models.shared import SharedDirectory
from app.regulation.rights import Resource, Scope


class Position(SharedDirectory):
    """A position, of the region's nomenclature or of a school's own."""

    __tablename__ = "position"
    __titles__ = ("Должность", "Должности")
    __rights__ = (Resource.DIRECTORIES, Resource.EMPLOYEES, Resource.EMPLOYEES_BRIEF)
    __path__ = Path(scopes={Scope.OWN: lambda m, who: m.id.in_(_of_employees(who.employee_ids))})

    title: Mapped[str] = field("Должность", String(150), nullable=False)


def _of_employees(employee_ids: frozenset[int]) -> Select[tuple[int]]:
    """The positions of these employees, whose model stands above this one."""
    employee = Position.metadata.tables["employee"].c
    return select(employee.position_id).where(employee.id.in_(employee_ids))
