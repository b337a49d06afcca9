"""Accounts of those who were enrolled or hired since the panel is used: handed over in time, late, or not yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from iuliia import ICAO_DOC_9303

from app.demo.accounts.accounts import Accounts
from app.demo.engine.plan import DAY, Discipline
from app.demo.engine.rows import Clerk, Row
from app.demo.movement.book import LATE, MISSING, ON_TIME, Book
from app.models.accounts import AccountPerson
from app.models.movement import MovementLine, MovementOrder
from app.models.movement.kinds import LEAVING, OrderKind
from app.models.movement.memberships import ClassMembership
from app.models.people import Employee, Guardianship, Parent, Pupil

RULES = {"pupil": "account-student", "parent": "account-parent", "employee": "account-employee"}
MODELS = {"pupil": Pupil, "parent": Parent, "employee": Employee}
MADE_SHARE = 0.5
"""Of those not handed over, accounts that were made and lie with the administrator."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A document, or the first day of a stay that none was made for: by it an account is owed."""

    document: date
    began: date
    left: date | None
    """By an order."""
    annulled: date | None = None


class Issued:
    """Gives the accounts of one school, once its people have lived through its years."""

    def __init__(self, book: Book, accounts: Accounts, clerk: Clerk) -> None:
        self._book, self._accounts, self._clerk = book, accounts, clerk
        self._rng: Random = book.plan.rng("issued", book.site.number)
        self._orders = {row["id"]: row for row in book.rows.waiting(MovementOrder)}
        self._known = {
            (kind, row[f"{kind}_id"]): row["entered_on"]
            for row in book.rows.waiting(AccountPerson)
            for kind in RULES
            if row[f"{kind}_id"]
        }
        """Who has an account from the beginning, and since when."""

    def plant(self) -> None:
        pupils, families = self._stays(), self._families()
        for pupil in self._book.rows.waiting(Pupil):
            own = pupils.get(pupil["id"], [])
            self._give("pupil", pupil, [(each.document, each) for each in own])
        for parent in self._book.rows.waiting(Parent):
            kin = families.get(parent["id"], [])
            own = [(max(each.document, since), each) for child, since in kin for each in pupils.get(child, [])]
            self._give("parent", parent, own)
        for employee in self._book.rows.waiting(Employee):
            hired, document = employee["hired_on"], employee["hiring_order_date"]
            if hired >= self._book.site.started_on:
                self._give("employee", employee, [(document, Stay(document, hired, employee["dismissed_on"]))])

    def _stays(self) -> dict[int, list[Stay]]:
        """Pupil → his stays, each by its document."""
        rows, lines = self._book.rows, self._book.rows.waiting(MovementLine)
        kinds = {line["id"]: OrderKind(line["kind"]) for line in lines}
        gone = [line for line in lines if kinds[line["id"]] in LEAVING and not self._annulled(line)]
        found: dict[int, list[Stay]] = {}
        for line in lines:
            if kinds[line["id"]].is_enrolment:
                document, began = self._orders[line["order_id"]]["order_date"], line["event_date"]
                left = self._left(gone, line["pupil_id"], began)
                stay = Stay(document, began, left, self._annulled(line))
                found.setdefault(line["pupil_id"], []).append(stay)
        before: dict[int, Row] = {}
        for member in sorted(rows.waiting(ClassMembership), key=lambda row: row["starts_on"]):
            last = before.get(member["pupil_id"])
            before[member["pupil_id"]] = member
            goes_on = last is not None and kinds.get(last["closed_by_id"]) not in LEAVING
            by_hand = member["opened_by_id"] is None and not member["is_initial"]
            if by_hand and not goes_on:
                first = member["starts_on"]
                stay = Stay(first, first, self._left(gone, member["pupil_id"], first))
                found.setdefault(member["pupil_id"], []).append(stay)
        return found

    def _annulled(self, line: Row) -> date | None:
        day: date | None = self._orders[line["order_id"]]["annulled_on"]
        return day

    @staticmethod
    def _left(gone: list[Row], pupil: int, since: date) -> date | None:
        days = (line["event_date"] for line in gone if line["pupil_id"] == pupil)
        return min((day for day in days if day >= since), default=None)

    def _families(self) -> dict[int, list[tuple[int, date]]]:
        """Parent → children, each with the day since which the guardianship is known."""
        found: dict[int, list[tuple[int, date]]] = {}
        for kin in self._book.rows.waiting(Guardianship):
            found.setdefault(kin["parent_id"], []).append((kin["pupil_id"], kin["entered_on"]))
        return found

    def _give(self, kind: str, person: Row, stays: list[tuple[date, Stay]]) -> None:
        """One account a person, after the first document that asks for it; it does for the later ones too."""
        rule = RULES[kind]
        owed = [(day, each) for day, each in stays if self._is_counted(rule, day, each)]
        if not owed:
            return
        first, stay = min(owed, key=lambda pair: pair[0])
        handed = self._known.get((kind, person["id"])) or self._handed(kind, person, first, stay)
        for day, each in owed:
            self._note(rule, day, each, handed)

    def _is_counted(self, rule: str, day: date, stay: Stay) -> bool:
        start = self._book.site.started_on
        return day <= self._book.plan.on and self._book.due(rule, day) >= start and stay.began >= start

    def _handed(self, kind: str, person: Row, document: date, stay: Stay) -> date | None:
        """The day of handing over; none: not yet, or never while he was here."""
        book = self._book
        due, fate = book.due(RULES[kind], document), self._fate(book.site.discipline)
        day = None if fate == MISSING else book.entry_day(document, due, fate == LATE)
        if day is not None and (not book.known(day) or (stay.left is not None and day >= stay.left)):
            day = None
        if day is not None or self._rng.random() < MADE_SHARE:
            self._account(kind, person, document, day)
        return day

    def _fate(self, discipline: Discipline) -> str:
        chance = self._rng.random()
        return (
            LATE if chance < discipline.late else MISSING if chance < discipline.late + discipline.missing else ON_TIME
        )

    def _account(self, kind: str, person: Row, made: date, handed: date | None) -> None:
        book = self._book
        login = f"{ICAO_DOC_9303.translate(person['last_name']).lower()}.{book.site.login}"
        made = min(made, handed or made, book.plan.horizon)
        names = " ".join(filter(None, (person["first_name"], person["middle_name"])))
        account = self._accounts.made(login, person["last_name"], names, made, school_id=book.school_id)
        self._accounts.own(account, book.school_id, made, **{f"{kind}_id": person["id"]})
        if handed is not None:
            self._accounts.hand_over(account, book.school_id, handed, self._clerk)

    def _note(self, rule: str, trigger: date, stay: Stay, handed: date | None) -> None:
        """How it stands, told by the planting."""
        ledger, code, due = self._book.ledger, self._book.site.code, self._book.due(rule, trigger)
        left = stay.left if stay.left is not None and handed is None else None
        evidence = left if left is not None and due < left <= self._book.plan.on else handed
        stood_late = evidence is not None and stay.annulled is not None and due < evidence < stay.annulled
        if (stay.annulled is not None and not stood_late) or (left is not None and left <= due):
            ledger.not_applicable(code, rule, trigger)
        else:
            ledger.judged(code, rule, trigger, due, evidence)


def newcomers(book: Book) -> Iterator[date]:
    """The days on which a school has hired somebody since the panel is used: before each school year, and in winter."""
    rng = book.plan.rng("newcomers", book.site.number)
    for year in book.plan.years:
        for month, day in ((8, 25), (1, 20)):
            hired = book.days.roll_forward(date(year + (month < 6), month, day) + rng.randrange(4) * DAY)
            if book.site.started_on <= hired <= book.plan.horizon:
                yield hired
