"""Corrections of mistyped dates: some wait, most are confirmed, a few refused. What is confirmed sets it right."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, insert, update

from app.compliance.queries import counts
from app.compliance.status import Status
from app.demo.engine.plan import Plan
from app.demo.engine.rows import Clerk, Row, Rows, stamp_of
from app.demo.territory import Site
from app.models.engine.entries import CorrectedTo, corrected_entry
from app.models.monitoring.corrections import Correction, CorrectionKind, CorrectionState
from app.models.movement import MovementOrder
from app.models.movement.kinds import OrderKind
from app.models.people import Pupil
from app.regulation import WorkCalendar, load_regulation
from app.russian import format_date

ASKED, REFUSED, WAITING = 0.75, 0.15, 0.25
"""Of the mistyped dates those of which a correction is asked; of these those refused, and those that nobody decides."""
LONGEST = 5
"""Working days until a decision."""
AFTER = timedelta(minutes=10)
REASONS = ("Дата из заявления переписана с ошибкой", "Опечатка, верная дата – в приказе", "Перепутан месяц")
NO = "Приложите заявление с датой"


@dataclass(frozen=True)
class Asked:
    """A correction with its line and the entry that it puts in the place of the others."""

    row: Row
    line: Row
    day: date
    first: Row


class Corrections:
    """What one school's clerk asks to be set right and its deputy decides."""

    def __init__(self, rows: Rows, plan: Plan, site: Site, days: WorkCalendar, deputy: Clerk) -> None:
        self._rows, self._plan, self._days, self._deputy = rows, plan, days, deputy
        self._rng = plan.rng("corrections", site.number)
        self._asked: list[Asked] = []
        self._held: list[tuple[Row, Row]] = []

    def ask(self, rule: str, lines: list[Row], day: date, firsts: list[Row]) -> bool:
        """On the day of the new entry, of lines entered together; whether it was confirmed by the plan's day."""
        if self._rng.random() >= ASKED:
            return False
        chance, again = self._rng.random(), lines[0]["entered_on"]
        decided: date | None = self._days.nth_after(again, self._rng.randint(1, LONGEST))
        if chance < WAITING or (decided is not None and decided > self._plan.horizon):
            state, decided = CorrectionState.WAITING, None
        else:
            state = CorrectionState.REFUSED if chance < WAITING + REFUSED else CorrectionState.CONFIRMED
        reason, answer = self._rng.choice(REASONS), self._answer(decided) | {"state": state}
        for line, first in zip(lines, firsts, strict=True):
            row = self._rows.add(Correction, _asked(rule, line, first, day) | answer | {"reason": reason})
            row["refusal"] = NO if state is CorrectionState.REFUSED else None
            self._asked.append(Asked(row, line, day, first))
        return state is CorrectionState.CONFIRMED

    def held(self, rule: str, order: Row, state: CorrectionState, decided: date) -> Row:
        """Of an order that would better what failed: it asks for its confirmation by itself."""
        answer = {} if state is CorrectionState.WAITING else self._answer(decided)
        values = {
            "kind": CorrectionKind.BETTERING,
            "subject": "movement_order",
            "subject_id": order["id"],
            "reason": f"Улучшает показатели прошедших сроков: {load_regulation().rules[rule].title} – 1.",
            "state": state,
            "refusal": NO if state is CorrectionState.REFUSED else None,
        }
        row = self._rows.add(Correction, _asked(rule, order, order, None) | values | answer)
        self._held.append((row, order))
        return row

    def tell_held(self, connection: Connection) -> None:
        """Of those confirmed, what the school's numbers were before and are since."""
        for row in (row for row, _ in self._held if row["state"] is CorrectionState.CONFIRMED):
            now = _numbers(connection, row)
            before = now | {"late": now["late"] + 1, "not_applicable": now["not_applicable"] - 1}
            told = {"effect": {row["rule"]: {"before": before, "after": now}}, "changed_rules": [row["rule"]]}
            connection.execute(update(Correction).where(Correction.id == row["id"]).values(told))

    def _answer(self, decided: date | None) -> Row:
        if decided is None:
            return {}
        stamp, made = self._deputy.stamp(decided), self._deputy
        return {
            "decided_at": stamp["entered_at"],
            "decided_on": decided,
            "decided_by": made.name,
            "decided_by_id": made.account_id,
        }

    def tell(self) -> None:
        """Name what they are about, once the orders have their numbers."""
        orders = {row["id"]: row for row in self._rows.waiting(MovementOrder)} if self._asked else {}
        pupils = {row["id"]: row for row in self._rows.waiting(Pupil)} if self._asked else {}
        for asked in self._asked:
            order, pupil = orders[asked.line["order_id"]], pupils[asked.line["pupil_id"]]
            names = (pupil[name] for name in ("last_name", "first_name", "middle_name"))
            asked.row["about"] = (
                f"{OrderKind(asked.line['kind']).title_ru} {format_date(asked.line['event_date'])},"
                f" {' '.join(filter(None, names))}, приказ № {order['number']} от {format_date(order['order_date'])}"
            )

        for row, order in self._held:
            told = f"{OrderKind(order['kind']).title_ru} № {order['number']} от {format_date(order['order_date'])}"
            row["about"] = f"Приказ: {told}"

    def set_right(self, connection: Connection) -> None:
        """What the confirmed ones did to the judgement, one after the other, with the school's numbers before and
        after; the rows are written by now."""
        confirmed = [asked for asked in self._asked if asked.row["state"] is CorrectionState.CONFIRMED]
        for asked in sorted(confirmed, key=lambda one: (one.row["decided_on"], one.row["id"])):
            before, rule = _numbers(connection, asked.row), asked.row["rule"]
            connection.execute(insert(corrected_entry).values(_corrected(asked)))
            after = _numbers(connection, asked.row)
            told = {"effect": {rule: {"before": before, "after": after}}, "changed_rules": [rule] * (before != after)}
            connection.execute(update(Correction).where(Correction.id == asked.row["id"]).values(told))


def _asked(rule: str, line: Row, first: Row, day: date | None) -> Row:
    stamp = stamp_of(line) | {"entered_at": line["entered_at"] + AFTER}
    involved = {each["entered_by_id"] for each in (first, line)} - {None}
    return stamp | {
        "school_id": line["school_id"],
        "kind": CorrectionKind.DATE,
        "subject": "movement_line",
        "subject_id": line["id"],
        "rule": rule,
        "rules": [rule],
        "changed_rules": [],
        "trigger_on": day,
        "involved_ids": sorted(involved),
    }


def _corrected(asked: Asked) -> Row:
    return {
        "correction_id": asked.row["id"],
        "school_id": asked.row["school_id"],
        "subject": asked.row["subject"],
        "subject_id": asked.row["subject_id"],
        "corrected": CorrectedTo.ENTRY,
        "since_on": asked.row["decided_on"],
        "trigger_on": asked.day,
        "entered_on": asked.first["entered_on"],
        "entered_by": asked.first["entered_by"],
        "until_at": asked.row["entered_at"],
    }


def _numbers(connection: Connection, row: Row) -> dict[str, int]:
    """The school's numbers of the rule on the day of the decision."""
    found = counts(connection, [row["rule"]], frozenset({row["school_id"]}), row["decided_on"])
    numbers = {each.status: each.number for each in found}
    return {status.value: numbers.get(status, 0) for status in Status}
