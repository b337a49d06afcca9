"""What the page of rights shows: rows and cells of the matrix, and one cell with what may be done about it."""

from collections.abc import Iterator
from typing import Any

from app.extensions import db
from app.regulation import load_regulation
from app.regulation.rights import Action, Resource
from app.security.granted import regulated_grants, rows_beyond
from app.services.accounts import right_changes, right_effects, right_words, rights
from app.services.accounts import right_rules as rules
from app.services.accounts.right_changes import Wish
from app.services.accounts.right_rules import Changes, Right

REGULATED, TAKEN, BEYOND, NONE = "по Регламенту", "изъято школой", "сверх Регламента", "нет"
SIGNS = {REGULATED: "", TAKEN: "−", BEYOND: "+", NONE: ""}
"""Before the letters: a state is told by a sign, not by a colour alone."""


def matrix(changes: Changes, chosen: tuple[str, Resource] | None = None) -> list[dict[str, Any]]:
    """Groups of rows."""
    cells, groups = rights.matrix(changes), dict[str, list[dict[str, Any]]]()
    for resource in Resource:
        row = load_regulation().resources[resource]
        shown = [
            _cell(role, resource, cells[role].get(resource), changes) | {"chosen": (role, resource) == chosen}
            for role in cells
        ]
        title = right_words.group_of(resource)
        groups.setdefault(title, []).append({"resource": resource.value, "title": row.title, "cells": shown})
    return [{"title": title, "rows": rows} for title, rows in groups.items()]


def _cell(role: str, resource: Resource, cell: rights.Cell | None, changes: Changes) -> dict[str, Any]:
    marks = list(_marks(cell)) if cell else []
    return {
        "role": role,
        "marks": marks,
        "said": "; ".join(f"{mark['title']} – {mark['state']}" for mark in marks) or "прав нет",
        "deviates": cell is not None and cell.deviates,
        "rows": [scope.title_ru for scope in cell.scopes if scope.value.startswith("own")] if cell else [],
        "locked": _why_locked(role, resource, changes),
    }


def _marks(cell: rights.Cell) -> Iterator[dict[str, str]]:
    for action in Action:
        state = _state(action, cell)
        if state != NONE:
            yield {"letters": action.letters, "sign": SIGNS[state], "title": action.title_ru, "state": state}


def _state(action: Action, cell: rights.Cell) -> str:
    if action in cell.taken:
        return TAKEN
    if action in cell.beyond:
        return BEYOND
    return REGULATED if action in cell.actions else NONE


def _why_locked(role: str, resource: Resource, changes: Changes) -> str:
    """Why nothing of a cell can be changed, or nothing."""
    found = [rules.lock(Right(role, resource, action), changes) for action in _actions(role, resource, changes)]
    return next(iter(found), "") if all(found) else ""


def _actions(role: str, resource: Resource, changes: Changes) -> list[Action]:
    """What a cell speaks of: what there is to give, and what the role has."""
    here = rules.offered(resource)
    return [each for each in Action if each in here or rules.has(Right(role, resource, each), changes)] or [Action.VIEW]


def opened(role: str, resource: Resource, changes: Changes, school_id: int | None) -> dict[str, Any]:
    """One cell: each action with what it lets one do, its clause and basis, and what may be done about it."""
    regulation, cell = load_regulation(), rights.matrix(changes)[role].get(resource)
    return {
        "role": role,
        "role_title": regulation.roles[role].title,
        "resource": resource.value,
        "title": regulation.resources[resource].title,
        "clause": (cell.clause if cell else "") or regulation.resources[resource].clause,
        "derived": cell is not None and cell.derived,
        "deviates": cell is not None and cell.deviates,
        "actions": [_line(Right(role, resource, each), changes) for each in _actions(role, resource, changes)],
        "history": right_changes.history(db.session, school_id, role, resource) if school_id else [],
    }


def _line(right: Right, changes: Changes) -> dict[str, Any]:
    has, made = rules.has(right, changes), changes.get(right)
    regulated = regulated_grants(right.role)
    reached = regulated.get(right[1:]) or rows_beyond(right.role, right.resource, regulated)
    state = NONE if made is None and not has else REGULATED if made is None else BEYOND if made.granted else TAKEN
    return {
        "action": right.action.value,
        "letters": right.action.letters,
        "title": right.action.title_ru,
        "state": state,
        "sentence": right_words.sentence(right, reached),
        "basis": made.basis if made else "",
        "locked": rules.lock(right, changes),
        "wish": (Wish.TAKE if has else Wish.GIVE).value,
        "label": _label(right, has),
    }


def _label(right: Right, has: bool) -> str:
    if has:
        return "Изъять" if rules.is_regulated(right) else "Вернуть к Регламенту"
    return "Вернуть" if rules.is_regulated(right) else "Дать сверх Регламента"


def asked(right: Right, wish: Wish, changes: Changes, school_id: int) -> dict[str, Any]:
    """What a wish would do, before it is done."""
    steps = right_changes.planned(right, wish, changes)
    refusals = right_changes.refusals(steps)
    return {
        "wish": wish.value,
        "action": right.action.value,
        "steps": [f"{each.right.action.title_ru} – {each.becomes}" for each in steps],
        "effects": right_effects.effect(db.session, school_id, steps, changes) if steps and not refusals else [],
        "refusals": refusals,
        "needs_basis": right_changes.needs_basis(steps),
        "label": _label(right, rules.has(right, changes)),
    }


def heads() -> list[dict[str, Any]]:
    return [
        {"code": code, "title": role.title, "clause": role.clause} for code, role in load_regulation().roles.items()
    ]
