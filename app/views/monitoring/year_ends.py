"""The last day of study for schools without periods: set by the regional specialist with an act, read by who reads the
readings."""

from typing import Any

from app.extensions import db
from app.models.monitoring.year_ends import YearEndDay
from app.panel.editing import fields, validators
from app.panel.menu import Menu
from app.panel.view import RecordView
from app.regulation.rights import Resource
from app.services.monitoring import year_ends
from app.views.monitoring.starts import ACT, tell_effect


class YearEndDayView(RecordView, model=YearEndDay):
    resource = Resource.READINGS
    route = "year_ends"
    menu = Menu(
        "Сроки", order=8, icon="calendar-event", title="Конец учебного года", hint="Где школа не завела периодов"
    )
    guide, clause = "regional#конец-учебного-года", "4.1"
    list_columns = ["caption", "act_number", "act_date"]
    order_by = {"caption": ("start_year", "grades")}
    default_order, default_descending = ("start_year",), True
    filter_columns = ["start_year", "day", "act_number", "act_date"]
    form_fieldsets = [("Последний учебный день", ["start_year", "grades", "day"]), ACT]
    show_fieldsets = [
        ("Последний учебный день", {"fields": ["start_year", "grades_text", "day"]}),
        ("Акт-основание", {"fields": ["act_number", "act_date"]}),
    ]

    def store(self, obj: Any) -> Any:
        """An act of the region: what it does to the numbers of schools is stored with it."""
        tell_effect(year_ends.save(db.session, obj))
        return obj

    def form_extra(self) -> dict[str, Any]:
        choices = year_ends.offered()
        return {"grades": fields.SelectField("Классы", [validators.Required()], choices=choices, blank=True)}
