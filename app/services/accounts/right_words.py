"""What a right lets one do, said in a sentence."""

from collections.abc import Iterable

from app.regulation import load_regulation
from app.regulation.rights import Action, Resource, Scope
from app.services.accounts.right_rules import Right

VERBS = {
    Action.VIEW: "открывает и читает",
    Action.EDIT: "вносит и изменяет",
    Action.DELETE: "удаляет",
    Action.PRINT: "печатает",
    Action.EXPORT: "выгружает в файл",
    Action.HAND_OVER: "выдаёт владельцам",
    Action.APPROVE: "утверждает",
    Action.CLOSE: "закрывает",
    Action.COMPARE: "сверяет",
}
OF_ITS_OWN = {
    (Resource.CORRECTIONS, Action.EDIT): "просит исправить внесённое",
    (Resource.CORRECTIONS, Action.APPROVE): "подтверждает исправление или отказывает",
    (Resource.DELETED, Action.EDIT): "восстанавливает удалённое",
    (Resource.RIGHTS, Action.EDIT): "изменяет права ролей своей школы",
    (Resource.MOVEMENT_ORDERS, Action.EDIT): "вносит приказы, изменяет и аннулирует их",
}
"""Where the verb alone would say too little."""

GROUPS = {
    "territory": "Территория",
    "schools": "Школа",
    "directories": "Справочники",
    "accounts": "Учётные записи и права",
    "study": "Учебный год и классы",
    "people": "Люди",
    "movement": "Движение",
    "calendars": "Календарь",
    "monitoring": "Сроки и исправления",
    "engine": "Журнал и удалённое",
}
"""Of the files of `regulation/rights`: what stands together in a matrix."""
OTHERS = "Прочее"


def group_of(resource: Resource) -> str:
    """The heading of its row in a matrix."""
    return GROUPS.get(load_regulation().resources[resource].group, OTHERS)


def sentence(right: Right, rows: Iterable[Scope]) -> str:
    """«Секретарь вносит и изменяет: «Личные карточки обучающихся» (своя школа).»"""
    regulation = load_regulation()
    verb = OF_ITS_OWN.get((right.resource, right.action)) or VERBS[right.action]
    reach = ", ".join(scope.title_ru for scope in Scope if scope in set(rows))
    said = f"{regulation.roles[right.role].title} {verb}: «{regulation.resources[right.resource].title}»"
    return f"{said} ({reach})." if reach else f"{said}."
