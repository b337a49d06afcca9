"""Memberships in classes: which class a pupil belongs to from a date to a date (3.3.4.4)."""

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, ColumnElement, Date, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship

from app.models.base import Path, Record, check, field, labelled
from app.models.dated import Spanning
from app.models.movement import MovementLine, few
from app.models.people import Pupil
from app.models.references import named, reference, referring
from app.models.schools import School
from app.models.study import SchoolClass
from app.regulation.rights import Resource, Scope
from app.russian import format_date

if TYPE_CHECKING:
    from app.models.movement.outcomes import YearOutcome

BY_HAND = (
    ("begun", "starts_on", "opened_by_id IS NULL AND is_initial = 0", "opened_by_id IS NULL AND NOT is_initial"),
    ("ended", "ends_on", *2 * ("closed_by_id IS NULL AND ends_on IS NOT NULL",)),
)
"""The condition as SQLite writes it in a question, else it takes no such index; and as PostgreSQL does."""


class ClassMembership(Spanning, Record):
    """A pupil belongs to a class from a date to a date (the last day included)."""

    __tablename__ = "class_membership"
    __titles__ = ("Состав класса", "Составы классов")
    __rights__ = (Resource.CLASSES,)
    __span__ = ("starts_on", "ends_on")
    __first_day__ = ("starts_on", "opened_by_id")
    __path__ = Path(
        scopes={
            Scope.OWN_CLASS: lambda m, who: m.class_id.in_(who.class_ids),
            Scope.OWN: lambda m, who: m.pupil_id.in_(who.pupil_ids),
        },
        through=("pupil_id", lambda: Pupil),
    )
    __table_args__ = (
        UniqueConstraint("pupil_id", "starts_on"),
        UniqueConstraint("id", "school_id", "pupil_id", "class_id"),
        check("ends_on IS NULL OR ends_on >= starts_on", "period", field="ends_on", words="Окончание раньше начала."),
        Index(
            "uq_class_membership_open",
            "pupil_id",
            unique=True,
            info={
                "field": "ends_on",
                "words": "У обучающегося уже есть класс без даты окончания: укажите её там или здесь.",
            },
            sqlite_where=text("ends_on IS NULL"),
            postgresql_where=text("ends_on IS NULL"),
        ),
        # With what a year-end obligation needs to know of a member, so that a region is counted without the rows.
        Index("ix_class_membership_class", "class_id", "starts_on", "ends_on", "pupil_id"),
        Index("ix_class_membership_school", "school_id", "class_id"),
        Index("ix_class_membership_start", "starts_on", "id"),
        # The first one of a school is where it began to keep its records here (app.compliance.starts).
        Index("ix_class_membership_school_start", "school_id", "starts_on"),
        # Few begin or end without an order, and every count of the terms asks for them.
        *(
            Index(
                f"ix_class_membership_{name}_by_hand",
                "school_id",
                column,
                sqlite_where=text(in_sqlite),
                postgresql_where=text(in_postgresql),
            )
            for name, column, in_sqlite, in_postgresql in BY_HAND
        ),
        # An index that held the many without an order too would be taken to look for those few.
        few("class_membership", "opened_by_id"),
        few("class_membership", "closed_by_id"),
    )

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False)
    pupil_id: Mapped[int] = field("Обучающийся", Integer, nullable=False)
    class_id: Mapped[int] = field("Класс", Integer, nullable=False)
    starts_on: Mapped[date] = field("Дата начала", Date, nullable=False)
    ends_on: Mapped[date | None] = field("Дата окончания", Date, help="Последний день; пусто – по настоящее время")
    opened_by_id: Mapped[int | None] = field("Основание начала", ForeignKey("movement_line.id"))
    closed_by_id: Mapped[int | None] = field("Основание окончания", ForeignKey("movement_line.id"))
    is_initial: Mapped[bool] = field("Первоначальная загрузка", Boolean, nullable=False, default=False)
    """Stood when the school began to keep its records here: no order of enrolment is owed. Set by the load alone."""

    school: Mapped[School] = relationship(info={"label": "Школа"})
    pupil: Mapped[Pupil] = reference("pupil_id", "pupil")
    school_class: Mapped[SchoolClass] = reference("class_id", "school_class")
    opened_by: Mapped[MovementLine | None] = relationship(
        foreign_keys="ClassMembership.opened_by_id", info={"label": "Основание начала"}
    )
    closed_by: Mapped[MovementLine | None] = relationship(
        foreign_keys="ClassMembership.closed_by_id", info={"label": "Основание окончания"}
    )
    year_outcome: Mapped["YearOutcome | None"] = referring(
        "YearOutcome.membership_id",
        "Итог года",
        back_populates="membership",
        uselist=False,
        cascade="all, delete-orphan",
    )

    @labelled("Класс", "school_class")
    def caption(self) -> str:
        return f"{named(self, 'school_class') or 'класс'} с {format_date(self.starts_on)}"

    @classmethod
    def holding_on(cls, day: date) -> ColumnElement[bool]:
        """As the state of a pupil has it: who leaves the school on a day is in no class any more."""
        from app.models.movement.on_day import holds

        return holds(cls, day)
