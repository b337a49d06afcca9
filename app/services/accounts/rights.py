"""The matrix of rights: role → resource → actions, with clause and basis; the regulation's, or a school's own
(3.3, 3.3.2.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from app.regulation import load_regulation
from app.regulation.rights import Action, Resource, Scope
from app.security.guard import system_step
from app.security.manager import sync_roles
from app.services.accounts import right_changes
from app.services.accounts.right_rules import Changes, Right, grants_of
from app.services.engine.transaction import transaction

UNCHANGED: Changes = MappingProxyType({})


@dataclass(frozen=True)
class Cell:
    """What one role may do with one resource."""

    actions: tuple[Action, ...]
    scopes: tuple[Scope, ...]
    """Whose rows, whatever the action."""
    clause: str
    derived: bool
    taken: tuple[Action, ...] = ()
    """What the regulation gives and the school has taken away."""
    beyond: tuple[Action, ...] = ()
    """What the school gives beyond the regulation's set; among the actions too."""

    @property
    def deviates(self) -> bool:
        return bool(self.taken or self.beyond)

    def as_json(self) -> dict[str, Any]:
        return {
            "actions": [action.value for action in self.actions],
            "rows": [scope.value for scope in self.scopes],
            "clause": self.clause,
            "basis": "derived" if self.derived else "text",
            "taken": [action.value for action in self.taken],
            "beyond": [action.value for action in self.beyond],
        }


Matrix = Mapping[str, Mapping[Resource, Cell]]
"""Role code → resource → cell. What is not there is denied."""


def sync(session: Session) -> dict[str, int]:
    """Make the roles in the database exactly the regulation's and commit; how many rights were added and removed."""
    with transaction(session):
        return sync_roles()


def matrix(changes: Changes = UNCHANGED) -> Matrix:
    """The regulation's, with what a school has changed laid over it."""
    return {code: _role(code, changes) for code in load_regulation().roles}


def _role(code: str, changes: Changes) -> dict[Resource, Cell]:
    role, cells, grants = load_regulation().roles[code], {}, grants_of(code, changes)
    for resource in Resource:
        actions = tuple(action for action in Action if (resource, action) in grants)
        own = [grant for grant in role.grants if grant.resource == resource.value]
        changed = {each: changes[Right(code, resource, each)] for each in Action if (code, resource, each) in changes}
        if actions or changed:
            cells[resource] = Cell(
                actions=actions,
                scopes=tuple(scope for scope in Scope if any(scope in grants[(resource, each)] for each in actions)),
                clause=", ".join(dict.fromkeys(clause for grant in own if (clause := grant.clause or role.clause))),
                derived=any(grant.basis.value == "derived" for grant in own),
                taken=tuple(each for each, made in changed.items() if not made.granted),
                beyond=tuple(each for each, made in changed.items() if made.granted and each in actions),
            )
    return cells


def as_json(session: Session, school_code: str | None = None) -> dict[str, Any]:
    """The matrix for machines: the regulation's, or a school's own."""
    changes = UNCHANGED if school_code is None else _of_school(session, school_code)
    return {
        code: {
            "title": load_regulation().roles[code].title,
            "resources": {resource.value: cell.as_json() for resource, cell in cells.items()},
        }
        for code, cells in matrix(changes).items()
    }


def _of_school(session: Session, code: str) -> Changes:
    from app.services.territory.organisations import resolve

    found = resolve(session, code)
    if found.level != "school" or found.id is None:
        raise LookupError(f"«{code}» – не код школы.")
    with system_step(session, "read a school's own rights"):
        return right_changes.in_force(session, found.id)
