"""What a role may do: the regulation's set, and laid over it what a school changed of its own roles (3.3.2.2).

Pure: no database, no actor.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from app.regulation import load_regulation
from app.regulation.rights import OPERATOR_ROLE, WHOLE, Action, Resource, Scope
from app.security.actor import Grants


@cache
def regulated_grants(role: str) -> Grants:
    """The permission set that the regulation gives a role; the operator's set is kept beside it."""
    regulation = load_regulation()
    source = regulation.operator if role == OPERATOR_ROLE else regulation.roles[role]
    reached: dict[tuple[Resource, Action], frozenset[Scope]] = defaultdict(frozenset)
    for grant in source.grants:
        for action in grant.actions:
            reached[(Resource(grant.resource), action)] |= grant.scopes
    return dict(reached)


def role_title(role: str) -> str:
    regulation = load_regulation()
    return (regulation.operator if role == OPERATOR_ROLE else regulation.roles[role]).title


class Change(NamedTuple):
    """In force now: given beyond the set, or taken away."""

    role: str
    resource: str
    action: str
    granted: bool


@cache
def of_school() -> frozenset[str]:
    """The roles of a school's own people: the only ones that a school changes."""
    above = {Scope.MUNICIPALITY, Scope.REGION}
    return frozenset(role.code for role in load_regulation().roles.values() if role.scope not in above)


FAMILY = frozenset({"student", "parent"})


def rows_beyond(role: str, resource: Resource, regulated: Grants) -> frozenset[Scope]:
    """Whose rows a right beyond the set reaches: those that the role sees there anyway, else the school's; of a family,
    which sees nothing there, nobody's."""
    seen = regulated.get((resource, Action.VIEW), frozenset())
    if seen or role in FAMILY:
        return seen
    return frozenset({load_regulation().roles[role].rows}) & WHOLE


def laid_over(regulated: Grants, role: str, changes: Iterable[Change]) -> Grants:
    """The rights of a role in a school with these changes. What is no role of a school's own people is not changed."""
    mine = [each for each in changes if each.role == role] if role in of_school() else []
    if not mine:
        return regulated
    found = dict(regulated)
    for each in mine:
        key = (Resource(each.resource), Action(each.action))
        if not each.granted:
            found.pop(key, None)
        elif rows := rows_beyond(role, key[0], regulated):
            found.setdefault(key, rows)
    return found
