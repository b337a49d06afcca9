"""Reads roles.yaml (who there is) and rights/<group>.yaml (what each may do: a block is a row of clause 3.3's table).

A cell is written as the table writes it: `V E own_class, V brief`. Letters and words of actions, then whose rows
(none: those the role has by default); parts with rows of their own are divided by a comma.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from .nodes import Table, Value
from .rights import Action, Scope
from .schema import Basis, Exclusive, Grant, ResourceRow, Role

BRIEF = "brief"
LETTERS = {
    "V": Action.VIEW,
    "E": Action.EDIT,
    "D": Action.DELETE,
    "P": Action.PRINT,
    "X": Action.EXPORT,
    **{word.value: word for word in (Action.HAND_OVER, Action.APPROVE, Action.CLOSE, Action.COMPARE)},
}
SCOPES = {scope.value: scope for scope in Scope}


@dataclass(frozen=True, slots=True)
class Block:
    """A row of the table as read: the resource (and its brief one), the grants by role, the exclusive rights."""

    resources: tuple[ResourceRow, ...]
    grants: Mapping[str, tuple[Grant, ...]]
    exclusive: tuple[Exclusive, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What blocks refer to: the codes declared, and those of the roles that could be read."""

    codes: Collection[str]
    roles: Mapping[str, Role]
    operator: Role | None


def role(value: Value) -> Role:
    """A role without its grants: they stand in the blocks."""
    table = value.table("code", "title", "clause", "scope", "rows")
    return _role(table, table["clause"].clause())


def operator(value: Value) -> Role:
    """Not a role of the regulation: it has no clause."""
    return _role(value.table("code", "title", "scope", "rows"), None)


def _role(table: Table, clause: str | None) -> Role:
    code, title = table["code"].text(), table["title"].text()
    return Role(code, title, clause, table["scope"].member(Scope), table["rows"].member(Scope), ())


def block(value: Value, code: str, group: str, frame: Frame) -> Block:
    optional = (BRIEF, "closed", "exclusive", "reserved", "held", "operator")
    table = value.table("title", "clause", "grants", optional=optional)
    clause = table["clause"].clause()
    closed = table.get("closed", lambda one: one.one_of(["yes"]) == "yes", False)
    unreserved: list[Action] = []
    reserved = frozenset(table.get("reserved", _actions, unreserved))
    held = table.get("held", lambda one: _held(one, frame), frozenset[tuple[str, Action]]())
    resources = [ResourceRow(code, table["title"].text(), clause, group, closed, reserved, held)]
    if brief := table.get(BRIEF, Value.text, None):
        resources.append(ResourceRow(f"{code}_{BRIEF}", brief, clause, group, reserved=reserved & {Action.VIEW}))
    nothing: tuple[Exclusive, ...] = ()
    exclusive = table.get("exclusive", lambda one: _exclusive(one, code, frame), nothing)
    known = {one.code for one in resources}
    grants = {who.code: _line(line, code, who, known, exclusive) for who, line in _lines(table["grants"], frame)}
    if frame.operator and "operator" in table.pairs:
        grants[frame.operator.code] = _line(table["operator"], code, frame.operator, known, ())
    return Block(tuple(resources), grants, exclusive)


def _lines(value: Value, frame: Frame) -> Iterator[tuple[Role, Value]]:
    pairs = value.pairs()
    if not pairs:
        value.fail(f"{value.name}: права не дано никому")
    for name, line in pairs.items():
        if name not in frame.codes:
            line.fail(f"{value.name}: неизвестное имя роли «{name}»; есть: {', '.join(sorted(frame.codes))}")
        if name in frame.roles:  # the faults of a role that could not be read are told already
            yield frame.roles[name], line


def _exclusive(value: Value, code: str, frame: Frame) -> tuple[Exclusive, ...]:
    table = value.table("role", "actions", "clause")
    holder = table["role"].one_of(sorted(frame.codes), "имя роли")
    return tuple(Exclusive(code, action, holder, table["clause"].clause()) for action in _actions(table["actions"]))


def _actions(value: Value) -> list[Action]:
    return [_known(value, word, LETTERS, "действие") for word in value.text().split()]


def _held(value: Value, frame: Frame) -> frozenset[tuple[str, Action]]:
    """`{role: actions}`"""
    return frozenset((who.code, action) for who, line in _lines(value, frame) for action in _actions(line))


def _line(
    value: Value, code: str, who: Role, known: Collection[str], exclusive: tuple[Exclusive, ...]
) -> tuple[Grant, ...]:
    """One role's line: a bare cell is derived; what the clause itself names is said with its clause."""
    grants = tuple(_grants(value, code, who))
    seen: set[tuple[str, Action, Scope]] = set()
    for grant in grants:
        if grant.resource not in known:
            value.fail(f"{who.code}: у «{code}» нет кратких сведений (ключа {BRIEF})")
        for right in ((grant.resource, action, scope) for action in grant.actions for scope in grant.scopes):
            if right in seen:
                value.fail(f"право «{right[0]}: {right[1]} {right[2]}» роли «{who.code}» уже есть выше")
            seen.add(right)
    for owner in exclusive:
        if owner.role != who.code and any(owner.action in one.actions for one in grants if one.resource == code):
            value.fail(
                f"право «{code}: {owner.action}» исключительное (п. {owner.clause}): "
                f"его имеет только роль «{owner.role}»"
            )
    return grants


def _grants(value: Value, code: str, who: Role) -> Iterator[Grant]:
    if value.is_scalar:
        yield from _cell(value, code, who, Grant(code, (), frozenset(), who.clause, Basis.DERIVED))
        return
    table = value.table(optional=("text", "derived", "clause"))
    clause = table.get("clause", Value.clause, None)
    if "text" in table.pairs and clause is None:
        value.fail(f"{who.code}: право по тексту (text) требует пункта (clause)")
    if not table.pairs.keys() & {"text", "derived"}:
        value.fail(f"{who.code}: нужны права: text или derived")
    for basis in (one for one in Basis if one.value in table.pairs):
        yield from _cell(table[basis.value], code, who, Grant(code, (), frozenset(), clause or who.clause, basis))


def _cell(value: Value, code: str, who: Role, blank: Grant) -> Iterator[Grant]:
    for part in value.text().split(","):
        words = part.split()
        said = [word for word in words if word not in SCOPES and word != BRIEF]
        actions = tuple(_known(value, word, LETTERS, "слово") for word in said)
        if not actions:
            value.fail(f"{who.code}: в «{value.text()}» есть часть без действия")
        yield replace(
            blank,
            resource=f"{code}_{BRIEF}" if BRIEF in words else code,
            actions=actions,
            scopes=frozenset(SCOPES[word] for word in words if word in SCOPES) or frozenset({who.rows}),
        )


def _known(value: Value, word: str, words: Mapping[str, Action], what: str) -> Action:
    if word not in words:
        known = ", ".join((*words, BRIEF, *SCOPES)) if what == "слово" else ", ".join(words)
        value.fail(f"{what} «{word}» неизвестно; есть: {known}")
    return words[word]
