"""Schools: cards, settings, positions."""

from typing import Any

from app.clock import DEFAULT_ZONE
from app.extensions import db
from app.models.calendars import SchoolCalendarDay
from app.models.schools import GradeWeek, School, SchoolSettings
from app.models.study import AcademicYear
from app.models.values import RUSSIAN_ZONES
from app.panel.editing import fields, forms, validators
from app.panel.menu import Menu
from app.panel.view import RecordView, Related
from app.regulation.rights import Resource
from app.services import schools
from app.views.monitoring.held import HELD_BLOCK


class SchoolView(RecordView, model=School):
    resource = Resource.SCHOOL
    route = "schools"
    brief_columns, brief_title, brief_hint = ("name", "phone", "address"), "Школа", "Название"
    brief_guide, brief_clause = "medical_psych_technical", "3.7.1.2"
    menu = Menu("Школа и доступ", order=10, icon="building")
    guide, clause = "deputy#карточка-школы", "3.3.3.2"
    list_columns = ["name", "code", "municipality", "phone"]
    default_order = ("name",)
    filter_columns = ["municipality", "phone", "email"]
    search_hint = "Название, код или ИНН школы"
    form_fieldsets = [
        ("Школа", ["municipality", "code", "name", "full_name", "director_name"]),
        ("Реквизиты", ["inn", "kpp", "ogrn"]),
        ("Связь", ["address", "phone", "email"]),
    ]
    fixed_columns = ("municipality", "code")
    related = [
        Related(
            SchoolSettings,
            "school_id",
            ("valid_from", "valid_to", "work_week", "time_zone"),
            "Настройки",
            ("-valid_from",),
        ),
        Related(AcademicYear, "school_id", ("caption", "starts_on", "ends_on"), "Учебные годы", ("-start_year",)),
        Related(
            SchoolCalendarDay,
            "school_id",
            ("day", "is_working", "act", "act_number", "act_date"),
            "Календарь школы",
            ("-day",),
        ),
    ]

    def write(self, form: forms.Form, obj: School | None) -> School:
        if obj is not None:
            return super().write(form, obj)
        return schools.add(db.session, {name: form[name].data for name in self.form_columns})


class SchoolSettingsView(RecordView, model=SchoolSettings):
    resource = Resource.SETTINGS
    route = "settings"
    menu = Menu("Школа и доступ", order=50, icon="settings", title="Настройки школы")
    guide, clause = "administrator#настройки-и-справочники", "3.3.2.2"
    list_columns = ["school", "valid_from", "valid_to", "work_week", "time_zone"]
    default_order, default_descending = ("valid_from",), True
    filter_columns = ["school"]
    form_fieldsets = [
        ("Счёт сроков", ["school", "work_week", "time_zone", "valid_from", "valid_to"]),
        ("Недели классов, если они другие", ["grade_weeks"]),
    ]
    related = [
        Related(GradeWeek, "settings_id", ("grade_from", "grade_to", "work_week"), "Недели классов", ("grade_from",)),
    ]

    blocks = (HELD_BLOCK,)

    def form_extra(self) -> dict[str, Any]:
        zones = list(RUSSIAN_ZONES.items())
        return {
            "time_zone": fields.SelectField(
                "Часовой пояс", [validators.Required()], choices=zones, default=DEFAULT_ZONE
            )
        }


class GradeWeekView(RecordView, model=GradeWeek):
    resource = Resource.SETTINGS
    route = "grade_weeks"
    section = "Школа и доступ"
    guide, clause = "administrator#настройки-и-справочники", "3.3.2.2"
    list_columns = ["settings", "grade_from", "grade_to", "work_week"]
    default_order = ("grade_from",)
    filter_columns = ["work_week"]
    form_fieldsets = [("Неделя классов", ["settings", "grade_from", "grade_to", "work_week"])]
    fixed_columns = ("settings",)
