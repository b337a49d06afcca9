"""Which readings of the regulation hold: the region's choice for each school year, else the defaults.

A choice is an act of the region and holds for every trigger of its school year, whenever it was entered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, select

from app.models.monitoring import ReadingChoice
from app.regulation import load_regulation
from app.regulation.schema import Governs, Rule
from app.russian import format_date, school_year

CHOICE = ReadingChoice.__table__
BY_CLASS = ("whose-working-days", "class")
"""The reading, and of its options the one by which the working days of a class count, not those of the office."""


class Choice(NamedTuple):
    """For a school year (by the calendar year it begins in), of a reading, an option."""

    start_year: int
    reading: str
    option: str


@dataclass(frozen=True)
class Readings:
    """The choices made, and for each the act and who entered it."""

    choices: tuple[Choice, ...] = ()
    acts: Mapping[tuple[int, str], str] = field(default_factory=dict, compare=False)

    def of(self, rule: Rule, event: date) -> dict[str, str]:
        """Reading → option for an event of a rule."""
        return self.in_year(rule.year_starts.school_year(event))

    def in_year(self, start_year: int) -> dict[str, str]:
        return {each.reading: each.option for each in self.choices if each.start_year == start_year}

    @property
    def of_grounds(self) -> frozenset[Choice]:
        """Those that decide who owes, from which day and by which rule, where they are not the default."""
        known = load_regulation().readings
        return frozenset(
            each
            for each in self.choices
            if (one := known.get(each.reading)) and one.governs is Governs.GROUND and each.option != one.default
        )

    def counts_by_class(self, rule: Rule) -> bool:
        """Whether in some school year its days are those of the class."""
        reads = any(one.id == BY_CLASS[0] for value in rule.values for one in value.readings)
        return reads and any(each[1:] == BY_CLASS for each in self.choices)

    def decisions(self, rule: Rule, event: date) -> dict[str, str]:
        """Reading → «выбрано на 2026/27: акт № 5 от 01.09.2026, Иванова Анна»."""
        year = rule.year_starts.school_year(event)
        return {reading: text for (start, reading), text in self.acts.items() if start == year}

    def instead(self, choice: Choice) -> "Readings":
        """The same with another choice for a year: what it would change."""
        others = (each for each in self.choices if each[:2] != choice[:2])
        return replace(self, choices=(*others, choice))


DEFAULTS = Readings()


def readings_of(connection: Connection) -> Readings:
    """The choices stored."""
    columns = CHOICE.c.start_year, CHOICE.c.option, CHOICE.c.act_number, CHOICE.c.act_date, CHOICE.c.entered_by
    choices, acts = [], {}
    for start, option, number, day, author in connection.execute(select(*columns).order_by(CHOICE.c.id)):
        reading, _, name = option.partition(":")
        choices.append(Choice(start, reading, name))
        acts[start, reading] = f"выбрано на {school_year(start)}: акт № {number} от {format_date(day)}, {author}"
    return Readings(tuple(choices), acts)
