"""Lawful studies in two schools at once: what the МОУО or the region has decided of a pair of cards (3.3.9.2)."""

from datetime import date

from sqlalchemy import Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, relationship

from app.choices import Choice
from app.models import values
from app.models.base import Path, Record, check, field, labelled
from app.models.people import Pupil
from app.models.references import named
from app.models.schools import School
from app.models.states import States, Transition
from app.regulation.rights import Resource


class LawfulState(Choice):
    LAWFUL = "lawful", "законная учёба", "green"
    WITHDRAWN = "withdrawn", "отметка снята", "gray"


class LawfulStudy(Record):
    """Two cards of one pupil who studies in two schools lawfully. The card with the smaller number comes first.

    It belongs to no school, so that nothing of it stands in a school's trail or bin; it is reached from the
    municipality of either school.
    """

    __tablename__ = "lawful_study"
    __titles__ = ("Законная учёба в двух школах", "Отметки о законной учёбе")
    __rights__ = (Resource.DOUBLE_STUDY,)
    __path__ = Path(school=("first_school_id", "second_school_id"))
    __states__ = States(
        "withdrawn_on",
        (Transition("withdraw", (LawfulState.LAWFUL,), LawfulState.WITHDRAWN, reason="withdrawal_reason"),),
        closed=frozenset({LawfulState.WITHDRAWN}),
        dated=(LawfulState.LAWFUL, LawfulState.WITHDRAWN),
    )
    __table_args__ = (
        check("first_id < second_id", "order", field="second_id", words="Это одна и та же карточка."),
        check(
            "withdrawn_on IS NULL OR withdrawal_reason IS NOT NULL",
            "withdrawal",
            field="withdrawal_reason",
            words="Укажите, почему отметка снята.",
        ),
        Index(
            "uq_lawful_study_pair",
            "first_id",
            "second_id",
            unique=True,
            info={"field": "reason", "words": "Эта пара уже отмечена."},
            sqlite_where=text("withdrawn_on IS NULL"),
            postgresql_where=text("withdrawn_on IS NULL"),
        ),
        Index("ix_lawful_study_second", "second_id"),
        Index("ix_lawful_study_first_school", "first_school_id", "id"),
        Index("ix_lawful_study_second_school", "second_school_id", "id"),
    )

    first_id: Mapped[int] = field("Обучающийся", ForeignKey("pupil.id"), nullable=False)
    second_id: Mapped[int] = field("Вторая карточка", ForeignKey("pupil.id"), nullable=False)
    first_school_id: Mapped[int] = field("Организация", ForeignKey("school.id"), nullable=False)
    second_school_id: Mapped[int] = field("Вторая организация", ForeignKey("school.id"), nullable=False)
    decided_on: Mapped[date] = field("Дата решения", Date, nullable=False, info={"check": values.check_document_date})
    reason: Mapped[str] = field(
        "Основание", String(300), nullable=False, help="Например, договор о сетевой форме № 12 от 01.09.2026"
    )
    withdrawn_on: Mapped[date | None] = field("Отметка снята", Date)
    withdrawal_reason: Mapped[str | None] = field("Почему снята", String(300))

    first: Mapped[Pupil] = relationship(foreign_keys=[first_id], info={"label": "Обучающийся"})
    second: Mapped[Pupil] = relationship(foreign_keys=[second_id], info={"label": "Вторая карточка"})
    first_school: Mapped[School] = relationship(foreign_keys=[first_school_id], info={"label": "Организация"})
    second_school: Mapped[School] = relationship(foreign_keys=[second_school_id], info={"label": "Вторая организация"})

    @labelled("Отметка", "first")
    def caption(self) -> str:
        return f"{named(self, 'first') or 'обучающийся'}: учёба в двух школах"
