"""Records that a confirmed correction set right, from the day of its confirmation on (deadlines.md, Entries 4).

One sparse relation beside the entries: what a record is judged by instead of the entries made until it was asked for,
whether it counts nowhere, whether it counts as never withdrawn.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Exists,
    Select,
    Subquery,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)

from app.compliance.status import Status
from app.compliance.within import ON
from app.models.engine.entries import CorrectedTo, corrected_entry
from app.models.monitoring.corrections import Correction, CorrectionKind, CorrectionState
from app.russian import format_date

CORRECTED, CORRECTION = corrected_entry, Correction.__table__
FREED = -1
"""What the column `exempt` of a fact holds of a record that counts nowhere."""


@dataclass(frozen=True)
class Entry:
    """What was entered of a judged record, on which local day and by whom, and until when that stood."""

    trigger: date
    entered_on: date
    author: str
    entered_at: datetime
    """Of a corrected one the instant up to which it takes the place of others."""
    until_on: date | None = None
    """None: it stands."""
    row: int = 0
    """Of which record: one that came in place of another has entries of its own."""
    alone: bool = False
    """It came in place of another one and is read to count alone."""
    corrected: bool = False

    @property
    def stands(self) -> bool:
        return self.until_on is None and not self.corrected


@dataclass(frozen=True)
class Corrected:
    """A correction of a record, and what its confirmation makes of the record, if anything."""

    id: int
    kind: CorrectionKind
    asked_on: date
    state: CorrectionState
    decided_on: date | None
    decided_by: str | None
    reason: str
    effect: dict[str, Any] | None
    """Rule → the school's numbers before and after its confirmation."""
    corrected: CorrectedTo | None
    entry: Entry | None
    """By which it is judged since; of two corrections the later one holds."""

    def holds(self, on: date) -> bool:
        return self.state is CorrectionState.CONFIRMED and self.decided_on is not None and self.decided_on <= on

    def told(self, on: date) -> str:
        """How it stood on a day: «опечатка в дате, запрошено 05.03.2026, подтверждено 06.03.2026 (Иванова А. А.)»."""
        said = f"{self.kind.title_ru}, запрошено {format_date(self.asked_on)}"
        if self.decided_on is None or self.decided_on > on:
            return f"{said}, ждёт подтверждения"
        decided = f"{self.state.title_ru} {format_date(self.decided_on)} ({self.decided_by}): {self.reason}"
        changed = f"; показатели школы: {', '.join(self._changed())}" if self.effect and self._changed() else ""
        return f"{said}, {decided}{changed}"

    def _changed(self) -> list[str]:
        """«с опозданием 3 → 2», of each number that its confirmation changed."""
        numbers = (self.effect or {}).values()
        return [
            f"{status.label} {each['before'][status]} → {each['after'][status]}"
            for each in numbers
            for status in Status
            if each["before"][status] != each["after"][status]
        ]


def freed_words(corrections: Iterable[Corrected]) -> str:
    """Why a record that was freed counts nowhere."""
    kinds = (each.kind.title_ru for each in corrections if each.corrected is CorrectedTo.FREED)
    return f"исправление – {next(kinds, 'запись не считается')}"


def set_right(subject: str) -> Select[tuple[int]]:
    """The records of a table that a correction has set right: few."""
    return select(CORRECTED.c.subject_id).where(CORRECTED.c.subject == subject)


def judged_by(subject: str) -> Subquery:
    """(subject_id, trigger_on, entered_on, until_at): by what each is judged on `:on`, by the latest correction."""
    known = CORRECTED.c.subject == subject, CORRECTED.c.corrected == CorrectedTo.ENTRY, CORRECTED.c.since_on <= ON
    latest = select(func.max(CORRECTED.c.id)).where(*known).group_by(CORRECTED.c.subject_id)
    columns = CORRECTED.c.subject_id, CORRECTED.c.trigger_on, CORRECTED.c.entered_on, CORRECTED.c.until_at
    return select(*columns).where(CORRECTED.c.id.in_(latest)).subquery("judged_by")


def is_set(subject: str, subject_id: ColumnElement[Any], to: CorrectedTo) -> Exists:
    """Whether a correction known on `:on` has freed the record, or made it stand."""
    mine = and_(CORRECTED.c.subject == subject, CORRECTED.c.subject_id == subject_id)
    return exists().where(mine, CORRECTED.c.corrected == to, CORRECTED.c.since_on <= ON)


def corrections_of(
    connection: Connection, tables: Collection[str], keys: Collection[int]
) -> dict[tuple[str, int], list[Corrected]]:
    """(table, number) → the corrections about these records of these tables: one query, however many."""
    found: dict[tuple[str, int], list[Corrected]] = defaultdict(list)
    if tables and keys:
        rows = connection.execute(_corrections(), {"tables": sorted(tables), "keys": sorted(keys)})
        for table, key, *asked, trigger, entered_on, author, until_at in rows:
            is_entry = asked[-1] is CorrectedTo.ENTRY
            entry = Entry(trigger, entered_on, author, until_at, corrected=True) if is_entry else None
            found[table, key].append(Corrected(*[*asked, entry]))
    return found


def _corrections() -> Select[Any]:
    tables: Any = bindparam("tables", expanding=True)
    keys: Any = bindparam("keys", expanding=True)
    key = func.coalesce(CORRECTED.c.subject_id, CORRECTION.c.subject_id)
    asked = CORRECTION.c.id, CORRECTION.c.kind, CORRECTION.c.entered_on, CORRECTION.c.state
    decided = CORRECTION.c.decided_on, CORRECTION.c.decided_by, CORRECTION.c.reason, CORRECTION.c.effect
    made = CORRECTED.c.corrected, CORRECTED.c.trigger_on, CORRECTED.c.entered_on, CORRECTED.c.entered_by
    return (
        select(CORRECTION.c.subject, key, *asked, *decided, *made, CORRECTED.c.until_at)
        .join_from(CORRECTION, CORRECTED, CORRECTED.c.correction_id == CORRECTION.c.id, isouter=True)
        .where(
            CORRECTION.c.subject.in_(tables),
            or_(CORRECTION.c.subject_id.in_(keys), CORRECTION.c.other_id.in_(keys)),
            key.in_(keys),
        )
        .order_by(CORRECTED.c.id, CORRECTION.c.id)
    )
