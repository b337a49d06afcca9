"""Overrides of the production calendar, each with its source act."""

from app.models import RegionCalendarDay, SchoolCalendarDay
from app.security.permissions import Resource
from app.views.base import RecordView


class RegionCalendarView(RecordView, model=RegionCalendarDay):
    resource = Resource.CALENDAR_REGION
    route = "region_calendar"
    section = "Сроки"
    list_columns = ["day", "is_working", "act"]
    default_order = ("day",)
    default_descending = True
    filter_columns = ["is_working", "day"]
    form_fieldsets = [("День", ["region", "day", "is_working", "act"])]


class SchoolCalendarView(RecordView, model=SchoolCalendarDay):
    resource = Resource.CALENDAR_SCHOOL
    route = "school_calendar"
    section = "Сроки"
    list_columns = ["day", "is_working", "act", "school"]
    default_order = ("day",)
    default_descending = True
    filter_columns = ["is_working", "day", "school"]
    form_fieldsets = [("День", ["school", "day", "is_working", "act"])]
