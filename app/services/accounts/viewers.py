"""«Кто видит эту карточку»: the roles that reach a record, and by name the accounts of the school.

Asked of the same `condition` that serves lists, cards and the guard, for each account by its roles of today.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.models.accounts import Account, AccountPerson
from app.models.people import Guardianship, Parent, Pupil
from app.regulation import load_regulation
from app.regulation.rights import OPERATOR_ROLE, WHOLE, Action, Resource, Scope
from app.security import office
from app.security.access import PARENT, STUDENT, actor_for
from app.security.actor import Actor, Holding
from app.security.granted import FAMILY, of_school, regulated_grants, role_title
from app.security.guard import person_of
from app.security.resources import RESOURCES
from app.security.scoping import condition
from app.services.accounts import right_changes, rights

AT_ONCE = 40
"""Questions in one query."""
ABOVE = "по именам не показаны: они не из школы"
FAMILIES = "те, чьи это записи"
WHOLE_SCHOOL = "все в школе"


@dataclass(frozen=True)
class Viewers:
    """One role: who of it sees the record."""

    role: str
    brief: bool
    """Its brief columns alone."""
    accounts: tuple[tuple[int, str], ...] = ()
    """(number, name)"""
    words: str = ""
    """In place of names, where there are none to tell."""


def viewers(session: Session, record: Any, full: Sequence[Resource]) -> list[Viewers]:
    """`full`: the rights under which the record shows all its columns."""
    schools = _schools(record)
    named = [each for school in schools for each in _named(session, record, school, full)]
    return [*named, *_families(session, record, schools, full), *_above(type(record), full, everywhere=not schools)]


def _schools(record: Any) -> list[int]:
    """Of a row that every school has, the own ones of nobody are told by name."""
    path = type(record).__path__
    return [] if path.common else [key for name in path.schools if (key := getattr(record, name)) is not None]


def _named(session: Session, record: Any, school: int, full: Sequence[Resource]) -> Iterator[Viewers]:
    today = person_of(session).today
    by_role = office.accounts_of_school(session.connection(), school, today)
    keys = frozenset[int]().union(*(keys for role, keys in by_role.items() if role not in FAMILY))
    keys |= _kin(session, record)
    accounts = session.scalars(select(Account).where(Account.id.in_(sorted(keys)))).all()
    held = [(each, one) for each in accounts for one in actor_for(session, each, today).holdings]
    here = [(account, one) for account, one in held if one.role in of_school() and school in (one.school_ids or ())]
    found: dict[tuple[str, bool], dict[int, str]] = defaultdict(dict)
    for (account, one), (sees, sees_whole) in zip(here, _answers(session, record, here, full), strict=True):
        if sees:
            found[one.role, not sees_whole][account.id] = account.full_name
    order = list(load_regulation().roles)
    for role, brief in sorted(found, key=lambda key: (order.index(key[0]), key[1])):
        people = sorted(found[role, brief].items(), key=lambda pair: pair[1])
        yield Viewers(role_title(role), brief, tuple(people))


def _kin(session: Session, record: Any) -> frozenset[int]:
    """The accounts of the family that a record is about."""
    pupil = record.id if isinstance(record, Pupil) else getattr(record, "pupil_id", None)
    parent = record.id if isinstance(record, Parent) else getattr(record, "parent_id", None)
    account = record.id if isinstance(record, Account) else getattr(record, "account_id", None)
    parents = select(Guardianship.parent_id).where(Guardianship.pupil_id == pupil)
    person = AccountPerson
    of_family = or_(person.pupil_id == pupil, person.parent_id == parent, person.parent_id.in_(parents))
    found = session.scalars(select(person.account_id).where(of_family)) if pupil or parent else ()
    return frozenset(found) | ({account} if account else set())


def _answers(
    session: Session, record: Any, asked: Sequence[tuple[Account, Holding]], full: Sequence[Resource]
) -> Iterator[tuple[bool, bool]]:
    """(sees it, sees it whole) of each: a query for many."""
    questions = [_question(record, one, resources) for _, one in asked for resources in (RESOURCES[type(record)], full)]
    answers: list[bool] = []
    for start in range(0, len(questions), AT_ONCE):
        answers += session.connection().execute(select(*questions[start : start + AT_ONCE])).one()
    yield from zip(map(bool, answers[::2]), map(bool, answers[1::2]), strict=True)


def _question(record: Any, held: Holding, resources: Sequence[Resource]) -> Any:
    """Whether a role held reaches the record by one of these rights."""
    model, who = type(record), Actor(held.title, held.account_id, (held,), day=held.day)
    return exists(select(model.id).where(model.id == record.id, condition(model, who, Action.VIEW, resources)))


def _families(session: Session, record: Any, schools: Sequence[int], full: Sequence[Resource]) -> Iterator[Viewers]:
    """Who has no name here: of a whole school's families, and of records that are about no one child."""
    if _kin(session, record):
        return
    for school in schools:
        matrix = rights.matrix(right_changes.in_force(session, school))
        for role in (STUDENT, PARENT):
            scopes = _scopes({key: cell.scopes for key, cell in matrix[role].items()}, type(record))
            if scopes:
                words = FAMILIES if WHOLE.isdisjoint(scopes) else WHOLE_SCHOOL
                yield Viewers(role_title(role), not set(full) & matrix[role].keys(), words=words)


def _scopes(cells: dict[Resource, tuple[Scope, ...]], model: Any) -> set[Scope]:
    return {scope for resource in RESOURCES[model] for scope in cells.get(resource, ())}


def _above(model: Any, full: Sequence[Resource], everywhere: bool) -> Iterator[Viewers]:
    """Above the schools; and of what every school has, the roles of schools too."""
    for code in (*load_regulation().roles, OPERATOR_ROLE):
        if code in of_school() and not everywhere:
            continue
        seen = [each for each in RESOURCES[model] if (each, Action.VIEW) in regulated_grants(code)]
        if seen:
            words = WHOLE_SCHOOL if code in of_school() else ABOVE
            yield Viewers(role_title(code), not set(full) & set(seen), words=words)
