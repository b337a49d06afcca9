"""Accounts, parents and employees laid over a small made-up region of `worlds`."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from flask_appbuilder import Model
from hypothesis import strategies as st
from sqlalchemy import Connection, insert

from tests.compliance.worlds import _day, worlds

DAY = timedelta(days=1)
ORDER_OF_INSERT = ("parent", "guardianship", "employee", "ab_user", "account_person", "handing_over")
KINDS = ("pupil", "parent", "employee")
RULE_OF = {"pupil": "account-student", "parent": "account-parent", "employee": "account-employee"}


@dataclass(repr=False)
class Accounts:
    """Rows beside those of a world; its held facts are joined to it, as they are one table."""

    world: Any
    tables: dict[str, list[dict[str, Any]]]

    def __repr__(self) -> str:
        kept = ("id", "school_id", "pupil_id", "parent_id", "employee_id", "account_id", "entered_on", "withdrawn_on")
        kept += ("ended_on", "hired_on", "hiring_order_date", "dismissed_on")
        told = [
            f"{table} " + " ".join(f"{name}={row[name]}" for name in kept if row.get(name))
            for table, rows in self.tables.items()
            for row in rows
        ]
        return "\n".join([repr(self.world), *told])

    def add(self, table: str, **values: Any) -> int:
        rows = self.tables[table]
        day = values.get("entered_on", date(2024, 1, 1))
        stamp = {"entered_on": day, "entered_at": datetime.combine(day, time(1)).astimezone(), "entered_by": "Система"}
        rows.append({"id": len(rows) + 1, "version": 1, **({} if table == "ab_user" else stamp), **values})
        return len(rows)

    def person(self, table: str, **values: Any) -> int:
        return self.add(table, last_name="Иванов", first_name="Пётр", search_text="", person_key="", **values)

    def account(self) -> int:
        number = len(self.tables["ab_user"]) + 1
        names = {"username": f"a{number}", "login_key": f"a{number}", "last_name": "И", "first_name": "П"}
        flags = {"active": True, "must_change_password": False, "session_key": "", "failed_logins": 0}
        return self.add("ab_user", **names, **flags, search_text="")

    def tie(self, kind: str, card: int, account: int, school: int, entered: date) -> None:
        person = dict.fromkeys(f"{each}_id" for each in KINDS) | {f"{kind}_id": card}
        self.add("account_person", account_id=account, school_id=school, entered_on=entered, **person)

    def hand_over(self, account: int, school: int, entered: date, **ends: date | None) -> None:
        days = {"handed_on": entered, "withdrawn_on": None, "ended_on": None} | ends
        self.add("handing_over", account_id=account, school_id=school, entered_on=entered, **days)

    def store(self, connection: Connection) -> None:
        self.world.store(connection)
        for name in ORDER_OF_INSERT:
            if self.tables[name]:
                connection.execute(insert(Model.metadata.tables[name]), self.tables[name])


def around(world: Any) -> Accounts:
    return Accounts(world, {name: [] for name in ORDER_OF_INSERT})


@st.composite
def account_worlds(draw: st.DrawFn) -> Accounts:
    """Whatever may stand in the tables: people without accounts, with several, handed over, taken back, closed."""
    found = around(draw(worlds()))
    dice = draw(st.randoms(use_true_random=True, note_method_calls=False))
    schools = [row["id"] for row in found.world.tables["school"]]
    accounts = [found.account() for _ in range(dice.randint(1, 5))]
    for account in accounts:
        for _ in range(dice.randint(0, 3)):
            ends = {name: dice.choice((None, None, _day(dice))) for name in ("withdrawn_on", "ended_on")}
            found.hand_over(account, dice.choice(schools), _day(dice), **ends)
    for pupil in found.world.tables["pupil"]:
        _family(dice, found, pupil, accounts)
    for school in schools:
        for _ in range(dice.randint(0, 3)):
            _employee(dice, found, school, accounts)
    for line in found.world.tables["movement_line"]:
        if dice.random() < 0.15:
            _held(dice, found, line)
    return found


def _ties(dice: Random, found: Accounts, kind: str, card: int, school: int, accounts: list[int]) -> None:
    for account in dice.sample(accounts, dice.randrange(min(3, len(accounts) + 1))):
        found.tie(kind, card, account, school, dice.choice((date(2024, 1, 1), _day(dice))))


def _family(dice: Random, found: Accounts, pupil: dict[str, Any], accounts: list[int]) -> None:
    school = pupil["school_id"]
    _ties(dice, found, "pupil", pupil["id"], school, accounts)
    others = [row["id"] for row in found.tables["parent"] if row["school_id"] == school]
    for _ in range(dice.randint(0, 2)):
        known = {row["parent_id"] for row in found.tables["guardianship"] if row["pupil_id"] == pupil["id"]}
        free = [key for key in others if key not in known]
        if free and dice.random() < 0.3:
            parent = dice.choice(free)
        else:
            parent = found.person("parent", school_id=school)
            _ties(dice, found, "parent", parent, school, accounts)
        entered = dice.choice((date(2024, 1, 1), _day(dice)))
        kin = {"pupil_id": pupil["id"], "parent_id": parent, "relation": "mother"}
        found.add("guardianship", school_id=school, entered_on=entered, **kin)


def _employee(dice: Random, found: Accounts, school: int, accounts: list[int]) -> None:
    hired, left = sorted((_day(dice), _day(dice)))
    order = dice.choice((None, hired - dice.randrange(9) * DAY))
    days = {"hired_on": hired, "hiring_order_date": order, "dismissed_on": dice.choice((None, None, left))}
    card = found.person("employee", school_id=school, **days)
    _ties(dice, found, "employee", card, school, accounts)


def _held(dice: Random, found: Accounts, line: dict[str, Any]) -> None:
    """An act has bettered what is owed for a line, or for an employee."""
    kin = [row["parent_id"] for row in found.tables["guardianship"] if row["pupil_id"] == line["pupil_id"]]
    own = [row["id"] for row in found.tables["employee"] if row["school_id"] == line["school_id"]]
    cards = {"pupil": [line["pupil_id"]], "parent": kin, "employee": own}
    kind = dice.choice([each for each in KINDS if cards[each]])
    card = dice.choice(cards[kind])
    opens, due, evidence, since, until = sorted(_day(dice) for _ in range(5))
    waiting = {"state": "waiting", "kind": "bettering", "involved_ids": [], "search_text": "", "rule": RULE_OF[kind]}
    waiting |= {"subject": "movement_order", "subject_id": 1, "about": "Приказ", "reason": "Улучшает"}
    undecided = dict.fromkeys(("refusal", "decided_on", "decided_by"))
    correction = found.world.add("correction", school_id=line["school_id"], **waiting, **undecided)
    rows = found.world.tables["held_fact"]
    rows.append(
        {"id": len(rows) + 1, "rule": RULE_OF[kind], "subject_id": card if kind == "employee" else line["id"]}
        | {"correction_id": correction, "about": kind, "about_id": card, "group_id": 0, "detail": None}
        | {"school_id": line["school_id"], "had_evidence": True, "until_on": dice.choice((None, until))}
        | {"anchor": opens, "opens_on": opens, "due": due, "evidence": evidence, "since_on": since}
    )
