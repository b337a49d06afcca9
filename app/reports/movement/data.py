"""What a form is given to print. Everything a page shows, times and names included, stands here."""

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
class OverdueItem:
    """One obligation not fulfilled in time, with the reason in words. `entered` None: not entered to this day."""

    organisation: str
    rule_title: str
    clause: str
    subject: str
    event: date | None
    due: date
    days: int
    reason: str
    responsible: str
    entered: date | None = None


@dataclass(frozen=True)
class MovementForm:
    """«Мониторинг движения обучающихся» of a school, a municipality or the region."""

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
    overdue: tuple[OverdueItem, ...] = ()
    overdue_total: int = 0
    signatories: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    forecast: bool = False
    """The day is still to come: the numbers hold if nothing more is entered."""
    responsible: str = ""
    """Who answers in the school of the form."""
    basis: str = ""
    """The act the form rests on, printed above the title."""

    def __post_init__(self) -> None:
        if self.printed_at.tzinfo is None:
            raise ValueError("printed_at needs a time zone: a form says when it was printed where.")
        if self.overdue_total < len(self.overdue):
            raise ValueError("overdue_total counts the listed items and those left out.")
