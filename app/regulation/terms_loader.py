"""Reads readings.yaml and the rules of deadlines.yaml."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from types import MappingProxyType

from .nodes import Table, Value
from .schema import (
    Governs,
    MonthDay,
    Opening,
    OpeningKind,
    Option,
    OwedFrom,
    Reading,
    Roll,
    Rule,
    RuleValue,
    Shape,
    TermKind,
    Trigger,
    Unread,
    YearEnd,
)

# Which readings make sense for a kind of term: a count of working days never ends on a day off, so it cannot roll.
_OPEN_TO = {
    TermKind.WORKING_DAYS_AFTER: {Governs.BOUNDARY},
    TermKind.WORKING_DAYS_BEFORE: {Governs.BOUNDARY},
    TermKind.NEXT_CALENDAR_DAY: {Governs.BOUNDARY, Governs.ROLL},
    TermKind.FIXED_DATE: {Governs.BOUNDARY, Governs.ROLL},
    TermKind.WEEKS_BEFORE: {Governs.BOUNDARY, Governs.ROLL},
    TermKind.SAME_DAY: {Governs.ROLL},
}
_ONE_OF_A_KIND = {Governs.BOUNDARY, Governs.ROLL}
"""Of these a term has one reading; of its ground several may be read."""
_RULE_TEXTS = ("id", "title", "clauses", "quote", "evidence")
_RULE_KEYS = (*_RULE_TEXTS, "shape", "trigger", "opens", "enters", "controls", "values")
_TEACHER_FUNCTIONS = ("subject_teacher", "class_teacher")
_MAX_SHIFT = 31


@dataclass(frozen=True, slots=True)
class Frame:
    """What every rule of the file shares or may refer to; `reading_ids` holds the broken readings' ids too."""

    year_starts: MonthDay
    year_ends: tuple[YearEnd, ...]
    supervisors: tuple[str, ...]
    readings: Mapping[str, Reading]
    reading_ids: Collection[str]
    roles: list[str]


def frame(file: Table, readings: Mapping[str, Reading], reading_ids: Collection[str], roles: Collection[str]) -> Frame:
    known = sorted(roles)
    starts, supervisors = file["school_year_starts"].month_day(), _roles(file["supervisors"], known)
    return Frame(starts, file.get("year_ends", _year_ends, ()), supervisors, readings, sorted(reading_ids), known)


def _year_ends(value: Value) -> tuple[YearEnd, ...]:
    found = [_year_end(item) for item in value.items()]
    if [bool(one.grades) for one in found] != [True] * (len(found) - 1) + [False]:
        value.fail("year_ends: последняя запись – без grades, для остальных классов; у других grades есть")
    return tuple(found)


def _year_end(value: Value) -> YearEnd:
    table = value.table("day", optional=("grades",))
    return YearEnd(table["day"].month_day(), table.get("grades", _grades, ()))


def _grades(value: Value) -> tuple[int, ...]:
    return tuple(item.number(1, 11) for item in value.items())


def reading(value: Value) -> Reading:
    table = value.table("id", "title", "governs", "basis", "default", "options")
    governs = table["governs"].member(Governs)
    options: dict[str, Option] = {}
    for item in table["options"].items():
        option = _option(item, governs)
        if option.id in options:
            item.fail(f"id «{option.id}» уже есть выше")
        options[option.id] = option
    default = table["default"].one_of(options, "имя варианта")
    return Reading(
        table["id"].text(), table["title"].text(), governs, table["basis"].text(), default, MappingProxyType(options)
    )


def _option(value: Value, governs: Governs) -> Option:
    if governs is Governs.GROUND:
        table = value.table("id", "title")
        return Option(table["id"].text(), table["title"].text())
    if governs is Governs.ROLL:
        table = value.table("id", "title", "roll")
        return Option(table["id"].text(), table["title"].text(), roll=table["roll"].member(Roll))
    table = value.table("id", "title", "shift", optional=("day_off", "event_day", "days"))
    return Option(
        table["id"].text(),
        table["title"].text(),
        shift=table["shift"].number(-_MAX_SHIFT, _MAX_SHIFT),
        day_off=table.get("day_off", lambda one: one.member(Roll), Roll.NONE),
        event_day=table.get("event_day", lambda one: one.one_of(["counts"], "слово") == "counts", False),
        working_days=table.get("days", lambda one: one.one_of(["working"], "слово") == "working", False),
    )


def unread(value: Value, rule_ids: Collection[str]) -> Unread:
    table = value.table("id", "title", "basis", "rules", "why")
    rules = tuple(item.one_of(sorted(rule_ids), "имя правила") for item in table["rules"].items())
    named = table["id"].text(), table["title"].text(), table["basis"].text()
    return Unread(*named, rules, table["why"].text())


def rule(value: Value, frame: Frame) -> Rule:
    table = value.table(*_RULE_KEYS, optional=("acting_as", "owed_from", "back_within"))
    clauses, quote = _clauses(table["clauses"]), table["quote"].text()
    trigger = table["trigger"].table("id", "title")
    return Rule(
        id=table["id"].text(),
        title=table["title"].text(),
        clauses=clauses,
        quote=quote,
        shape=table["shape"].member(Shape),
        trigger=Trigger(trigger["id"].text(), trigger["title"].text()),
        opens=_opening(table["opens"]),
        evidence=table["evidence"].text(),
        enters=_roles(table["enters"], frame.roles),
        acting_as=table.get("acting_as", lambda one: one.one_of(_TEACHER_FUNCTIONS), None),
        owed_from=table.get("owed_from", lambda one: one.member(OwedFrom), OwedFrom.DUE),
        back_within=table.get("back_within", Value.number, None),
        controls=_roles(table["controls"], frame.roles),
        supervisors=frame.supervisors,
        year_starts=frame.year_starts,
        year_ends=frame.year_ends,
        values=_values(table["values"], clauses, quote, frame),
    )


def _clauses(value: Value) -> tuple[str, ...]:
    return tuple(item.clause() for item in value.items())


def _roles(value: Value, known: list[str]) -> tuple[str, ...]:
    return tuple(item.one_of(known, "имя роли") for item in value.items())


def _opening(value: Value) -> Opening:
    if value.text() in (OpeningKind.TRIGGER, OpeningKind.DUE, OpeningKind.YEAR_END):
        return Opening(OpeningKind(value.text()))
    return Opening(OpeningKind.DAY, value.month_day())


def _values(value: Value, clauses: tuple[str, ...], quote: str, frame: Frame) -> tuple[RuleValue, ...]:
    """Dated values in order of time; two that hold on the same day are an error."""
    items = value.items()
    dated = sorted(((_value(item, clauses, quote, frame), item) for item in items), key=lambda one: one[0].valid_from)
    for (earlier, _), (later, item) in pairwise(dated):
        if earlier.valid_to is None or later.valid_from <= earlier.valid_to:
            item.fail(
                f"сроки действия пересекаются: значение с {earlier.valid_from:%d.%m.%Y} ещё действует "
                f"{later.valid_from:%d.%m.%Y}"
            )
    return tuple(one for one, _ in dated)


def _value(value: Value, clauses: tuple[str, ...], quote: str, frame: Frame) -> RuleValue:
    table = value.table("valid_from", "term", "readings", optional=("valid_to", "clauses", "quote"))
    valid_from, valid_to = validity(table)
    kind, number, day = _term(table["term"])
    return RuleValue(
        valid_from=valid_from,
        valid_to=valid_to,
        clauses=table.get("clauses", _clauses, clauses),
        quote=table.get("quote", Value.text, quote),
        kind=kind,
        number=number,
        day=day,
        readings=_readings(table["readings"], kind, frame),
    )


def validity(table: Table) -> tuple[date, date | None]:
    """The keys valid_from and valid_to of an entry, in order."""
    valid_from = table["valid_from"].date()
    valid_to = table.get("valid_to", Value.date, None)
    if valid_to is not None and valid_to < valid_from:
        table["valid_to"].fail(f"valid_to {valid_to:%d.%m.%Y} раньше valid_from {valid_from:%d.%m.%Y}")
    return valid_from, valid_to


def _term(value: Value) -> tuple[TermKind, int, MonthDay | None]:
    if value.is_scalar:
        return TermKind(value.one_of([TermKind.SAME_DAY], "слово")), 0, None
    pairs = value.pairs()
    kinds = [kind.value for kind in TermKind if kind is not TermKind.SAME_DAY]
    if len(pairs) != 1 or next(iter(pairs)) not in kinds:
        value.fail(f"term: нужен ровно один ключ из: {', '.join(kinds)}")
    name, argument = next(iter(pairs.items()))
    if name == TermKind.FIXED_DATE:
        return TermKind.FIXED_DATE, 0, argument.month_day()
    return TermKind(name), argument.number(), None


def _readings(value: Value, kind: TermKind, frame: Frame) -> tuple[Reading, ...]:
    found: list[Reading] = []
    for item in value.items():
        one = frame.readings.get(item.one_of(frame.reading_ids, "имя чтения"))
        if one is None:  # declared but broken: told where it stands
            continue
        if one.governs not in _OPEN_TO[kind] | {Governs.GROUND}:
            item.fail(f"readings: чтение «{one.id}» ({one.governs}) не подходит к сроку {kind}")
        same = next((each for each in found if each.governs is one.governs in _ONE_OF_A_KIND), None)
        if same is not None:
            item.fail(f"readings: «{one.id}» и «{same.id}» решают одно и то же ({one.governs})")
        found.append(one)
    return tuple(found)
