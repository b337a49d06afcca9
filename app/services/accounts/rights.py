"""The effective matrix of rights: role → resource → actions, with clause and basis (3.3, 3.3.2.2)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.regulation import load_regulation
from app.regulation.rights import Action, Resource, Scope
from app.security.access import regulated_grants
from app.security.manager import sync_roles
from app.services.engine.transaction import transaction


@dataclass(frozen=True)
class Cell:
    """What one role may do with one resource."""

    actions: tuple[Action, ...]
    scopes: tuple[Scope, ...]
    """Whose rows, whatever the action."""
    clause: str
    derived: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "actions": [action.value for action in self.actions],
            "rows": [scope.value for scope in self.scopes],
            "clause": self.clause,
            "basis": "derived" if self.derived else "text",
        }


def sync(session: Session) -> dict[str, int]:
    """Make the roles in the database exactly the regulation's and commit; how many rights were added and removed."""
    with transaction(session):
        return sync_roles()


def matrix() -> dict[str, dict[Resource, Cell]]:
    """Role code → resource → cell. What is not there is denied."""
    return {code: _role(code) for code in load_regulation().roles}


def _role(code: str) -> dict[Resource, Cell]:
    role, cells = load_regulation().roles[code], {}
    grants = regulated_grants(code)
    for resource in Resource:
        actions = tuple(action for action in Action if (resource, action) in grants)
        if actions:
            own = [grant for grant in role.grants if grant.resource == resource.value]
            cells[resource] = Cell(
                actions=actions,
                scopes=tuple(scope for scope in Scope if any(scope in grants[(resource, each)] for each in actions)),
                clause=", ".join(dict.fromkeys(clause for grant in own if (clause := grant.clause or role.clause))),
                derived=any(grant.basis.value == "derived" for grant in own),
            )
    return cells


def as_json(session: Session, school_code: str | None = None) -> dict[str, Any]:
    """The matrix for machines. A school's own matrix equals the regulation's until overrides exist."""
    if school_code is not None:
        _require_school(session, school_code)
    return {
        code: {
            "title": load_regulation().roles[code].title,
            "resources": {resource.value: cell.as_json() for resource, cell in cells.items()},
        }
        for code, cells in matrix().items()
    }


def _require_school(session: Session, code: str) -> None:
    from app.services.territory.organisations import resolve

    if resolve(session, code).level != "school":
        raise LookupError(f"«{code}» – не код школы.")
