"""Directories of a school: positions."""

from app.models.directories import Position
from app.panel.menu import Menu
from app.panel.view import RecordView
from app.regulation.rights import Resource


class PositionView(RecordView, model=Position):
    resource = Resource.DIRECTORIES
    route = "positions"
    menu = Menu("Справочники", order=10, icon="briefcase")
    guide, clause = "administrator#настройки-и-справочники", "3.3.2.2"
    list_columns = ["title", "school"]
    default_order = ("title",)
    filter_columns = ["school"]
    search_hint = "Должность"
    form_fieldsets = [("Должность", ["school", "title"])]
    lookup_filters = ("school_id",)
