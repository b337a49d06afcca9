"""Every field of a judged rule's data has an effect: each is changed, and the one result that it decides changes.

A field that nothing reads fails here, and so does one that is new and stands in no line of `EFFECTS`.
"""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

import app.regulation
from app.compliance import duties
from app.compliance.explain import why
from app.compliance.terms import compute_term, due_only
from app.compliance.within import Within
from app.models.base import Record
from app.models.movement.kinds import OrderKind
from app.regulation import NotInForceError, WorkCalendar, load_regulation, loader, terms_loader
from app.regulation.nodes import read_file
from app.regulation.schema import Rule
from scripts import docs
from tests.compliance.worlds import World

FILE: dict[str, Any] = yaml.safe_load((Path(app.regulation.__file__).parent / "deadlines.yaml").read_text("utf-8"))
SHIPPED = {rule["id"]: rule for rule in FILE["rules"]}
DAYS = [date(year, month, day) for year in (2021, 2025, 2026) for month in (2, 8, 12) for day in (6, 20, 28)]
"""Triggers before and after the first value, a Friday before and days inside holidays among them."""

# Field → what is put in its place, and the result that it decides. A list stands for any of its entries, a term for
# whatever way of counting it names.
EFFECTS: dict[str, tuple[Any, str]] = {
    "id": ("other-rule", "binding"),
    "title": ("Другое название", "reason"),
    "clauses": (["4.1"], "reason"),
    "quote": ("другие слова", "reason"),
    "shape": ("Y", "binding"),
    "trigger.id": ("other", "binding"),
    "trigger.title": ("другое событие", "reason"),
    "opens": (None, "opening"),
    "evidence": ("другое доказательство", "reason"),
    "enters": (["teacher"], "roles"),
    "acting_as": ("class_teacher", "reference"),
    "owed_from": ("due", "reference"),
    "back_within": (29, "reference"),
    "controls": (None, "roles"),
    "values.valid_from": (date(2025, 9, 1), "reason"),
    "values.valid_to": (date(2025, 9, 1), "due"),
    "values.clauses": (["4.1"], "reason"),
    "values.quote": ("другие слова", "reason"),
    "values.term": (None, "due"),
    "values.readings": (None, "reason"),
}
OF_THE_FILE = {
    "school_year_starts": ("08-15", "due"),
    "year_ends": ([{"day": "05-30"}], "reference"),
    "supervisors": (["municipal"], "reference"),
}
OTHERWISE = {"trigger": "due", "year_end": "trigger", "08-01": "07-01"}
"""When a rule opens: another way, or another day."""


def paths(of: dict[str, Any]) -> Iterator[str]:
    """The fields of a rule as its data has them."""
    yield from (name for name in of if name not in ("trigger", "values"))
    yield from (f"trigger.{name}" for name in of["trigger"])
    yield from (f"values.{name}" for value in of["values"] for name in value)


def changed(rule: str, path: str) -> dict[str, Any]:
    data, (value, _) = deepcopy(SHIPPED[rule]), EFFECTS[path]
    place, _, name = path.rpartition(".")
    at = {"": data, "trigger": data["trigger"], "values": data["values"][0]}[place]
    at[name] = {"opens": _opens, "controls": _controls, "values.term": _term, "values.readings": _readings}.get(
        path, lambda old: value
    )(at.get(name))
    return data


def _opens(old: str) -> str:
    return OTHERWISE[old]


def _controls(old: list[str]) -> list[str]:
    """Somebody else."""
    return ["deputy"] if old == ["director"] else ["director"]


def _term(old: Any) -> Any:
    """The same way of counting, to another number or day."""
    kind, value = next(iter(old.items()))
    return {kind: value + 1 if isinstance(value, int) else "06-15"}


def _readings(old: list[str]) -> list[str]:
    """One of them less, or another one."""
    return old[:-1] or ["until-date"]


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """A rule as the loader has it from data."""

    def reading(rule: dict[str, Any], **of_file: Any) -> Rule:
        path = tmp_path / "deadlines.yaml"
        path.write_text(yaml.safe_dump(FILE | {"rules": [rule]} | of_file, allow_unicode=True), encoding="utf-8")
        shipped, table = load_regulation(), read_file(path).table(*FILE)
        frame = terms_loader.frame(table, shipped.readings, shipped.readings, shipped.roles)
        return terms_loader.rule(table["rules"].items()[0], frame)

    return reading


def result(rule: Rule, kind: str) -> Any:
    """What the panel makes of a rule, by kind."""
    if kind == "reference":
        return docs._rule(rule)
    if kind == "roles":
        return rule.enters, rule.controls, docs._rule(rule)
    return [_dated(rule, day, kind) for day in DAYS]


def _dated(rule: Rule, day: date, kind: str) -> Any:
    try:
        if kind == "due":
            return due_only(rule, day, WorkCalendar())
        return why(rule, compute_term(rule, day, WorkCalendar()), on=day).sentences()
    except NotInForceError as error:
        return str(error)


CHANGES = [
    pytest.param(rule, path, id=f"{rule}-{path}")
    for rule in duties.rules()
    for path in dict.fromkeys([*paths(SHIPPED[rule]), "acting_as", "values.valid_to", "values.clauses", "values.quote"])
    if EFFECTS.get(path, ("", ""))[1] not in ("binding", "opening")
]


@pytest.mark.parametrize(("rule", "path"), CHANGES)
def test_a_changed_field_changes_what_it_decides(read: Any, rule: str, path: str) -> None:
    assert path in EFFECTS, "a field of which no effect is known"
    kind = EFFECTS[path][1]
    assert result(read(changed(rule, path)), kind) != result(load_regulation().rules[rule], kind)


@pytest.mark.parametrize("name", [name for name in FILE if name != "rules"])
def test_a_changed_field_of_the_whole_file_changes_the_rules(read: Any, name: str) -> None:
    value, kind = OF_THE_FILE[name]
    shipped = load_regulation().rules["order-promotion"]
    assert result(read(SHIPPED[shipped.id], **{name: value}), kind) != result(shipped, kind)


@pytest.mark.parametrize("rule", duties.rules())
@pytest.mark.parametrize("path", [path for path, (_, kind) in EFFECTS.items() if kind == "binding"])
def test_what_the_code_does_not_do_is_refused_at_the_start(read: Any, rule: str, path: str) -> None:
    duty, other = duties.duty_of(rule), read(changed(rule, path))
    if path == "id":
        assert other.id not in duty.rules
        assert other.id not in load_regulation().rules
        return
    with pytest.raises(ValueError, match=f"Правило «{rule}»: "):
        duties.check(duty, other)


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    """A small school in which each rule is owed."""
    engine, world = create_engine("sqlite://", poolclass=StaticPool), World()
    Record.metadata.create_all(engine)
    world.region()
    year = world.year(world.school(), 2025)
    for grade in (1, 10):
        school_class = world.school_class(year, grade)
        world.member(world.pupil(1), school_class, date(2025, 9, 1))
        for kind in (OrderKind.DEPARTURE, OrderKind.ENROLMENT, OrderKind.ENROLMENT_1):
            order = world.order(year, kind, decision=date(2026, 2, 2))
            world.line(order, 1, school_class, date(2026, 2, 2), date(2026, 2, 3))
    with engine.connect() as connection:
        world.store(connection)
        yield connection
    engine.dispose()


def opened(connection: Connection, rule: str) -> Any:
    """The days on which what is owed there opens, or that the code knows no such opening."""
    duty = duties.duty_of(rule)
    try:
        duties.check(duty, load_regulation().rules[rule])
    except ValueError as error:
        return str(error)
    given = {"on": date(2027, 1, 1), "since": date(2020, 1, 1)}
    selects = duty.selects({rule}, Within(), None)
    return sorted(str(row.opens_on) for one in selects for row in connection.execute(one, given) if row.rule == rule)


@pytest.mark.parametrize("rule", duties.rules())
def test_another_opening_is_refused_or_counted_from(
    monkeypatch: pytest.MonkeyPatch, read: Any, connection: Connection, rule: str
) -> None:
    shipped, before = load_regulation(), opened(connection, rule)
    assert isinstance(before, list)
    other = replace(shipped, rules=dict(shipped.rules) | {rule: read(changed(rule, "opens"))})
    monkeypatch.setattr(loader, "_default", lambda: other)
    assert opened(connection, rule) not in (before, [])
