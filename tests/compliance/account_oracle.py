"""Whose account is owed in a small world, worked out row by row from the regulation's words (see oracle.py)."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from app.models.engine.entries import CorrectedTo
from app.models.movement.kinds import OrderKind as Kind
from tests.compliance.account_worlds import RULE_OF, Accounts
from tests.compliance.oracle import _Region

ENROLLING = (Kind.ENROLMENT, Kind.ENROLMENT_1, Kind.ENROLMENT_10)
LEAVING = (Kind.DEPARTURE, Kind.GRADUATION)
BEFORE_START, NOT_OWED = "before the start of use", float("-inf")


class Owed(NamedTuple):
    rule: str
    subject: int
    about: int
    status: str
    due: date
    evidence: date | None


class _Stay(NamedTuple):
    """From which document or day a pupil is here."""

    subject: int
    school: int
    pupil: int
    document: date
    began: date
    withdrawn: date | None = None
    freed: bool = False


def owed(found: Accounts, on: date) -> list[Owed]:
    region = _Accounts(found, on)
    counted = [each for each in region.all() if each.status != BEFORE_START]
    return sorted(region.with_held_of_accounts(counted), key=str)


class _Accounts(_Region):
    def __init__(self, found: Accounts, on: date) -> None:
        super().__init__(found.world, on)
        self.found = found

    def all(self) -> Iterator[Owed]:
        for stay in self.stays_of_all():
            left = self.first_left(stay.pupil, stay.began)
            yield from self.one("pupil", stay.pupil, stay, stay.document, left)
            for kin in self.found.tables["guardianship"]:
                if kin["pupil_id"] == stay.pupil:
                    yield from self.one("parent", kin["parent_id"], stay, max(stay.document, kin["entered_on"]), left)
        for card in self.found.tables["employee"]:
            document = card["hiring_order_date"] or card["hired_on"]
            stay = _Stay(card["id"], card["school_id"], 0, document, card["hired_on"])
            yield from self.one("employee", card["id"], stay, document, card["dismissed_on"])

    def stays_of_all(self) -> Iterator[_Stay]:
        for line in self.lines:
            if line["kind"] in ENROLLING and not line.get("continues_id"):
                order = self.world.row("movement_order", line["order_id"])
                gone = order["annulled_on"]
                if gone is not None and (gone > self.on or self.corrected(line, CorrectedTo.STANDING)):
                    gone = None
                freed = bool(self.corrected(line, CorrectedTo.FREED))
                here = line["id"], line["school_id"], line["pupil_id"]
                yield _Stay(*here, order["order_date"], line["event_date"], gone, freed)
        for member in self.world.tables["class_membership"]:
            if member["opened_by_id"] or member["is_initial"] or member["starts_on"] > self.on:
                continue
            before = [row for row in self.stays(member) if row["starts_on"] < member["starts_on"]]
            before = [row for row in before if not self.closed(row)]
            if not any(self.unbroken(row["school_id"], row["ends_on"], member["starts_on"]) for row in before):
                first = member["starts_on"]
                yield _Stay(-member["id"], member["school_id"], member["pupil_id"], first, first)

    def first_left(self, pupil: int, since: date) -> date | None:
        gone = [line for kind in LEAVING for line in self.known(pupil, kind) if line["event_date"] >= since]
        days = [line["event_date"] for line in gone]
        members = [row for row in self.stays({"pupil_id": pupil}) if row["ends_on"] and row["ends_on"] >= since]
        return min((*days, *(row["ends_on"] for row in members if self.ends_by_hand(row))), default=None)

    def one(self, kind: str, card: int, stay: _Stay, trigger: date, left: date | None) -> Iterator[Owed]:
        if trigger > self.on:
            return
        rule = RULE_OF[kind]
        due, start = self.due(rule, stay.school, trigger), self.start(stay.school)
        handed = self.handed_over(kind, card, trigger)
        evidence = handed
        if handed is None and left is not None and due < left <= self.on:
            evidence = left
        if due < start or stay.began < start:
            status = BEFORE_START
        elif self.is_withdrawn(stay, due, evidence) or stay.freed or (handed is None and left and left <= due):
            status = "not_applicable"
        else:
            status = self.status(due, evidence)
        yield Owed(rule, stay.subject, card, status, due, evidence)

    @staticmethod
    def is_withdrawn(stay: _Stay, due: date, evidence: date | None) -> bool:
        """Lateness of a day before the annulment stays."""
        gone = stay.withdrawn
        return gone is not None and not (evidence is not None and due < evidence < gone)

    def handed_over(self, kind: str, card: int, trigger: date) -> date | None:
        anew = kind != "employee" and self.reading("known-account", trigger) == "anew"
        days = []
        for tie in self.found.tables["account_person"]:
            if tie[f"{kind}_id"] != card:
                continue
            for given in self.found.tables["handing_over"]:
                if given["account_id"] != tie["account_id"] or (anew and given["entered_on"] < trigger):
                    continue
                taken_back = given["withdrawn_on"] is not None and given["withdrawn_on"] <= self.on
                closed = given["ended_on"] is not None and given["ended_on"] <= trigger
                if not taken_back and not closed:
                    days.append(max(given["entered_on"], tie["entered_on"]))
        return min((day for day in days if day <= self.on), default=None)

    def with_held_of_accounts(self, told: list[Owed]) -> list[Owed]:
        """Of what is held the worst of each duty, where the tables do not tell that duty as bad."""
        held: dict[tuple[Any, ...], Owed] = {}
        for row in self.world.tables["held_fact"]:
            gone = row["until_on"] is not None and row["until_on"] <= self.on
            before = row["due"] < self.start(row["school_id"])
            if row["rule"] not in RULE_OF.values() or gone or before or row["opens_on"] > self.on:
                continue
            entered = row["evidence"] if row["evidence"] <= self.on else None
            own = row["rule"], row["subject_id"], row["about_id"]
            fact = Owed(*own, self.status(row["due"], entered), row["due"], entered)
            if _key(fact) not in held or self.days(fact) > self.days(held[_key(fact)]):
                held[_key(fact)] = fact
        for fact in told:
            if _key(fact) in held and self.days(fact) >= self.days(held[_key(fact)]):
                del held[_key(fact)]
        return [*held.values(), *(fact for fact in told if _key(fact) not in held)]


def _key(fact: Owed) -> tuple[Any, ...]:
    return fact.rule, fact.subject, fact.about
