"""What the pedagogical council decides of a pupil at the end of the year (3.3.3.2), under a right of its own."""

from datetime import date

from sqlalchemy import ColumnElement, Date, ForeignKey, Index, Integer, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, relationship

from app.choices import Choice
from app.models import papers
from app.models.base import Path, Record, choice_type, field, labelled
from app.models.dated import Spanning
from app.models.movement.kinds import FINAL_GRADES, OrderKind
from app.models.movement.memberships import ClassMembership
from app.models.people import Pupil
from app.models.references import named, reference
from app.models.schools import School
from app.models.study import SchoolClass
from app.regulation.rights import Resource, Scope


class Outcome(Choice):
    """What the pedagogical council decided at the end of the year."""

    PROMOTION = "promotion", "перевод"
    CONDITIONAL = "conditional", "условный перевод"
    REPEAT = "repeat", "повторный год обучения"
    GRADUATION = "graduation", "выпуск"
    REPEAT_9 = "repeat_9", "повторное обучение в 9 классе"

    @property
    def order_kind(self) -> OrderKind:
        """The kind of order that is owed by it; a conditional promotion is still a promotion."""
        return OrderKind.PROMOTION if self is Outcome.CONDITIONAL else OrderKind(self.value)

    @classmethod
    def usual(cls, grade: int) -> "Outcome":
        """What stands until the council decides otherwise."""
        return cls.GRADUATION if grade in FINAL_GRADES else cls.PROMOTION


class YearOutcome(Spanning, Record):
    """How the year ends for a pupil in a class: one beside each membership, which it comes and goes with.

    `pupil_id` and `class_id` repeat the membership's (held by the foreign key) for lists, scopes and counts.
    """

    __tablename__ = "year_outcome"
    __titles__ = ("Итог года", "Итоги года")
    __rights__ = (Resource.OUTCOMES,)
    __part_of__ = "membership"
    __path__ = Path(
        scopes={Scope.OWN_CLASS: lambda m, who: m.class_id.in_(who.class_ids)},
        through=("pupil_id", lambda: Pupil),
    )
    __table_args__ = (
        UniqueConstraint("membership_id"),
        # Those who repeat are few: compliance finds them by the outcome, without the rows.
        Index("ix_year_outcome_outcome", "outcome", "membership_id"),
        Index("ix_year_outcome_class", "class_id", "id"),
        Index("ix_year_outcome_pupil", "pupil_id"),
        Index("ix_year_outcome_school", "school_id", "id"),
    )

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False)
    membership_id: Mapped[int] = field("Состав класса", Integer, nullable=False)
    pupil_id: Mapped[int] = field("Обучающийся", Integer, nullable=False)
    class_id: Mapped[int] = field("Класс", Integer, nullable=False)
    outcome: Mapped[Outcome] = field(
        "Итог года", choice_type(Outcome), nullable=False, help="Решение педагогического совета"
    )
    decided_on: Mapped[date | None] = field("Дата решения", Date, help="Заседание педагогического совета")
    protocol: Mapped[str | None] = field("№ протокола", String(30), normalise=papers.normalise_document_number)

    school: Mapped[School] = relationship(info={"label": "Школа"})
    membership: Mapped[ClassMembership] = reference(
        "membership_id", "class_membership", shared=("school_id", "pupil_id", "class_id"), back_populates="year_outcome"
    )
    pupil: Mapped[Pupil] = reference("pupil_id", "pupil")
    school_class: Mapped[SchoolClass] = reference("class_id", "school_class")

    @labelled("Класс", "school_class")
    def caption(self) -> str:
        return f"{named(self, 'school_class') or 'класс'}: {self.outcome.title_ru}"

    @property
    def span(self) -> tuple[date, date | None]:
        """From the first day in the class on: that the pupil has left it ends nothing that was decided."""
        return self.membership.starts_on, None

    @classmethod
    def holding_on(cls, day: date) -> ColumnElement[bool]:
        begun = select(ClassMembership.__table__.c.id).where(ClassMembership.__table__.c.starts_on <= day)
        return cls.membership_id.in_(begun)

    @classmethod
    def begin(cls, membership: ClassMembership) -> "YearOutcome":
        """The usual outcome beside a new membership."""
        return cls(
            school_id=membership.school_id,
            membership=membership,
            pupil_id=membership.pupil.id,
            class_id=membership.school_class.id,
            outcome=Outcome.usual(membership.school_class.grade),
        )

    @staticmethod
    def carry(before: "YearOutcome | None", after: "YearOutcome") -> None:
        """What was decided in a membership that is made anew stands in the new one."""
        if before is not None:
            after.outcome, after.decided_on, after.protocol = before.outcome, before.decided_on, before.protocol
