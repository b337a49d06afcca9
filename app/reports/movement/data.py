"""What a form is given to print. Everything a page shows, times and names included, stands here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Level = Literal["school", "municipality", "region"]


@dataclass(frozen=True)
class FormRow:
    """Counts of one school, municipality or rule. `share` is of 1; `None` when there is nothing to count."""

    title: str
    total: int
    on_time: int
    late: int
    pending: int
    overdue: int
    not_applicable: int
    share: float | None
    subtotal: bool = False
    """A municipality above its schools: printed strong, not numbered, kept with the next row."""
    note: str = ""
    """Under the title: who answers there."""


@dataclass(frozen=True)
class ListedItem:
    """One obligation not fulfilled in time. `entered` None: not entered to this day. `days` are calendar days."""

    rule_title: str
    clause: str
    subject: str
    event: date | None
    due: date
    days: int
    basis: str
    """Why the term ends on that day, with what was corrected or contradicts."""
    entered: date | None = None


@dataclass(frozen=True)
class SchoolList:
    """What one school did not enter, or entered late; `responsible` is who answers for it there."""

    organisation: str
    responsible: str
    items: tuple[ListedItem, ...]


@dataclass(frozen=True)
class Annex:
    """The two lists of the form; of the region's form each municipality has its own, named by `title`."""

    title: str
    missing: tuple[SchoolList, ...]
    late: tuple[SchoolList, ...]


@dataclass(frozen=True)
class Signatory:
    """Who signs: the full post, and the name where it is known."""

    post: str
    name: str = ""


@dataclass(frozen=True)
class MovementForm:
    """«Мониторинг …» of a school, a municipality or the region: how the terms of some duties are kept."""

    title: str
    subject: str
    """What is monitored, under the title."""
    rows_title: str
    row_head: str
    """What the rows by rule are called."""
    authority: str
    """The full official name of whoever issues the form."""
    organisation: str
    level: Level
    period_from: date
    period_to: date
    as_of: date
    printed_at: datetime
    printed_by: str
    printed_by_role: str
    clause: str
    rule_rows: tuple[FormRow, ...]
    totals: FormRow
    org_rows: tuple[FormRow, ...] = ()
    annexes: tuple[Annex, ...] = ()
    signatories: tuple[Signatory, ...] = ()
    executor: str = ""
    """Who compiled it, and the telephone at which he is asked."""
    corrections: str = ""
    """How many corrections touch the numbers, and how many wait."""
    notes: tuple[str, ...] = ()
    forecast: bool = False
    """The day is still to come: the numbers hold if nothing more is entered."""
    responsible: str = ""
    """Who answers in the school of the form."""
    start: str = ""
    """From which day records are kept here: nothing due before it is counted."""
    basis: str = ""
    """The act the form rests on, printed above the title."""

    def __post_init__(self) -> None:
        if self.printed_at.tzinfo is None:
            raise ValueError("printed_at needs a time zone: a form says when it was printed where.")


def listed_in(lists: Iterable[tuple[SchoolList, ...]]) -> int:
    """How many obligations stand in these lists."""
    return sum(len(school.items) for each in lists for school in each)
