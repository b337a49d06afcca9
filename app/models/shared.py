"""Directories in which the region's entries stand beside a school's own: declared by `SharedDirectory`."""

from datetime import date
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    column,
    or_,
)
from sqlalchemy.orm import Mapped, declared_attr, relationship

from app.models.base import Record, Searchable, field, labelled
from app.models.schools import School
from app.russian import format_date


class RegionOrSchool:
    """Rows without a school are the region's: every school sees them, only who keeps the region's data changes them."""

    school_id: Mapped[int | None] = field("Школа", ForeignKey("school.id"), index=True)

    @declared_attr
    def school(cls) -> Mapped[School | None]:
        return relationship(School, info={"label": "Школа"})


class Ordered:
    """Entries that stand in an order of their own, not by the alphabet."""

    sort_order: Mapped[int | None] = field(
        "Порядок", Integer, help="Чем меньше число, тем выше в списке; без числа – после всех"
    )


class SharedDirectory(RegionOrSchool, Searchable, Record):
    """An entry without a school is the region's: every school uses it, only who keeps the region's data changes it.

    An entry is closed from a day, not taken away: what named it before goes on showing it. A reference to such a
    directory is `reference("position_id", "position", shared=())`; that it leads to the own school's or the region's
    entry is held by triggers (migrations/shared.py), forms and imports say so in words.
    """

    __abstract__ = True
    __search__ = ("title",)
    __fields__: ClassVar[tuple[str, ...]] = ()
    """What an entry says besides its title: in lists, forms and shipped files, in this order."""
    __checks__: ClassVar[tuple[CheckConstraint, ...]] = ()
    """What the database holds of these fields."""
    __of_schools__: ClassVar[bool] = False
    """The region has no such entries: each school keeps its own."""

    title: Mapped[str] = field("Название", String(150), nullable=False)
    code: Mapped[str | None] = field("Код в поставке", String(60))
    """What names a shipped entry for good, whatever it is renamed to (`flask directories load`)."""
    closed_on: Mapped[date | None] = field(
        "Закрыта с", Date, help="С этого дня значение не предлагают; записи, где оно выбрано, не меняются"
    )

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        name, regions = cls.__tablename__, column("school_id").is_(None)
        owner_of_rows = (UniqueConstraint("id", "school_id"),) if getattr(cls, "__rows__", ()) else ()
        return (
            *owner_of_rows,
            *cls.__checks__,
            UniqueConstraint("school_id", "title"),
            UniqueConstraint("code"),
            # NULLs are equal to nothing: the region's names are held apart, in the folded spelling.
            Index(f"uq_{name}_region", "search_text", unique=True, sqlite_where=regions, postgresql_where=regions),
        )

    @property
    def caption(self) -> str:
        return self.title

    @labelled("Чьё", "school_id")
    def owner(self) -> str:
        return "региона" if self.school_id is None else "школы"

    @labelled("Действует", "closed_on")
    def state(self) -> str:
        return f"закрыта с {format_date(self.closed_on)}" if self.closed_on else "действует"

    def is_closed(self, day: date) -> bool:
        """Whether it is no longer to be chosen on that day."""
        return self.closed_on is not None and self.closed_on <= day

    @classmethod
    def open_on(cls, day: date) -> ColumnElement[bool]:
        """The same as a condition: what a picker offers on that day."""
        return or_(cls.closed_on.is_(None), cls.closed_on > day)

    @classmethod
    def reached_from(cls, *school_ids: int) -> ColumnElement[bool]:
        """What records of these schools may name: the schools' own and the region's."""
        return or_(cls.school_id.in_(school_ids), cls.school_id.is_(None))


def is_shared(model: Any) -> bool:
    return issubclass(model, SharedDirectory)


def is_of_region(model: Any) -> bool:
    """Whether the region's rows stand beside the schools': an entry, or a row of one."""
    return issubclass(model, RegionOrSchool)
