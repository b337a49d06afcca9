"""The school year: periods, classes and who is in them (3.3.3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.extensions import db
from app.models import AcademicYear, ClassMembership, DeletedRecord, SchoolClass, StudyPeriod
from app.security.permissions import Resource
from app.services import memberships
from app.views import forms
from app.views.base import RecordView, Related

GRADES = tuple(range(1, 12))


class AcademicYearView(RecordView, model=AcademicYear):
    resource = Resource.ACADEMIC_YEARS
    route = "academic_years"
    section = "Учебный год"
    guide, clause = "deputy#учебный-год", "3.3.3.2"
    list_columns = ["caption", "school", "starts_on", "ends_on"]
    order_by = {"caption": ("start_year",)}
    default_order = ("start_year",)
    default_descending = True
    filter_columns = ["school"]
    form_fieldsets = [("Учебный год", ["school", "start_year", "starts_on", "ends_on"])]
    fixed_columns = ("start_year",)
    lookup_filters = ("school_id",)
    related = [
        Related(
            StudyPeriod, "academic_year_id", ("kind", "number", "starts_on", "ends_on"), "Периоды", ("kind", "number")
        ),
        Related(SchoolClass, "academic_year_id", ("caption", "class_teacher"), "Классы", ("grade", "letter")),
    ]

    def lookup_hint(self, obj: AcademicYear) -> str:
        return str(obj.school or "")

    def lookup_paths(self) -> tuple[str, ...]:
        return ("school",)


class StudyPeriodView(RecordView, model=StudyPeriod):
    resource = Resource.ACADEMIC_YEARS
    route = "study_periods"
    section = "Учебный год"
    guide, clause = "deputy#учебный-год", "3.3.3.2"
    list_columns = ["academic_year", "kind", "number", "starts_on", "ends_on"]
    default_order = ("starts_on",)
    default_descending = True
    filter_columns = ["academic_year", "kind"]
    form_fieldsets = [("Учебный период", ["academic_year", "kind", "number", "starts_on", "ends_on"])]
    fixed_columns = ("academic_year",)


class SchoolClassView(RecordView, model=SchoolClass):
    resource = Resource.CLASSES
    route = "classes"
    section = "Учебный год"
    guide, clause = "deputy#классы", "3.3.3.2"
    list_columns = ["caption", "academic_year", "class_teacher", "school"]
    order_by = {"caption": ("grade", "letter")}
    default_order = ("grade", "letter")
    filter_columns = ["academic_year", "grade", "school"]
    filter_choices = {"grade": GRADES}
    search_hint = "Например, 5А"
    form_fieldsets = [("Класс", ["academic_year", "grade", "letter", "class_teacher"])]
    fixed_columns = ("academic_year",)
    bulk_fields = ("class_teacher",)
    lookup_filters = ("academic_year_id", "school_id", "grade")

    related = [
        Related(
            ClassMembership, "class_id", ("pupil", "starts_on", "ends_on", "outcome"), "Состав класса", link="pupil"
        ),
    ]

    def lookup_order(self) -> tuple[str, ...]:
        return ("-academic_year_id", "grade", "letter")

    def lookup_text(self, obj: SchoolClass) -> str:
        return f"{obj}, {obj.academic_year or ''}"

    def lookup_hint(self, obj: SchoolClass) -> str:
        return str(obj.class_teacher or "")

    def lookup_paths(self) -> tuple[str, ...]:
        return ("academic_year", "class_teacher")

    def card_subtitle(self, obj: SchoolClass) -> str:
        return f"{obj.academic_year or ''} учебный год"


class SchoolClassBriefView(RecordView, model=SchoolClass):
    resource = Resource.CLASSES_BRIEF
    route = "classes_brief"
    brief = True
    section = "Учебный год"
    guide, clause = "medical_psych_technical", "3.7.1.1"
    title_many = "Классы (краткие сведения)"
    list_columns = ["caption", "academic_year"]
    order_by = {"caption": ("grade", "letter")}
    default_order = ("grade", "letter")
    filter_columns = ["grade"]
    filter_choices = {"grade": GRADES}


class ClassMembershipView(RecordView, model=ClassMembership):
    resource = Resource.CLASSES
    route = "memberships"
    section = "Учебный год"
    guide, clause = "deputy#итог-года", "3.3.3.2"
    list_columns = ["pupil", "school_class", "starts_on", "ends_on", "outcome", "opened_by.order"]
    default_order = ("starts_on",)
    default_descending = True
    filter_columns = ["school_class", "pupil", "outcome", "starts_on"]

    def lookup_paths(self) -> tuple[str, ...]:
        return ("school_class",)

    form_fieldsets = [
        ("Состав класса", ["pupil", "school_class", "starts_on", "ends_on"]),
        ("Решение педагогического совета", ["outcome"]),
    ]
    fixed_columns = ("pupil", "school_class")
    bulk_fields = ("outcome",)

    def prepare_form(self, form: forms.Form, obj: Any) -> None:
        """What an order did is changed by changing the order; the outcome is always the deputy's."""
        if obj is not None and obj.opened_by_id is not None:
            del form.starts_on
        if obj is not None and obj.closed_by_id is not None:
            del form.ends_on

    def write(self, form: forms.Form, obj: ClassMembership | None) -> ClassMembership:
        data = {name: form[name].data for name in self.form_columns if name in form}
        return memberships.save(db.session, obj or ClassMembership(), data)

    def erase(self, obj: ClassMembership) -> DeletedRecord:
        return memberships.delete(db.session, obj)

    def obstacles(self, rows: Sequence[ClassMembership]) -> dict[int, list[str]]:
        return {obj.id: [memberships.OF_AN_ORDER] if memberships.is_of_an_order(obj) else [] for obj in rows}
