"""What a school may change of its own roles' rights, and every refusal of it (3.3.2.2; access.md, Changing the rights).

The one place that says no: the page, the preview, the undoing and the service that writes ask it.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from app.regulation import load_regulation
from app.regulation.rights import Action, Resource
from app.security.actor import Grants
from app.security.granted import FAMILY, Change, laid_over, of_school, regulated_grants, rows_beyond

BRIEF = "_brief"
CLAUSE = "3.3.2.2"


class Right(NamedTuple):
    """One action of one role on one kind of records."""

    role: str
    resource: Resource
    action: Action


class InForce(NamedTuple):
    """A change that a school has made of a right and not taken back."""

    key: int
    granted: bool
    basis: str


Changes = Mapping[Right, InForce]
"""Of one school."""


def is_regulated(right: Right) -> bool:
    return (right.resource, right.action) in regulated_grants(right.role)


def has(right: Right, changes: Changes) -> bool:
    """Whether the role may do it in the school."""
    change = changes.get(right)
    return is_regulated(right) if change is None else change.granted


def grants_of(role: str, changes: Changes) -> Grants:
    """All that the role may do in the school."""
    rows = [Change(*right, granted=made.granted) for right, made in changes.items()]
    return laid_over(regulated_grants(role), role, rows)


@cache
def offered(resource: Resource) -> tuple[Action, ...]:
    """What there is to be given: what the regulation gives some role of a school. What is the authorities' alone
    reaches beyond a school."""
    return tuple(each for each in Action if any((resource, each) in regulated_grants(role) for role in of_school()))


def why_not_taken(right: Right) -> str:
    """Why a school may not take this right from the role, or nothing."""
    if words := _above(right.role):
        return words
    row = load_regulation().resources[right.resource]
    if (right.role, right.action) not in row.held:
        return ""
    if right.resource is Resource.RIGHTS:
        return f"Право изменять права у администратора не изымают: школа закрыла бы себе доступ (п. {CLAUSE})."
    return f"Это право не изымают: контроль не отключают снизу (п. {row.clause})."


def why_not_given(right: Right) -> str:
    """Why a school may not give the role this right beyond the regulation's set, or nothing."""
    if words := _above(right.role):
        return words
    if right.action not in offered(right.resource):
        return f"Регламент не даёт этого права ни одной роли школы (п. {_clause(right)})."
    regulation = load_regulation()
    row, exclusive = regulation.resources[right.resource], regulation.exclusive.get((right.resource, right.action))
    if exclusive is not None and exclusive.role != right.role:
        holder = regulation.roles[exclusive.role].title
        return f"Исключительное право роли «{holder}»: другой роли его не дают (п. {exclusive.clause})."
    if row.closed or right.action in row.reserved:
        return f"Это право другой роли не дают (п. {row.clause})."
    if right.role in FAMILY and not rows_beyond(right.role, right.resource, regulated_grants(right.role)):
        return f"Семье дают права только на то, что она видит по Регламенту (п. {CLAUSE})."
    return ""


def _above(role: str) -> str:
    if role in of_school():
        return ""
    return f"Права муниципалитета и региона школа не изменяет (п. {CLAUSE})."


def _clause(right: Right) -> str:
    return load_regulation().resources[right.resource].clause


def lock(right: Right, changes: Changes) -> str:
    """Why nothing can be done about this right now, or nothing."""
    if has(right, changes):
        return "" if right in changes else why_not_taken(right)
    return "" if is_regulated(right) else why_not_given(right)


def with_what_rests_on_it(right: Right, changes: Changes) -> Iterator[Right]:
    """The right and those that are worth nothing without it: what one does not see, one does not change."""
    yield right
    if right.action is not Action.VIEW or _is_seen(right, changes, but=right):
        return
    whole = _whole(right.resource)
    for action in Action:
        other = right._replace(resource=whole, action=action)
        if action is not Action.VIEW and has(other, changes):
            yield other


def with_what_it_rests_on(right: Right, changes: Changes) -> Iterator[Right]:
    """The right to see the records first, where there is none, then the right itself."""
    if right.action is not Action.VIEW and not _is_seen(right, changes):
        yield right._replace(action=Action.VIEW)
    yield right


def _whole(resource: Resource) -> Resource:
    return Resource(resource.removesuffix(BRIEF))


def _is_seen(right: Right, changes: Changes, but: Right | None = None) -> bool:
    """Whether the role sees these records, whole or in brief, by any right but this one."""
    whole = _whole(right.resource)
    briefly = f"{whole}{BRIEF}"
    ways = (whole, Resource(briefly)) if briefly in load_regulation().resources else (whole,)
    seen = (right._replace(resource=way, action=Action.VIEW) for way in ways)
    return any(has(each, changes) for each in seen if each != but)
