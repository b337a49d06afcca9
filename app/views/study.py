"""The school year: periods, classes and who is in them (3.3.3.2)."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models.movement.memberships import ClassMembership
from app.models.movement.outcomes import YearOutcome
from app.models.references import named
from app.models.study import GRADES, AcademicYear, ClassLeader, SchoolClass, StudyPeriod
from app.panel.menu import Menu
from app.panel.start import Block, Row, starts_with
from app.panel.view import Lead, RecordView, Related
from app.regulation.rights import Action, Resource
from app.russian import counted
from app.security.actor import Actor
from app.security.guard import actor_of
from app.services import study  # noqa: F401 - what years and periods must be
from app.services.movement.whole import usual_kind
from app.views import people
from app.views.accounts import slips
from app.views.monitoring.held import HELD_BLOCK
from app.views.movement import family, whole_class
from app.views.movement.orders import MovementOrderView

BY_GRADE = ("grade", "search_text")
"""From 1 to 11, then by the letter as the alphabet has it: in the folded text Ё stands beside Е."""
BY_NAME = ("pupil.search_text",)
A_CLASS = 40
"""Pupils that a class hardly ever exceeds: its list is one page."""


_ORDERED = SchoolClass.grade, SchoolClass.search_text


class AcademicYearView(RecordView, model=AcademicYear):
    resource = Resource.ACADEMIC_YEARS
    route = "academic_years"
    menu = Menu("Учебный год", order=30, icon="calendar", title="Годы и периоды")
    guide, clause = "deputy#учебный-год", "3.3.3.2"
    list_columns = ["caption", "school", "starts_on", "ends_on"]
    order_by = {"caption": ("start_year",)}
    default_order = ("start_year",)
    default_descending = True
    filter_columns = ["school", "start_year"]
    form_fieldsets = [
        ("Учебный год", ["school", "start_year", "starts_on", "ends_on"]),
        ("Учебные периоды", ["periods"]),
    ]
    fixed_columns = ("start_year",)
    lookup_filters = ("school_id",)
    related = [
        Related(
            StudyPeriod,
            "academic_year_id",
            ("caption", "kind", "starts_on", "ends_on"),
            "Периоды",
            ("kind", "number", "starts_on"),
        ),
        Related(SchoolClass, "academic_year_id", ("caption", "leader"), "Классы", BY_GRADE),
    ]

    blocks = (HELD_BLOCK,)

    def lookup_hint(self, obj: AcademicYear) -> str:
        return str(named(obj, "school") or "")

    def lookup_paths(self) -> tuple[str, ...]:
        return ("school",)


class StudyPeriodView(RecordView, model=StudyPeriod):
    resource = Resource.ACADEMIC_YEARS
    route = "study_periods"
    section = "Учебный год"
    guide, clause = "deputy#учебный-год", "3.3.3.2"
    list_columns = ["academic_year", "kind", "number", "starts_on", "ends_on", "grade_from", "grade_to"]
    default_order = ("starts_on",)
    default_descending = True
    filter_columns = ["academic_year", "kind", "starts_on", "ends_on"]
    form_fieldsets = [
        ("Учебный период", ["academic_year", "kind", "number", "starts_on", "ends_on"]),
        ("У каких классов", ["grade_from", "grade_to"]),
    ]
    fixed_columns = ("academic_year",)


class SchoolClassView(RecordView, model=SchoolClass):
    resource = Resource.CLASSES
    route = "classes"
    brief_columns, brief_hint = ("caption", "academic_year"), "Например, 5А"
    brief_guide, brief_clause = "medical_psych_technical", "3.7.1.1"
    menu = Menu("Учебный год", order=10, icon="school")
    guide, clause = "deputy#классы", "3.3.3.2"
    list_columns = ["caption", "academic_year", "leader", "pupils_now", "school"]
    order_by = {"caption": BY_GRADE}
    default_order = BY_GRADE
    list_order = ("-academic_year.nearness", *BY_GRADE)
    filter_columns = ["academic_year", "grade", "leader", "pupils_now", "school"]
    filter_choices = {"grade": GRADES}
    search_hint = "Например, 5А"
    form_fieldsets = [
        ("Класс", ["academic_year", "grade", "letter", "class_teacher"]),
        ("Замены классного руководителя", ["leaders"]),
    ]
    show_fieldsets = [("Класс", {"fields": ["academic_year", "grade", "letter", "leader"]})]
    fixed_columns = ("academic_year",)
    bulk_fields = ("class_teacher",)
    leads = (
        *(
            Lead(kind.value, many, partial(whole_class.url, kind), MovementOrderView.may_add)
            for kind, (_, many) in whole_class.WORDS.items()
        ),
        slips.lead("classes"),
    )
    lookup_filters = ("academic_year_id", "school_id", "grade")

    related = [
        Related(
            ClassMembership,
            "class_id",
            ("pupil", "pupil.birth_date", "starts_on", "ends_on"),
            "Состав класса",
            BY_NAME,
            empty="В этот день в классе никого нет",
            link="pupil",
            numbered=True,
            rows=A_CLASS,
            of_today=True,
        ),
        Related(
            ClassLeader,
            "class_id",
            ("employee", "valid_from", "valid_to"),
            "Замены классного руководителя",
            ("valid_from",),
            empty="Класс ведёт назначенный классный руководитель",
        ),
        Related(
            YearOutcome,
            "class_id",
            ("pupil", "outcome", "decided_on", "protocol"),
            "Итоги года",
            BY_NAME,
            rows=A_CLASS,
            of_today=True,
        ),
    ]

    def lookup_text(self, obj: SchoolClass) -> str:
        return f"{obj}, {named(obj, 'academic_year') or ''}"

    def lookup_hint(self, obj: SchoolClass) -> str:
        return str(named(obj, "leader") or "")

    def lookup_paths(self) -> tuple[str, ...]:
        return ("academic_year", "leader")

    def card_subtitle(self, obj: SchoolClass) -> str:
        return f"{named(obj, 'academic_year') or ''} учебный год"

    def card_toolbar(self, obj: SchoolClass) -> list[dict[str, Any]]:
        """The list with the parents' phones, and the order by which the year of the whole class ends."""
        if not obj.pupils_now:
            return family.button(obj.id)
        phones = people.phones_of_class(obj.id)
        tools = [*slips.button("classes", [obj.id]), *family.button(obj.id)]
        if phones is not None:
            tools = [*tools, {"title": "Телефоны", "url": phones, "icon": "list-details", "primary": False}]
        if not MovementOrderView.may_add(actor_of(db.session)):
            return tools
        kind = usual_kind(obj.grade)
        url = whole_class.url(kind, [obj.id])
        return [*tools, {"title": whole_class.WORDS[kind][0], "url": url, "icon": "users-group", "primary": False}]


class ClassLeaderView(RecordView, model=ClassLeader):
    resource = Resource.CLASSES
    route = "class_leaders"
    section = "Учебный год"
    guide, clause = "deputy#классы", "3.3.3.2"
    list_columns = ["school_class", "employee", "valid_from", "valid_to"]
    default_order, default_descending = ("valid_from",), True
    filter_columns = ["school_class", "employee", "valid_from", "valid_to"]
    form_fieldsets = [("Замена классного руководителя", ["school_class", "employee", "valid_from", "valid_to"])]
    fixed_columns = ("school_class",)


@starts_with(order=5)
def own_classes(actor: Actor) -> Block | None:
    """The classes that a teacher leads today, of the school year that goes on; until it has any, of the last one."""
    led = frozenset[int]().union(*(held.class_ids for held in actor.holdings if held.employee_ids))
    if not led or not actor.may(Action.VIEW, Resource.CLASSES):
        return None
    own = select(SchoolClass).where(SchoolClass.id.in_(sorted(led))).options(joinedload(SchoolClass.academic_year))
    classes = db.session.scalars(own.order_by(*_ORDERED)).all()
    begun = [each.academic_year.start_year for each in classes if each.academic_year.starts_on <= actor.today]
    found = [each for each in classes if each.academic_year.start_year == max(begun, default=None)]
    rows = (Row(str(each), SchoolClassView.url("show", pk=each.id), _members(each)) for each in found)
    if not found:
        return None
    return Block("Мой класс" if len(found) == 1 else "Мои классы", tuple(rows))


def _members(school_class: SchoolClass) -> str:
    return f"{school_class.academic_year} учебный год, " + counted(
        school_class.pupils_now, "обучающийся", "обучающихся", "обучающихся"
    )
