"""What a change of rights does to people, told before it is made: how many gain or lose, what nobody could do then."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from app.regulation import load_regulation
from app.regulation.rights import Resource
from app.russian import counted
from app.security import office
from app.security.granted import of_school
from app.security.guard import person_of
from app.services.accounts import right_rules as rules
from app.services.accounts.right_changes import Becomes, Step
from app.services.accounts.right_rules import Changes, Right

BEYOND = "Это отступление от Регламента: так оно и будет показано на странице прав, в печатной матрице и в журнале."
PEOPLE = {
    "student": ("обучающегося", "обучающихся", "обучающихся"),
    "parent": ("родителя", "родителей", "родителей"),
}
STAFF = ("сотрудника", "сотрудников", "сотрудников")


def effect(session: Session, school_id: int, steps: Sequence[Step], changes: Changes) -> list[str]:
    """Sentences: one query, however many steps. All of them are about one role."""
    accounts = office.accounts_of_school(session.connection(), school_id, person_of(session).today)
    grouped: dict[tuple[Resource, bool], list[Step]] = defaultdict(list)
    for step in steps:
        grouped[step.right.resource, step.gives].append(step)
    told = [sentence for group in grouped.values() for sentence in _told(group, changes, accounts)]
    return [*told, BEYOND] if any(step.becomes is Becomes.GIVEN for step in steps) else told


def _told(steps: Sequence[Step], changes: Changes, accounts: office.Accounts) -> Iterator[str]:
    """Of steps on one kind of records that all give or all take."""
    rights, gives = [step.right for step in steps], steps[0].gives
    verb, role = "появится" if gives else "пропадёт", rights[0].role
    touched = accounts.get(role, frozenset())
    if not touched:
        yield f"Эту роль сейчас никто не занимает: право {title_of(rights)} {verb} у тех, кого на неё назначат."
        return
    yield f"У {counted(len(touched), *PEOPLE.get(role, STAFF))} {verb} право {title_of(rights)}."
    others = {right: _by_other_roles(right, changes, accounts) for right in rights}
    by_number: dict[int, list[Right]] = defaultdict(list)
    for right, each in others.items():
        by_number[len(touched & each)].append(right)
    for number in sorted(by_number.keys() - {0}):
        yield f"Из них {number} – с правом {title_of(by_number[number])} и по другой роли."
    if nobody := [] if gives else [right for right, each in others.items() if not each]:
        yield f"После этого в школе никто не сможет: {title_of(nobody)}."


def title_of(rights: Sequence[Right]) -> str:
    """«просмотр, печать: Личные карточки обучающихся»: of rights on one kind of records."""
    actions = ", ".join(right.action.title_ru for right in rights)
    return f"«{actions}: {load_regulation().resources[rights[0].resource].title}»"


def _by_other_roles(right: Right, changes: Changes, accounts: office.Accounts) -> frozenset[int]:
    others = (right._replace(role=role) for role in of_school() - {right.role})
    holders = [accounts.get(each.role, frozenset()) for each in others if rules.has(each, changes)]
    return frozenset[int]().union(*holders)
