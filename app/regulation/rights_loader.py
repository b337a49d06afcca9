"""Reads roles.yaml: resources, exclusive rights, roles with their grants, the system operator."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from .nodes import Value
from .schema import Action, Basis, Exclusive, Grant, Role, Rows, Scope

ExclusiveRights = Mapping[tuple[str, Action], Exclusive]
_NOBODYS: ExclusiveRights = MappingProxyType({})


def resources(value: Value) -> dict[str, str]:
    return {code: title.text() for code, title in value.pairs().items()}


def exclusive(value: Value, known: Collection[str], roles: Collection[str]) -> dict[tuple[str, Action], Exclusive]:
    """Rights by (resource, action)."""
    found: dict[tuple[str, Action], Exclusive] = {}
    for item in value.items(empty=True):
        table = item.table("resource", "actions", "role", "clause")
        resource = table["resource"].one_of(known, "имя ресурса")
        role = table["role"].one_of(sorted(roles), "имя роли")
        for action in _actions(table["actions"]):
            found[resource, action] = Exclusive(resource, action, role, table["clause"].clause())
    return found


def role(value: Value, known: Collection[str], held: ExclusiveRights) -> Role:
    table = value.table("code", "title", "clause", "scope", "rows", "basis", "grants")
    code, clause = table["code"].text(), table["clause"].clause()
    defaults = Grant("", (), table["rows"].member(Rows), clause, table["basis"].member(Basis))
    grants = _grants(table["grants"], code, defaults, known, held)
    return Role(code, table["title"].text(), clause, table["scope"].member(Scope), grants)


def operator(value: Value, known: Collection[str]) -> Role:
    """Not a role of the regulation: no clauses, and the exclusive rights are checked for the regulated roles only."""
    table = value.table("code", "title", "scope", "rows", "grants")
    code = table["code"].text()
    defaults = Grant("", (), table["rows"].member(Rows), None, Basis.DERIVED)
    grants = _grants(table["grants"], code, defaults, known, _NOBODYS)
    return Role(code, table["title"].text(), None, table["scope"].member(Scope), grants)


def _grants(
    value: Value, code: str, defaults: Grant, known: Collection[str], held: ExclusiveRights
) -> tuple[Grant, ...]:
    grants = []
    seen: set[tuple[str, Action]] = set()
    for item in value.items():
        grant = _grant(item, defaults, known)
        for action in grant.actions:
            right = (grant.resource, action)
            if right in seen:
                item.fail(f"право «{grant.resource}: {action}» роли «{code}» уже есть выше")
            if right in held and held[right].role != code:
                owner = held[right]
                item.fail(
                    f"право «{grant.resource}: {action}» исключительное (п. {owner.clause}): "
                    f"его имеет только роль «{owner.role}»"
                )
            seen.add(right)
        grants.append(grant)
    return tuple(grants)


def _grant(value: Value, defaults: Grant, known: Collection[str]) -> Grant:
    table = value.table("resource", "actions", optional=("rows", "clause", "basis"))
    return Grant(
        resource=table["resource"].one_of(known, "имя ресурса"),
        actions=_actions(table["actions"]),
        rows=table.get("rows", lambda one: one.member(Rows), defaults.rows),
        clause=table.get("clause", Value.clause, defaults.clause),
        basis=table.get("basis", lambda one: one.member(Basis), defaults.basis),
    )


def _actions(value: Value) -> tuple[Action, ...]:
    return tuple(item.member(Action) for item in value.items())
