"""Who answers for a duty: the role that enters, the role that controls, and who was appointed to them on the day.

By the regulation the role answers; the person is whoever held it in the school on the day of the report. Where nobody
holds the controlling role, who stands in for it is named: the director, without a director the МОУО (access.md).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from app.compliance.evaluate import Answerable, Judgement
from app.regulation import load_regulation
from app.regulation.rights import Action, Resource
from app.regulation.schema import Rule
from app.russian import short_name
from app.security import control
from app.security.actor import united
from app.security.guard import person_of

NAMED = 2
"""Of several who hold a role the first ones are named, the others counted."""
OF_MUNICIPALITY = "municipal"
ACTING = {"class_teacher": "классный руководитель", "subject_teacher": "учитель-предметник"}
"""As which teacher one enters (`Rule.acting_as`)."""
NAMES = (Resource.EMPLOYEES, Resource.EMPLOYEES_BRIEF)
"""Whoever sees cards of a school's employees, if only in brief, sees who of them answers for a duty."""


@dataclass(frozen=True)
class Responsible:
    """Who holds the roles of some rules in some schools on a day, as far as its reader may see names."""

    holders: control.Holders
    named: frozenset[int] | None
    """The schools whose employees are named; None: every school's."""
    beyond: bool
    """Whether the people of the municipality are named too: to those above a school."""

    def of(self, school_id: int, rule: Rule, own: str = "") -> Answerable:
        """`own` is who answers for this very record by what its binding tells, such as the class teacher."""
        return Answerable(self._enters(school_id, rule, own), self._controls(school_id, rule))

    def of_all(self, school_id: int, rules: Iterable[Rule]) -> Answerable:
        """Of several rules in one line, each name once."""
        told = [self.of(school_id, rule) for rule in rules]
        return Answerable(*(", ".join(dict.fromkeys(parts)) for parts in zip(*told, strict=True)))

    def holder(self, school_id: int, role: str) -> str:
        """The name of who holds a role in a school, empty where nobody does or the reader may not know."""
        return (self._names(school_id, role, most=1) or "") if self._seen(school_id) else ""

    def by_rule(self, school_id: int, rules: Iterable[Rule]) -> dict[Answerable, list[Rule]]:
        """Rules for which the same people answer stand together."""
        found: dict[Answerable, list[Rule]] = defaultdict(list)
        for rule in rules:
            found[self.of(school_id, rule)].append(rule)
        return dict(found)

    def _enters(self, school_id: int, rule: Rule, own: str) -> str:
        if rule.acting_as is not None:  # not one of all who hold the role, but whose work it is
            return f"{ACTING[rule.acting_as]}: {own}" if own and self._seen(school_id) else ACTING[rule.acting_as]
        if not self._seen(school_id):
            return ", ".join(map(_role, rule.enters))
        told = [
            f"{_role(role)}: {names}" for role in rule.enters if (names := self._names(school_id, role)) is not None
        ]
        return ", ".join(told) or f"{', '.join(map(_role, rule.enters))}: никто не назначен"

    def _controls(self, school_id: int, rule: Rule) -> str:
        regulated = ", ".join(map(_role, rule.controls))
        for role in dict.fromkeys((*rule.controls, *control.IN_PLACE)):
            if self.holders.get((school_id, role)):
                names = self._names(school_id, role) if self._seen(school_id, role) else None
                told = f"{_role(role)} {names}" if names else _role(role)
                return told if role in rule.controls else f"{told} ({regulated}: никто не назначен)"
        return f"{regulated}: никто не назначен"

    def _seen(self, school_id: int, role: str = "") -> bool:
        return self.beyond if role == OF_MUNICIPALITY else self.named is None or school_id in self.named

    def _names(self, school_id: int, role: str, most: int | None = None) -> str | None:
        there = self.holders.get((school_id, role), ())[:most]
        if not there:
            return None
        told = [short_name(each.last_name, *each.first_names.split(maxsplit=1)) for each in there[:NAMED]]
        more = len(there) - NAMED
        return ", ".join(told) + (f" и ещё {more}" if more > 0 else "")


def _role(code: str) -> str:
    title = load_regulation().roles[code].title
    return title[0].lower() + title[1:]


def responsible(session: Session, school_ids: Iterable[int] | None, rules: Iterable[Rule], day: date) -> Responsible:
    """Of these schools (None: of every one) on a day: one query, however many they are."""
    roles = {role for rule in rules for role in (*rule.enters, *rule.controls)}
    who = person_of(session)
    named = None if who.is_system else united(who.school_ids(each, Action.VIEW) for each in NAMES)
    beyond = who.is_system or any(held.school_ids is None or held.role == OF_MUNICIPALITY for held in who.holdings)
    return Responsible(control.holders(session.connection(), school_ids, roles, day), named, beyond)


def named(session: Session, judged: Sequence[Judgement], day: date) -> list[Judgement]:
    """The same duties, each with who answers for it: one query for all of them."""
    if not judged:
        return []
    found = responsible(session, {each.record.school_id for each in judged}, {each.rule for each in judged}, day)
    return [
        replace(each, answerable=found.of(each.record.school_id, each.rule, each.record.responsible)) for each in judged
    ]
