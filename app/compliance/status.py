"""How an obligation stands on a date: one definition for a record, a table and a form."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

Told = Mapping[str, Mapping[str, int]]
"""Rule → status → number."""


class Status(StrEnum):
    ON_TIME = "on_time"
    LATE = "late"
    PENDING = "pending"
    OVERDUE = "overdue"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Status.ON_TIME: "в срок",
    Status.LATE: "с опозданием",
    Status.PENDING: "ожидается",
    Status.OVERDUE: "просрочено",
    Status.NOT_APPLICABLE: "не применимо",
}


def judge(due: date, evidence: date | None, on: date) -> tuple[Status, int]:
    """Status of an obligation on the date `on`, and calendar days: late, left, overdue; 0 when on time.

    The due date itself is in time. Evidence entered after `on` was not there yet, so it counts as none. Whether an
    obligation applies at all is the caller's to know: NOT_APPLICABLE is never returned.
    """
    if evidence is not None and evidence <= on:
        late = (evidence - due).days
        return (Status.LATE, late) if late > 0 else (Status.ON_TIME, 0)
    left = (due - on).days
    return (Status.PENDING, left) if left >= 0 else (Status.OVERDUE, -left)


def share(on_time: int, late: int, overdue: int) -> float | None:
    """Share on time, from 0 to 1; None is «нет данных»: with nothing due there is neither success nor failure."""
    judged = on_time + late + overdue
    return on_time / judged if judged else None


def differing(rules: Iterable[str], before: Told, after: Told) -> dict[str, dict[str, dict[str, int]]]:
    """The rules whose numbers are others, with every status, as a correction keeps its effect."""
    return {
        rule: {
            name: {status.value: told.get(rule, {}).get(status.value, 0) for status in Status}
            for name, told in (("before", before), ("after", after))
        }
        for rule in rules
        if before.get(rule, {}) != after.get(rule, {})
    }
