"""The book of movement of one school: orders with their lines, what they do to memberships, when they are entered."""

from datetime import date, timedelta
from random import Random

from app.compliance.terms import due_function
from app.demo.engine.ledger import Ledger
from app.demo.engine.plan import DAY, LATEST, Plan
from app.demo.engine.rows import Clerk, Row, Rows, stamp_of
from app.demo.movement.corrections import Corrections
from app.demo.movement.entries import Entries
from app.demo.people.households import Child
from app.demo.study import Room, Year
from app.demo.territory import Site
from app.models.movement import MovementLine, MovementOrder
from app.models.movement.kinds import OrderKind
from app.models.movement.memberships import ClassMembership
from app.models.movement.outcomes import Outcome, YearOutcome
from app.models.people import PupilStatus
from app.regulation import WorkCalendar, load_regulation

ON_TIME, LATE, MISSING, ANNULLED = "on_time", "late", "missing", "annulled"
SECRETARY_SHARE = 0.85
MISTAKES = ("Ошибка в дате", "Ошибка в списке", "Неверное основание", "Заявление отозвано")


class Book:
    """Writes orders as a school's clerks would. Nothing is entered after the plan's horizon: callers ask `known`."""

    def __init__(
        self,
        rows: Rows,
        plan: Plan,
        site: Site,
        school_id: int,
        days: WorkCalendar,
        clerks: list[Clerk],
        deputy: Clerk,
        ledger: Ledger,
    ) -> None:
        self.rows, self.plan, self.site, self.school_id = rows, plan, site, school_id
        self.days, self.clerks, self.ledger = days, clerks, ledger
        self.rng: Random = plan.rng("movement", site.number)
        self.corrections = Corrections(rows, plan, site, days, deputy)
        self.entries = Entries(rows, plan, site, days, clerks[0], self.corrections, ledger)
        self._rules = load_regulation().rules

    # When

    def due(self, rule: str, event: date) -> date:
        return due_function(self._rules[rule], self.days)(event)

    def back_by(self, rule: str, left: date) -> date:
        """Until when who left by the due day may come back and owe again."""
        return self.due(rule, left) + (self._rules[rule].back_within or 0) * DAY

    def opens(self, rule: str, year: int) -> date:
        """The day of the calendar on which a rule's obligations open before a school year."""
        day = self._rules[rule].opens.day
        return date(year, day.month, day.day)

    def known(self, day: date) -> bool:
        return day <= self.plan.horizon

    def fate(self, with_missing: bool = False) -> str:
        """How it goes with an order of this school."""
        discipline, chance = self.site.discipline, self.rng.random()
        for fate, share in ((LATE, discipline.late), (ANNULLED, discipline.annulled)):
            if chance < share:
                return fate
            chance -= share
        return MISSING if with_missing and chance < discipline.missing else ON_TIME

    def working_day(self, first: date, last: date) -> date:
        """A working day between two days, the first one if there is none."""
        day = self.days.roll_back(first + timedelta(days=self.rng.randint(0, (last - first).days)))
        return day if day >= first else min(self.days.roll_forward(first), last)

    def entry_day(self, first: date, due: date, late: bool) -> date:
        """The day of entering: soon after `first` and in time, or up to LATEST calendar days after the due date."""
        if not late:
            return self.working_day(first, min(due, first + 9 * DAY))
        day = self.days.roll_back(due + self.rng.randint(1, LATEST) * DAY)
        return day if day > due else self.days.nth_after(due, 1)

    # Orders

    def clerk(self) -> Clerk:
        return self.clerks[0] if self.rng.random() < SECRETARY_SHARE else self.clerks[-1]

    def order(self, kind: OrderKind, year: Year, dated: date, entered: date, **more: object) -> Row:
        values = {"school_id": self.school_id, "academic_year_id": year.id, "kind": kind, "order_date": dated}
        return self.rows.add(MovementOrder, self.clerk().stamp(entered) | values | more)

    def line(
        self, order: Row, child: Child, event: date, to: Room | None = None, entered: date | None = None, **more: object
    ) -> Row:
        """A pupil in an order; `entered` when added to it later than the order itself."""
        enrols = OrderKind(order["kind"]).is_enrolment
        stamp = self.clerk().stamp(entered) if entered else stamp_of(order)
        values = {
            "school_id": self.school_id,
            "order_id": order["id"],
            "kind": order["kind"],
            "academic_year_id": order["academic_year_id"],
            "pupil_id": child.id,
            "event_date": event,
            "from_class_id": None if enrols else child.room.id,
            "to_class_id": to.id if to else None,
            "attached": False,
        }
        child.free_from = max(child.free_from, stamp["entered_on"])
        return self.rows.add(MovementLine, stamp | values | more)

    def annul(self, order: Row, day: date) -> None:
        clerk = self.clerk()
        stamp = clerk.stamp(day)
        order |= {"annulled_on": day, "annulment_reason": self.rng.choice(MISTAKES), "version": 2}
        order |= {"changed_at": stamp["entered_at"], "changed_by": clerk.name, "changed_by_id": clerk.account_id}

    def annulment_day(self, entered: date) -> date:
        return self.days.nth_after(entered, self.rng.randint(1, 6))

    # What an order does

    def enter_class(
        self, child: Child, room: Room, starts_on: date, line: Row | None, stamp: Row, initial: bool = False
    ) -> None:
        """Open a membership; without a line nobody ordered it, but for the load with which the school began."""
        values = {
            "school_id": self.school_id,
            "pupil_id": child.id,
            "class_id": room.id,
            "starts_on": starts_on,
            "opened_by_id": line["id"] if line else None,
            "is_initial": initial,
        }
        child.membership = self.rows.add(ClassMembership, stamp | values)
        child.outcome = self._outcome(child.membership, room, stamp)
        child.room, child.left_as = room, None
        room.children.append(child)
        child.free_from = max(child.free_from, starts_on)

    def _outcome(self, membership: Row, room: Room, stamp: Row) -> Row:
        same = {name: membership[name] for name in ("school_id", "pupil_id", "class_id")}
        values = {"membership_id": membership["id"], "outcome": Outcome.usual(room.grade)}
        return self.rows.add(YearOutcome, stamp | same | values)

    def move(self, child: Child, room: Room, starts_on: date, line: Row | None, stamp: Row) -> None:
        """From one class to another, with nothing between."""
        self._close(child, starts_on - DAY, line)
        self.enter_class(child, room, starts_on, line, stamp)

    def leave(self, child: Child, last: date, line: Row, status: PupilStatus) -> None:
        self._close(child, last, line)
        child.left_as = status

    def _close(self, child: Child, last: date, line: Row | None) -> None:
        child.membership |= {"ends_on": last, "closed_by_id": line["id"] if line else None}
        if child.room is not None:
            child.room.children.remove(child)
        child.membership, child.outcome, child.room = None, None, None

    def number_orders(self) -> None:
        """Numbers follow the dates, anew each calendar year, as in a real book of orders."""
        last: dict[int, int] = {}
        for order in sorted(self.rows.waiting(MovementOrder), key=lambda row: (row["order_date"], row["id"])):
            year = order["order_date"].year
            last[year] = last.get(year, 0) + 1
            order["number"] = f"{last[year]}-у"
