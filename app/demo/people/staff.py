"""Who works in a school: positions, employees, and the named accounts of those whose role the regulation knows."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from app.demo.accounts.accounts import Accounts
from app.demo.engine.names import Name, stranger
from app.demo.engine.numbers import Numbers
from app.demo.engine.plan import Plan
from app.demo.engine.rows import Clerk, Row, Rows
from app.demo.territory import Site
from app.models.directories.people import Position
from app.models.people import Employee, Sex
from app.regulation.shipped import entries_of

POSTS = {
    "director": "Директор",
    "deputy": "Заместитель директора по учебно-воспитательной работе",
    "secretary": "Секретарь",
    "hr": "Специалист по кадрам",
    "administrator": "Инженер-программист",
    "psychologist": "Педагог-психолог",
    "medical": "Медицинский работник",
    "technical": "Лаборант",
}
"""Roles with a named account in every school, and the position of who holds it."""
PRIMARY = "Учитель начальных классов"
SUBJECTS = (
    "русского языка и литературы", "математики", "английского языка", "истории и обществознания", "физики", "химии",
    "биологии", "географии", "информатики", "физической культуры", "музыки", "технологии",
)  # fmt: skip
HELPERS = ("Вахтёр", "Рабочий по обслуживанию здания", "Гардеробщик", "Библиотекарь", "Уборщик служебных помещений")
TEACHERS_FOR_CLASS = 1.5
MOSTLY_WOMEN = (Sex.FEMALE, Sex.FEMALE, Sex.FEMALE, Sex.FEMALE, Sex.MALE)


def add_positions(rows: Rows, clerk: Clerk, plan: Plan) -> dict[str, int]:
    """The region's positions: title → key. What `flask directories load` brought before is used as it stands."""
    stamp, found = clerk.stamp(plan.started_on), rows.standing(Position)
    taken = {row["code"] for row in found} | {row["search_text"] for row in found}
    for entry in entries_of(Position.__tablename__):
        if taken.isdisjoint({entry.code, Position.search_text_of({"title": entry.title})}):
            found.append(rows.add(Position, stamp | {"code": entry.code, "title": entry.title}))
    return {row["title"]: row["id"] for row in found}


@dataclass(slots=True)
class Team:
    """The employees of a school. `clerks` enter the orders: the secretary, now and then the HR specialist."""

    teachers: list[Row] = field(default_factory=list)
    clerks: list[Clerk] = field(default_factory=list)
    deputy: Clerk = field(init=False)
    """Decides of corrections."""
    administrator: Clerk = field(init=False)
    """Hands accounts over."""


class Staffing:
    """Hires the staff of one school."""

    def __init__(
        self,
        rows: Rows,
        plan: Plan,
        site: Site,
        school: Row,
        numbers: Numbers,
        accounts: Accounts,
        positions: dict[str, int],
    ) -> None:
        self._rows, self._plan, self._site, self._school = rows, plan, site, school
        self._numbers, self._accounts = numbers, accounts
        self._rng: Random = plan.rng("staff", site.number)
        self._clerk = Clerk(self._rng, "Система")
        self._positions = dict(positions)
        self._hirings = 0

    def hire(self, classes: int) -> Team:
        team = Team()
        for role, post in POSTS.items():
            employee = self._hire(post)
            account = self._name(role, employee)
            if role == "director":
                self._school["director_name"] = _full_name(employee)
            if role in ("secretary", "hr"):
                team.clerks.append(Clerk(self._rng, _full_name(employee), account["id"]))
            if role == "administrator":
                team.administrator = Clerk(self._rng, _full_name(employee), account["id"])
            if role == "deputy":
                team.deputy = Clerk(self._rng, _full_name(employee), account["id"])
                # Until the administrator was appointed, the deputy did the work: a role that has ended.
                self._accounts.appoint(account, "administrator", self._summer_end(), school_id=self._school["id"])
        self._dismiss()
        for number in range(max(4, round(classes * TEACHERS_FOR_CLASS))):
            team.teachers.append(self._hire(PRIMARY if number % 5 < 2 else f"Учитель {self._rng.choice(SUBJECTS)}"))
        for post in HELPERS[: 2 + classes // 10]:
            self._hire(post)
        return team

    def _name(self, role: str, employee: Row, login: str = "", **more: object) -> Row:
        """The named account of an employee with the role."""
        school_id = self._school["id"]
        account = self._accounts.open(
            login or f"{role}.{self._site.login}",
            employee["last_name"],
            f"{employee['first_name']} {employee['middle_name']}",
            school_id=school_id,
            **more,
        )
        self._accounts.own(account, school_id, employee_id=employee["id"])
        if not employee["dismissed_on"]:
            self._accounts.appoint(account, role, school_id=school_id)
        return account

    def teacher_account(self, teacher: Row, number: int) -> Row:
        return self._name("teacher", teacher, f"teacher{number if number > 1 else ''}.{self._site.login}")

    def _dismiss(self) -> None:
        """The secretary before: dismissed, the account closed with its reason, the appointment over (ИАФ.3)."""
        last = self._summer_end()
        employee = self._hire(POSTS["secretary"], dismissed_on=last)
        closed = {"active": False, "closed_on": last, "closed_reason": "Увольнение"}
        account = self._name("secretary", employee, f"former.{self._site.login}", **closed)
        self._accounts.appoint(account, "secretary", last, school_id=self._school["id"])

    def join(self, hired: date) -> Row:
        """A teacher hired since the panel is used, by an order of the days before."""
        entered = hired - timedelta(days=1)
        employee = self._hire(f"Учитель {self._rng.choice(SUBJECTS)}", hired=hired)
        employee |= self._clerk.stamp(entered)
        return employee

    def _hire(self, post: str, dismissed_on: date | None = None, hired: date | None = None) -> Row:
        name: Name = stranger(self._rng, self._rng.choice(MOSTLY_WOMEN))
        hired = hired or self._plan.started_on - timedelta(days=self._rng.randint(30, 7000))
        self._hirings += 1
        values = {
            "school_id": self._school["id"],
            "position_id": self._position(post),
            "last_name": name.last,
            "first_name": name.first,
            "middle_name": name.middle,
            "snils": self._numbers.snils(),
            "inn": self._numbers.personal_inn(),
            "phone": self._numbers.phone(),
            "birth_date": hired - timedelta(days=self._rng.randint(22 * 365, 40 * 365)),
            "hired_on": hired,
            "hiring_order": f"{self._hirings}-лс",
            "hiring_order_date": hired,
            "dismissed_on": dismissed_on,
        }
        return self._rows.add(Employee, self._clerk.stamp(self._plan.started_on) | values)

    def _position(self, title: str) -> int:
        """The region's where it has one, otherwise the school's own."""
        if title not in self._positions:
            values = {"school_id": self._school["id"], "title": title}
            row = self._rows.add(Position, self._clerk.stamp(self._plan.started_on) | values)
            self._positions[title] = row["id"]
        return self._positions[title]

    def _summer_end(self) -> date:
        return date(self._plan.started_on.year, 8, 20)


def _full_name(employee: Row) -> str:
    return f"{employee['last_name']} {employee['first_name']} {employee['middle_name']}"
