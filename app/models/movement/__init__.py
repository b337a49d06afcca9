"""Movement of pupils: orders and their lines (3.3.4.4)."""

from collections.abc import Sequence
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    case,
    cast,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, relationship

from app.choices import Choice
from app.models import papers, values
from app.models.base import Record, Searchable, check, choice_type, field, labelled
from app.models.computed import computed
from app.models.judged import Judged, Trigger
from app.models.kinds import TEXT
from app.models.monitoring.freed import freed_words, telling
from app.models.movement.kinds import Entered, OrderKind, check_decision, check_from_class, check_to_class
from app.models.people import Pupil
from app.models.references import reference, referring
from app.models.rows import AddMany, ChildRows, ShowFor
from app.models.schools import School
from app.models.states import States, Transition, in_words
from app.models.study import AcademicYear, SchoolClass
from app.regulation.rights import Resource
from app.russian import format_date


class OrderState(Choice):
    IN_FORCE = "in_force", "действует"
    ANNULLED = "annulled", "аннулирован", "red"


def few(table: str, column: str) -> Index:
    """An index of a column that few rows have."""
    filled = text(f"{column} IS NOT NULL")
    return Index(f"ix_{table}_{column}", column, sqlite_where=filled, postgresql_where=filled)


def _whom(order: Any, today: date) -> ColumnElement[str]:
    """The pupil of the first line and how many more there are."""
    line, pupil = MovementLine.__table__.alias(), Pupil.__table__.alias()
    of_order = line.c.order_id == order.id
    name = select(pupil.c.last_name + " " + pupil.c.first_name).join(line, line.c.pupil_id == pupil.c.id)
    first = name.where(of_order).order_by(line.c.id).limit(1).correlate_except(line, pupil).scalar_subquery()
    number = select(func.count() - 1).select_from(line).where(of_order).correlate_except(line).scalar_subquery()
    return case((number > 0, first + " и ещё " + cast(number, String)), else_=first)


class MovementOrder(Searchable, Record):
    """An order on the movement of pupils. Annulled ones stay visible and are no evidence from that day on."""

    __tablename__ = "movement_order"
    __titles__ = ("Приказ о движении", "Приказы о движении")
    __rights__ = (Resource.MOVEMENT_ORDERS, Resource.MOVEMENT_BOOK)
    __search__ = ("number", "note")
    __keys__ = MappingProxyType({"number_key": (("number",), values.order_number_key)})
    __states__ = States(
        "annulled_on",
        (Transition("annul", (OrderState.IN_FORCE,), OrderState.ANNULLED, reason="annulment_reason"),),
        closed=frozenset({OrderState.ANNULLED}),
        dated=(OrderState.IN_FORCE, OrderState.ANNULLED),
    )
    __show_for__ = {
        "decision_date": ShowFor(
            "kind", lambda kind: kind.rules.needs_decision, wanted=lambda kind: kind.rules.needs_decision
        )
    }
    __rows__ = (
        ChildRows(
            lambda: MovementLine,
            "order",
            ("pupil", "event_date", "to_class", "counterpart", "reason"),
            show_for={
                "from_class": ShowFor("kind", lambda kind: not kind.rules.enrols),
                "event_date": ShowFor("kind", label=lambda kind: kind.rules.event_label),
                "to_class": ShowFor(
                    "kind",
                    lambda kind: kind.rules.has_class,
                    wanted=lambda kind: kind.rules.to_class is Entered.ALWAYS,
                ),
                "counterpart": ShowFor(
                    "kind", lambda kind: kind.rules.counterpart_label, lambda kind: kind.rules.counterpart_label
                ),
            },
            fill_from={"from_class": "pupil.school_class"},
            add_many=(AddMany("school_class", "Добавить весь класс", "В этом классе сейчас никто не числится."),),
            add_label="Обучающийся",
            none="Добавьте в приказ хотя бы одного обучающегося.",
        ),
    )
    __table_args__ = (
        UniqueConstraint("school_id", "number", "order_date"),
        Index("uq_movement_order_number_key", "school_id", "number_key", "order_date", unique=True),
        UniqueConstraint("id", "school_id", "kind", "academic_year_id"),
        check(
            check_decision(),
            "decision_date",
            field="decision_date",
            words="Укажите дату решения о приёме в 1 класс.",
        ),
        check(
            "annulled_on IS NULL OR annulment_reason IS NOT NULL",
            "annulment",
            field="annulment_reason",
            words="Укажите причину аннулирования.",
        ),
        Index("ix_movement_order_school_date", "school_id", "order_date", "id"),
        few("movement_order", "replaces_id"),
        Index(
            "ix_movement_order_decision",
            "school_id",
            "decision_date",
            sqlite_where=text("decision_date IS NOT NULL"),
            postgresql_where=text("decision_date IS NOT NULL"),
        ),
        # Few orders are annulled, and every question about evidence asks for them.
        Index(
            "ix_movement_order_annulled",
            "annulled_on",
            sqlite_where=text("annulled_on IS NOT NULL"),
            postgresql_where=text("annulled_on IS NOT NULL"),
        ),
    )

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False)
    academic_year_id: Mapped[int] = field("Учебный год", Integer, nullable=False)
    kind: Mapped[OrderKind] = field("Вид приказа", choice_type(OrderKind), nullable=False)
    number: Mapped[str] = field("Номер", String(30), nullable=False, normalise=papers.normalise_document_number)
    number_key: Mapped[str] = field("Номер", String(30), nullable=False, default="")
    order_date: Mapped[date] = field("Дата приказа", Date, nullable=False)
    decision_date: Mapped[date | None] = field(
        "Дата решения о зачислении", Date, help="Для зачисления в 1 класс: день принятия решения"
    )
    replaces_id: Mapped[int | None] = field(
        "Взамен приказа",
        ForeignKey("movement_order.id"),
        help="Если этот приказ внесён вместо другого: срок тот же, состояние – по худшему из двух",
    )
    note: Mapped[str | None] = field("Примечание", String(300))
    annulled_on: Mapped[date | None] = field("Аннулирован", Date)
    annulment_reason: Mapped[str | None] = field("Причина аннулирования", String(300))

    school: Mapped[School] = relationship(info={"label": "Школа"})
    academic_year: Mapped[AcademicYear] = reference("academic_year_id", "academic_year")
    replaces: Mapped["MovementOrder | None"] = relationship(
        foreign_keys="MovementOrder.replaces_id", remote_side="MovementOrder.id", info={"label": "Взамен приказа"}
    )
    lines: Mapped[list["MovementLine"]] = referring(
        "MovementLine.order_id",
        "Обучающиеся",
        back_populates="order",
        order_by="MovementLine.id",
        cascade="all, delete-orphan",
    )

    whom = computed("Кого", TEXT, _whom, past=lambda: (MovementLine, Pupil), ordered=False)

    @labelled("Срок")
    def term(self) -> str:
        """How the order stands to its term: judged by the engine of the terms and told by the list."""
        return ""

    if TYPE_CHECKING:
        outlived: Sequence[str]
    else:
        outlived = ()  # no column: SQLAlchemy reads annotations
    """Later moves that a departure entered late has taken back; told once, after entering, and not stored."""

    @property
    def caption(self) -> str:
        return f"№ {self.number} от {format_date(self.order_date)}"

    @labelled("Действует")
    def state(self) -> str:
        return in_words(self)


def _trigger(line: Any) -> Trigger:
    """Of an enrolment the class decides too: its grade says by which rule the pupil is enrolled."""
    rules = line.kind.rules
    return Trigger(rules.trigger, ("to_class_id",) if rules.trigger and rules.enrols else ())


class MovementLine(Record):
    """One pupil in an order. `kind` and the year repeat the order's (held by the foreign key) for set-based counts."""

    __tablename__ = "movement_line"
    __titles__ = ("Строка книги движения", "Книга движения")
    __rights__ = (Resource.MOVEMENT_ORDERS, Resource.MOVEMENT_BOOK)
    __judged__ = Judged(
        _trigger,
        fixed=("pupil_id", "kind", "academic_year_id", "order_id"),
        instead="Аннулируйте приказ: он останется виден, а его действие отменится.",
    )
    __table_args__ = (
        UniqueConstraint("order_id", "pupil_id"),
        check(
            check_to_class(),
            "to_class",
            field="to_class_id",
            words="Укажите класс, в который переходит обучающийся.",
        ),
        check(
            check_from_class(),
            "from_class",
            field="from_class_id",
            words="Укажите класс, из которого уходит обучающийся.",
        ),
        # Whether and when an order of a kind named the pupil is answered from the index alone (app.compliance.facts).
        Index("ix_movement_line_pupil", "pupil_id", "kind", "academic_year_id", "entered_on", "order_id"),
        Index("ix_movement_line_school", "school_id", "kind", "event_date"),
        Index("ix_movement_line_event", "event_date", "id"),
        few("movement_line", "continues_id"),
    )

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False)
    order_id: Mapped[int] = field("Приказ", Integer, nullable=False)
    kind: Mapped[OrderKind] = field("Вид", choice_type(OrderKind), nullable=False)
    academic_year_id: Mapped[int] = field("Учебный год", Integer, nullable=False)
    pupil_id: Mapped[int] = field("Обучающийся", Integer, nullable=False)
    event_date: Mapped[date] = field("Дата события", Date, nullable=False)
    from_class_id: Mapped[int | None] = field("Из класса", Integer, index=True)
    to_class_id: Mapped[int | None] = field("В класс", Integer, index=True)
    counterpart: Mapped[str | None] = field("Откуда прибыл / куда выбыл", String(300))
    reason: Mapped[str | None] = field("Основание", String(300))
    continues_id: Mapped[int | None] = field("Продолжает строку", ForeignKey("movement_line.id"))
    """The first line of its duty, where the order is entered in place of that one's: both are judged as one."""
    attached: Mapped[bool] = field("Состав классов уже был таким", Boolean, nullable=False, default=False)

    if TYPE_CHECKING:
        stands_on: date | None
        outlives: Sequence[str]
    else:
        stands_on, outlives = None, ()
    """The day on which the pupil came or left as it stood before the order, and the later classes that it takes back;
    known while it is saved, and not stored."""

    school: Mapped[School] = relationship(info={"label": "Школа"})
    order: Mapped[MovementOrder] = reference(
        "order_id", "movement_order", shared=("school_id", "kind", "academic_year_id"), back_populates="lines"
    )
    pupil: Mapped[Pupil] = reference("pupil_id", "pupil")
    from_class: Mapped[SchoolClass | None] = reference("from_class_id", "school_class")
    to_class: Mapped[SchoolClass | None] = reference("to_class_id", "school_class")
    continues: Mapped["MovementLine | None"] = relationship(
        foreign_keys="MovementLine.continues_id", remote_side="MovementLine.id", info={"label": "Продолжает строку"}
    )

    freed = computed("Исправление", TEXT, freed_words(__tablename__), past=telling)

    @property
    def caption(self) -> str:
        return f"{self.kind.title_ru}, {format_date(self.event_date)}"
