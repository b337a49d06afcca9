"""Directories of people."""

from app.models.directories import people
from app.panel.menu import Menu
from app.views.directories.base import Directory


class PositionView(Directory, model=people.Position):
    route = "positions"
    menu = Menu("Справочники", order=10, icon="briefcase")
    search_hint = "Должность"


class MovementReasonView(Directory, model=people.MovementReason):
    route = "movement_reasons"
    menu = Menu("Справочники", order=20, icon="arrows-exchange")


class FamilyCategoryView(Directory, model=people.FamilyCategory):
    route = "family_categories"
    menu = Menu("Справочники", order=80, icon="users")


class PreventiveCategoryView(Directory, model=people.PreventiveCategory):
    route = "preventive_categories"
    menu = Menu("Справочники", order=81, icon="clipboard-list", title="Категории учёта")


class HealthGroupView(Directory, model=people.HealthGroup):
    route = "health_groups"
    menu = Menu("Справочники", order=82, icon="heart-handshake")


class ConsentKindView(Directory, model=people.ConsentKind):
    route = "consent_kinds"
    menu = Menu("Справочники", order=83, icon="file-text")
