"""Reads the YAML files into a Regulation, or says in one exception everything that is wrong with them.

Each entry is read apart, so one broken entry does not hide the next; references are checked against the ids that a
file declares, broken entries included, so that one fault is told once.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import yaml

from . import rights_loader, terms_loader
from .errors import Problem, RegulationError
from .nodes import Table, Value, read_file
from .schema import Monitoring, MonitoringLevel, Regulation, Requirement, Responsible, Role

DIRECTORY = Path(__file__).parent
RIGHTS = "rights"
"""The folder of the blocks of rights: a file a group."""
OPTIONAL = {"deadlines": ("year_ends",), "readings": ("unread",)}
"""Keys of a file that it may lack."""


def load_regulation(directory: Path | str | None = None) -> Regulation:
    """The regulation's data from `directory`, by default the one shipped (read once, then kept).

    Raises RegulationError naming file, line and fault for each problem found.
    """
    return _default() if directory is None else _load(Path(directory))


@lru_cache(maxsize=1)
def _default() -> Regulation:
    return _load(DIRECTORY)


Read = TypeVar("Read")


class Collector:
    """Runs readers, keeps what they read and every problem they met."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.problems: list[Problem] = []

    def run(self, read: Callable[..., Read], *args: Any) -> Read | None:
        """What `read` returns, or None after noting its problems."""
        try:
            return read(*args)
        except RegulationError as error:
            self.problems += error.problems
            return None

    def roots(self, **required: tuple[str, ...]) -> dict[str, Table]:
        """The frame of each file. Without it neither its entries nor references to them can be judged: it stops."""
        found = {name: self.run(self._root, name, keys) for name, keys in required.items()}
        self.stop_on_problems()
        return {name: table for name, table in found.items() if table is not None}

    def _root(self, name: str, required: tuple[str, ...]) -> Table:
        return read_file(self.directory / f"{name}.yaml").table(*required, optional=OPTIONAL.get(name, ()))

    def stop_on_problems(self) -> None:
        if self.problems:
            raise RegulationError(*self.problems)

    def each(self, values: list[Value] | None, key: str, read: Callable[..., Read], *args: Any) -> dict[str, Read]:
        """Entries of a list by their id `key`; a repeated id is a problem."""
        found: dict[str, Read] = {}
        seen: set[str] = set()
        for value in values or ():
            entry_id = _entry_id(value, key)
            if entry_id in seen:
                self.run(value.fail, f"{key} «{entry_id}» уже есть выше")
            elif (entry := self.run(read, value, *args)) is not None and entry_id is not None:
                found[entry_id] = entry
            if entry_id is not None:
                seen.add(entry_id)
        return found


def _declared(values: list[Value] | None, key: str) -> set[str]:
    found = (_entry_id(value, key) for value in values or ())
    return {entry_id for entry_id in found if entry_id is not None}


def _entry_id(value: Value, key: str) -> str | None:
    """The id of an entry, however broken the rest of it; None when it has none, as its own reader will tell."""
    pairs = value.node.value if isinstance(value.node, yaml.MappingNode) else ()
    return next((node.value for name, node in pairs if name.value == key and isinstance(node, yaml.ScalarNode)), None)


def _load(directory: Path) -> Regulation:
    collect = Collector(directory)
    files = collect.roots(
        roles=("roles", "operator"),
        readings=("readings",),
        deadlines=("school_year_starts", "supervisors", "rules"),
        requirements=("clauses", "requirements"),
        monitoring=("levels", "label", "monitorings"),
    )
    parts, role_codes = _roles(collect, files["roles"])
    terms, rule_ids = _terms(collect, files["readings"], files["deadlines"], role_codes)
    parts |= terms
    parts["requirements"] = _requirements(collect, files["requirements"], role_codes)
    parts["monitoring"] = _monitoring(collect, files["monitoring"], role_codes, rule_ids)
    collect.stop_on_problems()
    frozen: dict[str, Any] = {
        name: MappingProxyType(part) if isinstance(part, dict) else part for name, part in parts.items()
    }
    return Regulation(**frozen)


def _roles(collect: Collector, file: Table) -> tuple[dict[str, Any], set[str]]:
    """The parts read from roles.yaml and the blocks of rights, and the codes of all the roles declared."""
    values = collect.run(file["roles"].items)
    codes = _declared(values, "code")
    roles = collect.each(values, "code", rights_loader.role)
    operator = collect.run(rights_loader.operator, file["operator"])
    blocks = _blocks(collect, rights_loader.Frame(codes, roles, operator))
    parts = {
        "resources": {row.code: row for block in blocks for row in block.resources},
        "exclusive": {(one.resource, one.action): one for block in blocks for one in block.exclusive},
        "roles": {code: _granted(role, blocks) for code, role in roles.items()},
        "operator": operator and _granted(operator, blocks),
    }
    return parts, codes


def _blocks(collect: Collector, frame: rights_loader.Frame) -> list[rights_loader.Block]:
    found: list[rights_loader.Block] = []
    places: dict[str, Value] = {}
    paths = sorted((collect.directory / RIGHTS).glob("*.yaml"))
    if not paths:
        collect.problems.append(Problem(RIGHTS, None, "нет ни одного файла прав"))
    for path in paths:
        root = collect.run(read_file, path, f"{RIGHTS}/{path.name}")
        for code, value in ((root and collect.run(root.pairs)) or {}).items():
            if code in places:
                first = places[code]
                collect.run(value.fail, f"блок «{code}» уже есть: {first.file}, строка {first.line}")
            elif (block := collect.run(rights_loader.block, value, code, path.stem, frame)) is not None:
                found.append(block)
            places.setdefault(code, value)
    return found


def _granted(role: Role, blocks: list[rights_loader.Block]) -> Role:
    return replace(role, grants=tuple(grant for block in blocks for grant in block.grants.get(role.code, ())))


def _terms(collect: Collector, readings_file: Table, file: Table, roles: set[str]) -> tuple[dict[str, Any], set[str]]:
    """The parts read from readings.yaml and deadlines.yaml, and the ids of all the rules declared."""
    reading_values = collect.run(readings_file["readings"].items)
    readings = collect.each(reading_values, "id", terms_loader.reading)
    values = collect.run(file["rules"].items)
    frame = collect.run(terms_loader.frame, file, readings, _declared(reading_values, "id"), roles)
    rules = collect.each(values, "id", terms_loader.rule, frame) if frame else {}
    rule_ids = _declared(values, "id")
    none: list[Value] = []
    unread_values = collect.run(lambda: readings_file.get("unread", lambda one: one.items(), none))
    unread = collect.each(unread_values, "id", terms_loader.unread, rule_ids)
    return {"readings": readings, "unread": unread, "rules": rules}, rule_ids


def _requirements(collect: Collector, file: Table, roles: set[str]) -> tuple[Requirement, ...]:
    clauses = collect.run(_role_clauses, file["clauses"], roles)
    values = collect.run(lambda: file["requirements"].items())
    if clauses is None:
        return ()
    return tuple(collect.each(values, "point", _requirement, clauses).values())


def _role_clauses(value: Value, roles: set[str]) -> dict[str, str]:
    pairs = value.pairs()
    for code in pairs:
        if code not in roles:
            pairs[code].fail(f"clauses: неизвестная роль «{code}»; есть: {', '.join(sorted(roles))}")
    return {code: clause.clause() for code, clause in pairs.items()}


def _requirement(value: Value, clauses: dict[str, str]) -> Requirement:
    table = value.table("point", "roles", "text")
    responsible = []
    for role in table["roles"].items():
        code = role.text()
        if code not in clauses:
            role.fail(f"roles: для роли «{code}» в clauses не указан пункт регламента")
        responsible.append(Responsible(code, clauses[code]))
    return Requirement(table["point"].number(), table.get("text", Value.text, None), tuple(responsible))


def _monitoring(collect: Collector, file: Table, roles: set[str], rules: set[str]) -> tuple[Monitoring, ...]:
    label = collect.run(file["label"].text)
    level_values = collect.run(file["levels"].items)
    levels = collect.each(level_values, "id", _level, roles)
    if level_values is None or len(levels) < len(level_values):
        return ()  # the levels' own faults are told; lines that refer to them would only repeat them
    values = collect.run(lambda: file["monitorings"].items(empty=True))
    return tuple(collect.each(values, "id", _monitoring_line, label, levels, rules).values())


def _level(value: Value, roles: set[str]) -> MonitoringLevel:
    table = value.table("id", "title", "role", "clause")
    role = table["role"].one_of(sorted(roles), "имя роли")
    return MonitoringLevel(table["id"].text(), table["title"].text(), role, table["clause"].clause())


def _monitoring_line(value: Value, label: str, levels: dict[str, MonitoringLevel], rules: set[str]) -> Monitoring:
    optional = ("valid_to", "dates", "threshold")
    table = value.table("id", "title", "clause", "levels", "rules", "valid_from", optional=optional)
    valid_from, valid_to = terms_loader.validity(table)
    return Monitoring(
        id=table["id"].text(),
        title=table["title"].text(),
        levels=tuple(levels[one.one_of(levels, "имя уровня")] for one in table["levels"].items()),
        clause=table["clause"].clause(),
        rules=tuple(one.one_of(sorted(rules), "имя правила") for one in table["rules"].items(empty=True)),
        label=label,
        valid_from=valid_from,
        valid_to=valid_to,
        dates=table.get("dates", Value.text, None),
        threshold=table.get("threshold", lambda one: one.number(0, 100), None),
    )
