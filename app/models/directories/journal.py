"""Directories of the journal: kinds of work, codes of absence, scales of marks."""

from decimal import Decimal

from sqlalchemy import Boolean, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from app.models.base import Exact, Record, check, field
from app.models.directories.base import Directory
from app.models.references import named, reference, referring
from app.models.rows import ChildRows
from app.models.shared import Ordered, RegionOrSchool
from app.regulation.rights import Resource


class WorkKind(Ordered, Directory):
    """What a mark is given for. An average weighs marks by it."""

    __tablename__ = "work_kind"
    __titles__ = ("Вид работы", "Виды работ")
    __fields__ = ("abbreviation", "weight", "sort_order")
    __checks__ = (check("weight IS NULL OR weight > 0", "weight", field="weight", words="Вес работы – больше нуля."),)

    abbreviation: Mapped[str | None] = field("Сокращение", String(20), help="Для столбца журнала")
    weight: Mapped[Decimal | None] = field(
        "Вес", Exact(5, 2), help="Средняя отметка = сумма отметка × вес / сумма весов"
    )


class AbsenceCode(Ordered, Directory):
    """What a cell of the journal says of whoever was not there, or came late."""

    __tablename__ = "absence_code"
    __titles__ = ("Код отсутствия", "Коды отсутствия")
    __fields__ = ("letters", "excused", "sort_order")

    letters: Mapped[str] = field("Код", String(10), nullable=False, help="Что ставят в клетку журнала: ОТ, Б, УП")
    excused: Mapped[bool | None] = field("По уважительной причине", Boolean, help="Не выбрано – решает школа")


class MarkScale(Ordered, Directory):
    """The marks that may be given together."""

    __tablename__ = "mark_scale"
    __titles__ = ("Шкала отметок", "Шкалы отметок")
    __fields__ = ("sort_order", "marks")
    __rows__ = (ChildRows(lambda: ScaleMark, "scale", ("mark", "value", "meaning"), add_label="Отметка", most=200),)

    marks: Mapped[list["ScaleMark"]] = referring(
        "ScaleMark.scale_id",
        "Отметки",
        back_populates="scale",
        order_by="ScaleMark.id",
        cascade="all, delete-orphan",
    )


class ScaleMark(RegionOrSchool, Record):
    """A mark of a scale. Without a number it is not part of an average."""

    __tablename__ = "scale_mark"
    __titles__ = ("Отметка шкалы", "Отметки шкал")
    __rights__ = (Resource.DIRECTORIES,)
    __table_args__ = (UniqueConstraint("scale_id", "mark"),)

    scale_id: Mapped[int] = field("Шкала", ForeignKey("mark_scale.id"), nullable=False, index=True)
    mark: Mapped[str] = field("Отметка", String(20), nullable=False)
    value: Mapped[Decimal | None] = field("Число для среднего", Exact(6, 2))
    meaning: Mapped[str | None] = field("Что значит", String(150))

    scale: Mapped[MarkScale] = reference("scale_id", "mark_scale", back_populates="marks")

    @property
    def caption(self) -> str:
        return f"{named(self, 'scale')}: {self.mark}"
