"""The life of one school over the three years: people come, classes go up, orders are entered or forgotten."""

from sqlalchemy import Connection

from app.demo.accounts.accounts import Accounts
from app.demo.accounts.issued import Issued, newcomers
from app.demo.calendars import add_days, calendar_of, of_school
from app.demo.directories import add_own
from app.demo.engine.ledger import Ledger
from app.demo.engine.numbers import Numbers
from app.demo.engine.plan import Plan
from app.demo.engine.rows import Clerk, Rows
from app.demo.movement.ahead import plant_ahead
from app.demo.movement.book import Book
from app.demo.movement.held import plant_held
from app.demo.movement.moves import Movement
from app.demo.movement.opening import Opening, graduates_of_ninth, repeaters_of_tenth
from app.demo.movement.yearend import YearEnd
from app.demo.people.households import Child, Households
from app.demo.people.staff import Staffing, Team
from app.demo.study import Calendar, Room, Year
from app.demo.territory import Site, add_school

APPLICANTS = 2
"""Cards of children whose parents have just applied: nobody has enrolled them yet."""
FAMILY_LOGINS = 2


class SchoolLife:
    """Builds one school's rows; the caller writes them."""

    def __init__(
        self,
        rows: Rows,
        plan: Plan,
        site: Site,
        numbers: Numbers,
        accounts: Accounts,
        ledger: Ledger,
        positions: dict[str, int],
    ) -> None:
        system = Clerk(plan.rng("cards", site.number), "Система")
        self._plan, self._site, self._accounts = plan, site, accounts
        self._school = add_school(rows, system, plan, site, numbers)
        days = calendar_of(plan, site)
        add_days(rows, system, of_school(plan, site), school_id=self._school["id"])
        calendar = Calendar(rows, plan, site, self._school["id"], days)
        add_own(rows, system, plan, self._school["id"], calendar.class_count, plan.rng("rooms", site.number))
        self._staffing = Staffing(rows, plan, site, self._school, numbers, accounts, positions)
        self._team: Team = self._staffing.hire(calendar.class_count)
        self._years = calendar.add_years(self._team.clerks[0], self._team.teachers)
        self._book = Book(rows, plan, site, self._school["id"], days, self._team.clerks, self._team.deputy, ledger)
        people = plan.rng("people", site.number)
        self._households = Households(rows, people, numbers, self._school["id"], site.settlement)

    def live(self) -> None:
        movement = Movement(self._book, self._households)
        first = Opening(self._book, self._households, self._years[min(self._years)])
        first.bring_in()
        if self._site.late:
            movement.bring_in(self._years[min(self._years)])
        else:
            first.enrol_first_grade()
            first.enrol_tenth_grade([])
        for start, year in self._years.items():
            following = self._years.get(start + 1)
            movement.run(year, following)
            if following is not None:
                self._go_on(year, following)
        self._apply()
        plant_held(self._book, list(self._years.values()))
        plant_ahead(self._book, self._current())
        self._book.number_orders()
        self._book.corrections.tell()
        self._give_logins()
        for day in newcomers(self._book):
            self._staffing.join(day)
        Issued(self._book, self._accounts, self._team.administrator).plant()

    def set_right(self, connection: Connection) -> None:
        """What was confirmed, once all is written."""
        self._book.corrections.set_right(connection)
        self._book.corrections.tell_held(connection)

    def _go_on(self, year: Year, following: Year) -> None:
        ninth = [child for room in year.grade(9) for child in room.children]
        # What was missed two years ago has long been put right by hand; what was missed last is still as it was left.
        YearEnd(self._book, year, following, settled=year.start < self._plan.year).run()
        opening = Opening(self._book, self._households, following)
        opening.enrol_first_grade()
        repeaters_of_tenth(self._book, following)
        opening.enrol_tenth_grade(graduates_of_ninth(ninth))

    def _current(self) -> Year:
        return max(
            (year for year in self._years.values() if year.starts_on <= self._plan.on), key=lambda year: year.start
        )

    def _apply(self) -> None:
        year = self._current()
        entered = self._book.days.roll_back(self._plan.horizon)
        for _ in range(APPLICANTS):
            self._households.child(self._book.rng.randint(2, 9), year.start, self._book.clerk().stamp(entered))

    # Accounts of teachers, pupils and parents

    def _give_logins(self) -> None:
        rooms = self._shown_rooms()
        leader = rooms[0].leader
        self._staffing.teacher_account(leader, 1)
        leaders = {room.leader["id"] for room in self._current().rooms.values()}
        other = next(teacher for teacher in self._team.teachers if teacher["id"] not in leaders)
        self._staffing.teacher_account(other, 2)
        for number, child in enumerate(self._shown_children(rooms), 1):
            self._family_accounts(child, "" if number == 1 else str(number))

    def _shown_rooms(self) -> list[Room]:
        """Classes, a middle one of this year and of a good size first: its class teacher and its children get logins.

        In summer all have gone up by order already: then it is a class of the coming year, with the same teacher.
        """
        now = self._current().start
        rooms = [room for year in self._years.values() for room in year.rooms.values() if room.children]

        def rank(room: Room) -> tuple:
            return room.year < now, room.year, not 5 <= room.grade <= 8, -len(room.children), room.grade, room.letter

        return sorted(rooms, key=rank)

    def _shown_children(self, rooms: list[Room]) -> list[Child]:
        found: list[Child] = []
        for child in (child for room in rooms for child in room.children):
            if len(found) < FAMILY_LOGINS and all(child.family is not other.family for other in found):
                found.append(child)
        return found

    def _family_accounts(self, child: Child, number: str) -> None:
        for role, person in (("student", child.row), ("parent", child.family.parents[0][1])):
            login = f"{role}{number}.{self._site.login}"
            names = " ".join(filter(None, (person["first_name"], person["middle_name"])))
            account = self._accounts.open(login, person["last_name"], names, school_id=self._school["id"])
            owner = {"pupil_id" if role == "student" else "parent_id": person["id"]}
            self._accounts.own(account, self._school["id"], **owner)
