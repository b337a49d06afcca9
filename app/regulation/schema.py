"""What the regulation's data means once read: immutable records, no file format, no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from .rights import Action, Scope


class Basis(StrEnum):
    """Whether clause 3.3 names the right itself, or it follows from the duty to lead or control."""

    TEXT = "text"
    DERIVED = "derived"


class Shape(StrEnum):
    """R: one obligation a record · E: an obligation that may be missing · Y: once a school year for each school."""

    RECORD = "R"
    EXPECTED = "E"
    YEARLY = "Y"


class TermKind(StrEnum):
    """How a due date follows from an event; the unit is working days unless the name says otherwise."""

    WORKING_DAYS_AFTER = "working_days_after"
    NEXT_CALENDAR_DAY = "next_calendar_day"
    FIXED_DATE = "fixed_date"
    WEEKS_BEFORE = "weeks_before"
    WORKING_DAYS_BEFORE = "working_days_before"
    SAME_DAY = "same_day"


class Governs(StrEnum):
    """What a reading decides: where the count ends, what becomes of an end that is not a working day, or the ground:
    who owes, from which day and by which rule (the binding of the rule knows the options by their ids)."""

    BOUNDARY = "boundary"
    ROLL = "roll"
    GROUND = "ground"


class Roll(StrEnum):
    FORWARD = "forward"
    BACK = "back"
    NONE = "none"


class OpeningKind(StrEnum):
    """When an obligation begins to count: on its trigger, on its due day (a term before the event), at the end of the
    last study period, or on a set day."""

    TRIGGER = "trigger"
    DUE = "due"
    YEAR_END = "year_end"
    DAY = "day"


class OwedFrom(StrEnum):
    """What of a duty may not lie before its school began to keep its records here: its due day, or already the day on
    which what it is owed for began."""

    DUE = "due"
    TRIGGER = "trigger"


@dataclass(frozen=True, slots=True, order=True)
class MonthDay:
    month: int
    day: int

    def school_year(self, when: date) -> int:
        """The calendar year in which the school year holding `when` begins, if it begins on this day."""
        return when.year if (when.month, when.day) >= (self.month, self.day) else when.year - 1

    def within(self, school_year: int, starts: "MonthDay") -> date:
        """This day inside the school year that begins in `school_year` on `starts`."""
        return date(school_year if self >= starts else school_year + 1, self.month, self.day)


@dataclass(frozen=True, slots=True)
class YearEnd:
    """The last day of study of some grades (none: of all the others) where a school made no study periods."""

    day: MonthDay
    grades: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """By which the region's own day of these grades is stored."""
        return ",".join(map(str, self.grades)) or "others"

    @property
    def title(self) -> str:
        return f"{' и '.join(map(str, self.grades))} классы" if self.grades else "остальные классы"


@dataclass(frozen=True, slots=True)
class Option:
    """One way to read a text: `shift` moves the boundary (days of the term's own unit, negative is earlier).

    `day_off` says where a moved boundary rolls off a day off, in place of the reading of rolling (which may forbid it);
    with `event_day` the event's own day counts, if it is a working one.
    """

    id: str
    title: str
    shift: int = 0
    roll: Roll = Roll.NONE
    day_off: Roll = Roll.NONE
    event_day: bool = False
    working_days: bool = False
    """The days of a term in calendar days are read as working ones."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An ambiguous wording, its possible readings and the one taken unless the school authority chose another."""

    id: str
    title: str
    governs: Governs
    basis: str
    default: str
    options: Mapping[str, Option]

    def chosen(self, choices: Mapping[str, str] | None) -> Option:
        """The option named in `choices` (reading id → option id) or the default.

        Raises LookupError when the choice names an option that this reading does not have.
        """
        wanted = (choices or {}).get(self.id, self.default)
        if wanted not in self.options:
            raise LookupError(f"У чтения «{self.id}» нет варианта «{wanted}»; есть: {', '.join(self.options)}")
        return self.options[wanted]


@dataclass(frozen=True, slots=True)
class Unread:
    """An ambiguous wording of which nothing is chosen yet: the panel keeps no data that tells its readings apart."""

    id: str
    title: str
    basis: str
    rules: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class RuleValue:
    """What a rule says in a period of validity (both ends included; `valid_to` None is open).

    `number` counts working days, calendar days or weeks as `kind` says; `day` is set for a fixed date only.
    """

    valid_from: date
    valid_to: date | None
    clauses: tuple[str, ...]
    quote: str
    kind: TermKind
    number: int
    day: MonthDay | None
    readings: tuple[Reading, ...]

    def covers(self, when: date) -> bool:
        return self.valid_from <= when and (self.valid_to is None or when <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Trigger:
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Opening:
    """`day` is set for kind DAY alone, and means that day before the school year begins."""

    kind: OpeningKind
    day: MonthDay | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One of the regulation's terms. `clauses` and `quote` are those of the rule; a dated value may carry its own."""

    id: str
    title: str
    clauses: tuple[str, ...]
    quote: str
    shape: Shape
    trigger: Trigger
    opens: Opening
    evidence: str
    enters: tuple[str, ...]
    acting_as: str | None
    owed_from: OwedFrom
    back_within: int | None
    """Days after the due day: who has left by it and is back within them owes all the same."""
    controls: tuple[str, ...]
    supervisors: tuple[str, ...]
    year_starts: MonthDay
    year_ends: tuple[YearEnd, ...]
    values: tuple[RuleValue, ...]

    @property
    def opens_when_due(self) -> bool:
        """Before its due day it is counted nowhere."""
        return self.opens.kind is OpeningKind.DUE

    @property
    def spares_what_began_before(self) -> bool:
        """Nothing is owed for what began before the start of use, though it be due after it."""
        return self.owed_from is OwedFrom.TRIGGER


@dataclass(frozen=True, slots=True)
class ResourceRow:
    """A row of clause 3.3's table: what a right is about, in the users' words, and its clause."""

    code: str
    title: str
    clause: str
    group: str
    closed: bool = False
    """Nothing of such a record, not even its name, is told to who has no right on it."""
    reserved: frozenset[Action] = frozenset()
    """What a school gives to no role that the regulation does not give it to."""
    held: frozenset[tuple[str, Action]] = frozenset()
    """(role, action) that a school takes from nobody: oversight is not switched off from below."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Actions on a resource, whose rows (several add up), and the clause it stands on (None for the operator alone)."""

    resource: str
    actions: tuple[Action, ...]
    scopes: frozenset[Scope]
    clause: str | None
    basis: Basis


@dataclass(frozen=True, slots=True)
class Role:
    """Who may act. `scope` is how far the role as a whole sees, `rows` what a grant reaches that names no rows."""

    code: str
    title: str
    clause: str | None
    scope: Scope
    rows: Scope
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class Exclusive:
    """A right that only `role` may ever hold."""

    resource: str
    action: Action
    role: str
    clause: str


@dataclass(frozen=True, slots=True)
class Responsible:
    role: str
    clause: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """A point of Annex 1; `text` is None while the ministry's text has not been provided."""

    point: int
    text: str | None
    responsible: tuple[Responsible, ...]

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(one.role for one in self.responsible)


@dataclass(frozen=True, slots=True)
class MonitoringLevel:
    id: str
    title: str
    role: str
    clause: str


@dataclass(frozen=True, slots=True)
class Monitoring:
    """A line of the monitoring plan; `dates` and `threshold` are None until the user sets them (Annex 2 is absent)."""

    id: str
    title: str
    levels: tuple[MonitoringLevel, ...]
    clause: str
    rules: tuple[str, ...]
    label: str
    valid_from: date
    valid_to: date | None
    dates: str | None
    threshold: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Regulation:
    """The whole regulation; mappings are read-only and keep the order of the files."""

    roles: Mapping[str, Role]
    operator: Role
    exclusive: Mapping[tuple[str, Action], Exclusive]
    resources: Mapping[str, ResourceRow]
    readings: Mapping[str, Reading]
    unread: Mapping[str, Unread]
    rules: Mapping[str, Rule]
    requirements: tuple[Requirement, ...]
    monitoring: tuple[Monitoring, ...]

    @property
    def year_starts(self) -> MonthDay:
        """The day on which the school year of every rule begins."""
        return next(iter(self.rules.values())).year_starts

    @property
    def year_ends(self) -> tuple[YearEnd, ...]:
        """The last days of study by default, of every rule."""
        return next(iter(self.rules.values())).year_ends
