"""Directories of study: subjects and their areas, profiles, kinds of achievements, rooms, platforms."""

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped

from app.models.base import check, field
from app.models.directories.base import Directory
from app.models.references import reference
from app.models.shared import Ordered


class SubjectArea(Ordered, Directory):
    """A subject area, under which a curriculum gathers its subjects."""

    __tablename__ = "subject_area"
    __titles__ = ("Предметная область", "Предметные области")
    __fields__ = ("sort_order",)


class Subject(Ordered, Directory):
    """A subject that is taught."""

    __tablename__ = "subject"
    __titles__ = ("Учебный предмет", "Учебные предметы")
    __fields__ = ("abbreviation", "area", "sort_order")

    abbreviation: Mapped[str | None] = field("Сокращение", String(30), help="Для расписания и журнала")
    area_id: Mapped[int | None] = field("Предметная область", Integer, index=True)

    area: Mapped[SubjectArea | None] = reference("area_id", "subject_area", shared=())


class StudyProfile(Directory):
    """What a class studies in depth."""

    __tablename__ = "study_profile"
    __titles__ = ("Профиль обучения", "Профили обучения")


class AchievementKind(Directory):
    """What an entry of a portfolio is: a contest, a competition, a project."""

    __tablename__ = "achievement_kind"
    __titles__ = ("Вид достижения", "Виды достижений")


class Platform(Directory):
    """A communication platform on which distance lessons are given (3.3.5.2)."""

    __tablename__ = "platform"
    __titles__ = ("Платформа дистанционного обучения", "Платформы дистанционного обучения")
    __fields__ = ("address",)

    address: Mapped[str | None] = field("Адрес", String(200), help="Как открыть: адрес сайта или название программы")


class Room(Directory):
    """A room of a school."""

    __tablename__ = "room"
    __titles__ = ("Кабинет", "Кабинеты")
    __of_schools__ = True
    __fields__ = ("building", "floor", "capacity", "purpose")
    __checks__ = (
        check("capacity IS NULL OR capacity > 0", "capacity", field="capacity", words="Мест в кабинете – больше нуля."),
    )

    title: Mapped[str] = field("Номер или название", String(150), nullable=False)
    building: Mapped[str | None] = field("Здание", String(150))
    floor: Mapped[str | None] = field("Этаж", String(20))
    capacity: Mapped[int | None] = field("Мест", Integer)
    purpose: Mapped[str | None] = field("Назначение", String(150), help="Например: физика, спортивный зал")
