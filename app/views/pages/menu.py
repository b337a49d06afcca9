"""The menu: grouped by work, not by table; each person sees what he may open."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from app.panel.registry import BY_RESOURCE
from app.regulation.rights import Action, Resource
from app.security.actor import Actor


@dataclass(frozen=True)
class Item:
    title: str
    endpoint: str
    icon: str
    resource: Resource | None = None
    action: Action = Action.VIEW

    def shown_to(self, actor: Actor) -> bool:
        return self.resource is None or actor.may(self.action, self.resource)


MENU: tuple[tuple[str, tuple[Item, ...]], ...] = (
    (
        "Работа",
        (
            Item("Главная", "HomeView.index", "home"),
            Item("Сроки и полнота", "ComplianceView.index", "gauge", Resource.COMPLIANCE),
            Item("Формы", "FormsView.index", "printer", Resource.COMPLIANCE, Action.PRINT),
        ),
    ),
    (
        "Движение",
        (
            Item("Приказы о движении", "MovementOrderView.list", "arrows-exchange", Resource.MOVEMENT_ORDERS),
            Item("Книга движения", "MovementBookView.list", "book", Resource.MOVEMENT_BOOK),
        ),
    ),
    (
        "Люди",
        (
            Item("Обучающиеся", "PupilView.list", "users", Resource.PUPILS),
            Item("Обучающиеся", "PupilBriefView.list", "users", Resource.PUPILS_BRIEF),
            Item("Родители", "ParentView.list", "users-group", Resource.PARENTS),
            Item("Родители", "ParentBriefView.list", "users-group", Resource.PARENTS_BRIEF),
            Item("Сотрудники", "EmployeeView.list", "id-badge-2", Resource.EMPLOYEES),
            Item("Сотрудники", "EmployeeBriefView.list", "id-badge-2", Resource.EMPLOYEES_BRIEF),
        ),
    ),
    (
        "Учебный год",
        (
            Item("Классы", "SchoolClassView.list", "school", Resource.CLASSES),
            Item("Классы", "SchoolClassBriefView.list", "school", Resource.CLASSES_BRIEF),
            Item("Составы классов", "ClassMembershipView.list", "list-details", Resource.CLASSES),
            Item("Годы и периоды", "AcademicYearView.list", "calendar", Resource.ACADEMIC_YEARS),
        ),
    ),
    (
        "Школа и доступ",
        (
            Item("Школы", "SchoolView.list", "building", Resource.SCHOOL),
            Item("Школа", "SchoolBriefView.list", "building", Resource.SCHOOL_BRIEF),
            Item("Регион", "RegionView.list", "map-pin", Resource.TERRITORY),
            Item("Муниципалитеты", "MunicipalityView.list", "map-2", Resource.TERRITORY),
            Item("Должности", "PositionView.list", "briefcase", Resource.DIRECTORIES),
            Item("Учётные записи", "AccountView.list", "key", Resource.ACCOUNTS),
            Item("Пользователи", "AccountBriefView.list", "key", Resource.ACCOUNTS_BRIEF),
            Item("Назначения на роли", "AppointmentView.list", "user-check", Resource.APPOINTMENTS),
            Item("Права ролей", "RightsView.index", "lock", Resource.RIGHTS),
            Item("Настройки школы", "SchoolSettingsView.list", "settings", Resource.SETTINGS),
            Item("Журнал действий", "AuditView.list", "history", Resource.AUDIT),
            Item("Удалённые записи", "DeletedView.list", "trash", Resource.DELETED),
        ),
    ),
    (
        "Сроки",
        (
            Item("Календарь региона", "RegionCalendarView.list", "calendar", Resource.CALENDAR_REGION),
            Item("Календарь школы", "SchoolCalendarView.list", "calendar-event", Resource.CALENDAR_SCHOOL),
        ),
    ),
)


def entries() -> list[tuple[str, tuple[Item, ...]]]:
    """The menu above, and in its groups the views that name one of themselves (`menu_group`)."""
    named = [view for view in BY_RESOURCE.values() if view.menu_group]
    titles = dict.fromkeys([*(title for title, _ in MENU), *(view.menu_group for view in named)])
    own = {
        title: [
            Item(view.title_many, f"{view.__name__}.list", view.menu_icon, view.resource)
            for view in named
            if view.menu_group == title
        ]
        for title in titles
    }
    return [(title, (*dict(MENU).get(title, ()), *own[title])) for title in titles]


def menu_for(actor: Actor) -> list[dict[str, Any]]:
    blueprint = (request.endpoint or "").split(".")[0]
    groups = []
    for title, items in entries():
        shown = [
            {
                "title": item.title,
                "url": url_for(item.endpoint),
                "icon": item.icon,
                "active": item.endpoint.split(".")[0] == blueprint,
                "badge": None,
            }
            for item in items
            if item.shown_to(actor)
        ]
        if shown:
            groups.append({"title": title, "items": shown})
    return groups
