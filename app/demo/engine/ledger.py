"""What was planted: every obligation and how it stands, known from the planting and not from any query."""

from collections import Counter, defaultdict
from datetime import date

Counts = dict[tuple[str, str], Counter[str]]


class Ledger:
    """Counts obligations by (school code, rule) and status as of one day."""

    def __init__(self, on: date) -> None:
        self.on = on
        self.counts: Counts = defaultdict(Counter)

    def judged(self, school: str, rule: str, opens: date, due: date, evidence: date | None) -> None:
        """An obligation met on `evidence` or not at all. One that has not opened yet is counted nowhere."""
        if opens <= self.on:
            self.counts[school, rule][self._status(due, evidence)] += 1

    def not_applicable(self, school: str, rule: str, opens: date) -> None:
        if opens <= self.on:
            self.counts[school, rule]["not_applicable"] += 1

    def held(self, school: str, rule: str, due: date, entered: date) -> None:
        """Of what was missing: an act of that day set it aside, so it stands late from the day on."""
        self.counts[school, rule]["overdue"] -= 1
        self.counts[school, rule][self._status(due, entered)] += 1

    def released(self, school: str, rule: str) -> None:
        """What was held is confirmed: nothing is owed."""
        counts = self.counts[school, rule]
        counts["not_applicable"] += 1
        counts["late"] -= 1
        self.counts[school, rule] = +counts  # without a zero, as the engine tells them

    def _status(self, due: date, evidence: date | None) -> str:
        if evidence is None:
            return "pending" if self.on <= due else "overdue"
        return "on_time" if evidence <= due else "late"

    def totals(self) -> dict[str, Counter[str]]:
        """The region's counts by rule."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for (_, rule), counts in sorted(self.counts.items()):
            found[rule].update(counts)
        return dict(found)
