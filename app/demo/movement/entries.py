"""Dates typed wrong and corrected some days later: both entries are kept, the worse of them is the verdict."""

from datetime import date

from app.compliance.terms import due_function
from app.demo.engine.ledger import Ledger
from app.demo.engine.plan import DAY, Plan
from app.demo.engine.rows import Clerk, Row, Rows, stamp_of
from app.demo.territory import Site
from app.models.engine.entries import EntryEnd, past_entry
from app.regulation import WorkCalendar, load_regulation

MISTYPED = (-30, -7, -1, 1)
"""Days from the true date to the one that was typed first: another month, another week, a digit."""
LONGEST = 5
"""The most working days after which the mistake is found."""

Typed = tuple[date, date]
"""A date and the day on which it was entered."""


class Entries:
    """How each line that is owed by itself was entered, once or twice, and how it stands by that."""

    def __init__(self, rows: Rows, plan: Plan, site: Site, days: WorkCalendar, clerk: Clerk, ledger: Ledger) -> None:
        self._rows, self._plan, self._site, self._days = rows, plan, site, days
        self._clerk, self._ledger = clerk, ledger
        self._rng = plan.rng("entries", site.number)
        self._rules = load_regulation().rules

    def judged(self, rule: str, line: Row, day: date, column: str) -> None:
        """Plant the verdict of a line whose term runs from `day`, which stands in that column of it or of its order."""
        entries = [(day, line["entered_on"])]
        again = self._days.nth_after(line["entered_on"], self._rng.randint(1, LONGEST))
        typed = day + self._rng.choice(MISTYPED) * DAY
        if self._rng.random() < self._site.discipline.mistyped and again <= self._plan.horizon:
            entries.append((day, again))
            entries[0] = (typed, line["entered_on"])
            self._enter_again(line, column, typed, again)
        due = due_function(self._rules[rule], self._days)
        opens, entered = max(entries, key=lambda entry: (entry[1] - due(entry[0])).days)
        self._ledger.judged(self._site.code, rule, opens, due(opens), entered)

    def _enter_again(self, line: Row, column: str, typed: date, again: date) -> None:
        stamp = self._clerk.stamp(again)
        until = {"until_at": stamp["entered_at"], "until_on": again, "ended_by": self._clerk.name}
        values = {
            "subject": "movement_line",
            "subject_id": line["id"],
            "school_id": line["school_id"],
            "trigger_on": typed,
            "trigger": {column: str(typed)} | ({"to_class_id": line["to_class_id"]} if line["to_class_id"] else {}),
            "ended_by_id": self._clerk.account_id,
            "ended": EntryEnd.CHANGED,
        }
        self._rows.add(past_entry, values | until | stamp_of(line))
        line |= stamp | {"changed_at": stamp["entered_at"], "changed_by": self._clerk.name, "version": 2}
        line["changed_by_id"] = self._clerk.account_id
