"""Directories: positions."""

from app.models.directories import Position
from app.panel.directory import DirectoryView
from app.panel.menu import Menu
from app.regulation.rights import Resource


class PositionView(DirectoryView, model=Position):
    resource = Resource.DIRECTORIES
    route = "positions"
    menu = Menu("Справочники", order=10, icon="briefcase")
    guide, clause = "administrator#настройки-и-справочники", "3.3.2.2"
    search_hint = "Должность"
