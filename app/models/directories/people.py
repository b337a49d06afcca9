"""Directories of people: positions, families, health, consents, movement."""

from sqlalchemy import Select, String, select
from sqlalchemy.orm import Mapped

from app.models.base import Path, field
from app.models.directories.base import Directory
from app.models.shared import Ordered, SharedDirectory
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


class MovementReason(Directory):
    """Why a pupil comes, leaves or changes the class."""

    __tablename__ = "movement_reason"
    __titles__ = ("Причина движения", "Причины движения")


class FamilyCategory(Directory):
    """What a social passport counts families by: a local act says it, no federal form does."""

    __tablename__ = "family_category"
    __titles__ = ("Категория семьи", "Категории семей")


class PreventiveCategory(Directory):
    """What a preventive record (120-ФЗ) is kept for."""

    __tablename__ = "preventive_category"
    __titles__ = ("Категория профилактического учёта", "Категории профилактического учёта")


class HealthGroup(Ordered, Directory):
    """A health group of a pupil, which is not the group of physical education."""

    __tablename__ = "health_group"
    __titles__ = ("Группа здоровья", "Группы здоровья")
    __fields__ = ("sort_order",)


class ConsentKind(Directory):
    """What a consent is given to, and for what purpose it is asked (152-ФЗ)."""

    __tablename__ = "consent_kind"
    __titles__ = ("Вид согласия", "Виды согласий")
    __fields__ = ("purpose",)

    purpose: Mapped[str | None] = field("Цель обработки", String(500), help="Как она названа в согласии")
