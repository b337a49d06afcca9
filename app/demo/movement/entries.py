"""Dates typed wrong and corrected some days later: both entries are kept, the worse of them is the verdict, until a
correction is confirmed."""

from datetime import date

from app.compliance.terms import due_function
from app.demo.engine.ledger import Ledger
from app.demo.engine.plan import DAY, Plan
from app.demo.engine.rows import Clerk, Row, Rows, stamp_of
from app.demo.movement.corrections import Corrections
from app.demo.territory import Site
from app.models.engine.entries import EntryEnd, past_entry
from app.regulation import WorkCalendar, load_regulation

MISTYPED = (-30, -7, -1, 1)
"""Days from the true date to the one that was typed first: another month, another week, a digit."""
LONGEST = 5
"""The most working days after which the mistake is found."""


class Entries:
    """How each line that is owed by itself was entered, once or twice, and how it stands by that."""

    def __init__(
        self,
        rows: Rows,
        plan: Plan,
        site: Site,
        days: WorkCalendar,
        clerk: Clerk,
        corrections: Corrections,
        ledger: Ledger,
    ) -> None:
        self._corrections = corrections
        self._rows, self._plan, self._site, self._days = rows, plan, site, days
        self._clerk, self._ledger = clerk, ledger
        self._rng = plan.rng("entries", site.number)
        self._rules = load_regulation().rules

    def judged(self, rule: str, lines: list[Row], day: date, column: str) -> None:
        """Plant the verdict of lines entered together, whose term runs from `day`: a date of the line or the order."""
        entered = lines[0]["entered_on"]
        entries = [(day, entered)]
        again = self._days.nth_after(entered, self._rng.randint(1, LONGEST))
        typed = day + self._rng.choice(MISTYPED) * DAY
        if self._rng.random() < self._site.discipline.mistyped and again <= self._plan.horizon:
            entries = [(typed, entered), (day, again)]
            firsts = [stamp_of(line) for line in lines]
            self._enter_again(lines, column, typed, self._clerk.stamp(again))
            if self._corrections.ask(rule, lines, day, firsts):
                entries = [(day, entered)]
        due = due_function(self._rules[rule], self._days)
        opens, evidence = max(entries, key=lambda entry: (entry[1] - due(entry[0])).days)
        for _ in lines:
            self._ledger.judged(self._site.code, rule, opens, due(opens), evidence)

    def _enter_again(self, lines: list[Row], column: str, typed: date, stamp: Row) -> None:
        until = {"until_at": stamp["entered_at"], "until_on": stamp["entered_on"], "ended_by": self._clerk.name}
        until |= {"ended_by_id": self._clerk.account_id, "ended": EntryEnd.CHANGED}
        changed = {"changed_at": stamp["entered_at"], "changed_by": self._clerk.name, "version": 2}
        for line in lines:
            entered = {"trigger_on": typed, "trigger": {column: str(typed)}, "school_id": line["school_id"]}
            if line["to_class_id"]:
                entered["trigger"]["to_class_id"] = line["to_class_id"]
            subject = {"subject": "movement_line", "subject_id": line["id"]}
            self._rows.add(past_entry, subject | entered | until | stamp_of(line))
            line |= stamp | changed | {"changed_by_id": self._clerk.account_id}
