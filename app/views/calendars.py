"""Overrides of the production calendar, each with its source act."""

from flask import flash, session

from app.extensions import db
from app.models.calendars import RegionCalendarDay, SchoolCalendarDay
from app.models.engine.deleted import DeletedRecord
from app.panel.menu import Menu
from app.panel.view import RecordView
from app.regulation.rights import Resource
from app.security.guard import person_of
from app.services import calendars  # noqa: F401 - what a day must be
from app.services.engine import jobs
from app.services.monitoring import ground
from app.views.monitoring.held import HELD_BLOCK

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

    def store(self, obj: RegionCalendarDay) -> RegionCalendarDay:
        """What a day of the past does to the numbers of the schools a job counts."""
        return ground.save(db.session, obj)

    def erase(self, obj: RegionCalendarDay) -> DeletedRecord:
        return ground.delete(db.session, obj)

    def saved(self, obj: RegionCalendarDay, created: bool) -> None:
        super().saved(obj, created)
        if obj.day <= person_of(db.session).today:
            session[jobs.MAY_HAVE] = True
            flash("Что изменилось в показателях школ, посчитает задание: оно на странице «Мои задания».", "info")


class SchoolCalendarView(RecordView, model=SchoolCalendarDay):
    resource = Resource.CALENDAR_SCHOOL
    route = "school_calendar"
    menu = Menu("Сроки", order=20, icon="calendar-event")
    guide, clause = "administrator#настройки-и-справочники", "3.3.2.2"
    list_columns = ["day", "is_working", "act", "act_number", "act_date", "school"]
    blocks = (HELD_BLOCK,)
    default_order = ("day",)
    default_descending = True
    filter_columns = ["is_working", "day", "school", "act_number", "act_date"]
    form_fieldsets = [("День", ["school", "day", "is_working"]), ACT]
