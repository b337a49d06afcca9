"""Overrides of the production calendar, each with its source act."""

from app.models.calendars import RegionCalendarDay, SchoolCalendarDay
from app.panel.menu import Menu
from app.panel.view import RecordView
from app.regulation.rights import Resource
from app.services import calendars  # noqa: F401 - what a day must be

ACT = ("Акт-основание", ["act", "act_number", "act_date"])


class RegionCalendarView(RecordView, model=RegionCalendarDay):
    resource = Resource.CALENDAR_REGION
    route = "region_calendar"
    menu = Menu("Сроки", order=10, icon="calendar")
    guide, clause = "regional", "4.1"
    list_columns = ["day", "is_working", "act", "act_number", "act_date"]
    default_order = ("day",)
    default_descending = True
    filter_columns = ["is_working", "day", "act_number", "act_date"]
    form_fieldsets = [("День", ["region", "day", "is_working"]), ACT]


class SchoolCalendarView(RecordView, model=SchoolCalendarDay):
    resource = Resource.CALENDAR_SCHOOL
    route = "school_calendar"
    menu = Menu("Сроки", order=20, icon="calendar-event")
    guide, clause = "administrator#настройки-и-справочники", "3.3.2.2"
    list_columns = ["day", "is_working", "act", "act_number", "act_date", "school"]
    default_order = ("day",)
    default_descending = True
    filter_columns = ["is_working", "day", "school", "act_number", "act_date"]
    form_fieldsets = [("День", ["school", "day", "is_working"]), ACT]
