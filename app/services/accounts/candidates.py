"""Who is to get an account: whom the marked records name, what hinders it, who has one already (3.3.2.4)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models.accounts import Account, AccountPerson
from app.models.accounts.officials import Official
from app.models.movement import MovementLine
from app.models.people import Employee, Guardianship, Parent, Pupil, PupilStatus, pupils_in
from app.models.study import SchoolClass
from app.models.territory import Region
from app.regulation.rights import Action, Resource
from app.russian import format_date
from app.security import beyond
from app.security.guard import Denied, person_of
from app.security.scoping import condition

MODELS: dict[str, Any] = {"pupil": Pupil, "parent": Parent, "employee": Employee, "official": Official}
TITLES = {
    "pupil": "Обучающиеся",
    "parent": "Родители",
    "employee": "Сотрудники",
    "official": "Сотрудники органов управления",
}
AT_ONCE = 1000
"""Numbers in one query."""
LAST = (99, "")
"""The place of whoever is in no class."""
IN_CLASS = (selectinload(Pupil.school_class),)
BEYOND = "ведёт оператор: даёт права и за пределами школы"
SHUT = "закрыта или отключена: сначала откройте её"
OWN = "ваша собственная"


@dataclass(frozen=True)
class Marked:
    """The numbers of the records that were marked. A school stands for everybody in it."""

    schools: tuple[int, ...] = ()
    classes: tuple[int, ...] = ()
    orders: tuple[int, ...] = ()
    pupils: tuple[int, ...] = ()
    parents: tuple[int, ...] = ()
    employees: tuple[int, ...] = ()
    officials: tuple[int, ...] = ()


@dataclass(frozen=True)
class Held:
    """The account that a person has."""

    id: int
    login: str
    is_used: bool
    handed_over_on: date | None
    hindrance: str = ""
    """Why no new slip of it can be made here."""


@dataclass(frozen=True)
class Candidate:
    """A person who has or may get an account."""

    kind: str
    id: int
    school_id: int | None
    """An official is of no school."""
    name: tuple[str, str, str | None]
    snils: str | None
    about: str = ""
    """The class of a pupil, the children of a parent, the position of an employee or an official."""
    hindrance: str = ""
    """Why no account is made for this person."""
    place: tuple[Any, ...] = field(default=LAST, compare=False)
    """Of his class, or of the first child's, among the classes."""
    held: Held | None = field(default=None, compare=False)
    authority: tuple[int | None, str] = field(default=(None, ""), compare=False)
    """Of an official: the number of the municipality, and what the authority is called."""

    @property
    def key(self) -> str:
        """By what a form names him."""
        return f"{self.kind}:{self.id}"

    @property
    def full_name(self) -> str:
        return " ".join(filter(None, self.name))

    @property
    def is_new(self) -> bool:
        return self.held is None and not self.hindrance


def of(session: Session, marked: Marked) -> list[Candidate]:
    """Everybody the marked records name, of those whom the actor sees and gives accounts, with the accounts that they
    have. Raises Denied."""
    actor = person_of(session)
    if not actor.may(Action.EDIT, Resource.ACCOUNTS):
        raise Denied("Недостаточно прав: создание учётных записей.")
    found = people(session, marked, actor.school_ids(Resource.ACCOUNTS, Action.EDIT))
    held = _held(session, found)
    return [replace(each, held=held.get(each.key)) for each in found]


def people(session: Session, marked: Marked, school_ids: frozenset[int] | None = None) -> list[Candidate]:
    """Pupils, their parents, employees, officials whom the actor sees, by class and surname. `school_ids`: of these
    schools alone."""
    cards = _Cards(session, school_ids)
    pupils = cards.pupils(marked)
    parents = cards.numbered(Parent, {*marked.parents, *cards.parents_of(pupils)})
    found = [*map(_pupil, pupils), *_parents(parents, cards.children_of(parents))]
    return [
        *sorted(found, key=lambda each: (each.kind == "parent", each.place)),
        *_employees(cards, marked),
        *_officials(cards, marked),
    ]


class _Cards:
    """Cards that the actor sees."""

    def __init__(self, session: Session, school_ids: frozenset[int] | None) -> None:
        self.session, self.actor, self.school_ids = session, person_of(session), school_ids

    def read(self, model: Any, *where: Any, load: Any = ()) -> list[Any]:
        if self.school_ids is not None and model is Official:
            return []  # above every school
        reached = () if self.school_ids is None else (model.school_id.in_(sorted(self.school_ids)),)
        return list(self.session.scalars(select(model).where(*reached, *where).options(*load)))

    def numbered(self, model: Any, keys: Iterable[int], load: Any = ()) -> list[Any]:
        found = [card for chunk in _chunks(keys) for card in self.read(model, model.id.in_(chunk), load=load)]
        return sorted(found, key=lambda card: (card.search_text, card.id))

    def pupils(self, marked: Marked) -> list[Pupil]:
        keys, line = {*marked.pupils}, MovementLine
        if marked.classes:
            seen = [each.id for each in self.read(SchoolClass, SchoolClass.id.in_(marked.classes))]
            keys.update(self.session.scalars(pupils_in(seen, self.actor.day)))
        if marked.orders:
            keys.update(self.session.scalars(select(line.pupil_id).where(line.order_id.in_(marked.orders))))
        if marked.schools:
            keys.update(pupil.id for pupil in self.read(Pupil, Pupil.school_id.in_(marked.schools)))
        return self.numbered(Pupil, keys, load=IN_CLASS)

    def parents_of(self, pupils: Sequence[Pupil]) -> set[int]:
        kin = select(Guardianship.parent_id)
        chunks = _chunks(pupil.id for pupil in pupils)
        return {key for chunk in chunks for key in self.session.scalars(kin.where(Guardianship.pupil_id.in_(chunk)))}

    def children_of(self, parents: Sequence[Parent]) -> dict[int, list[Candidate]]:
        kin = select(Guardianship.parent_id, Pupil).join(Pupil, Pupil.id == Guardianship.pupil_id).options(*IN_CLASS)
        found = defaultdict[int, list[Candidate]](list)
        for chunk in _chunks(parent.id for parent in parents):
            of_them = kin.where(Guardianship.parent_id.in_(chunk)).order_by(Pupil.birth_date, Pupil.id)
            for key, pupil in self.session.execute(of_them):
                found[key].append(_pupil(pupil))
        return found


def _chunks(keys: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(set(keys))
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]


def _candidate(kind: str, card: Any, about: str, hindrance: str = "", place: tuple[Any, ...] = LAST) -> Candidate:
    name = card.last_name, card.first_name, card.middle_name
    return Candidate(kind, card.id, getattr(card, "school_id", None), name, card.snils, about, hindrance, place)


def _pupil(pupil: Pupil) -> Candidate:
    has_gone = pupil.status in (PupilStatus.DEPARTED, PupilStatus.GRADUATED)
    school_class = pupil.school_class
    place = LAST if school_class is None else (school_class.grade, school_class.letter)
    return _candidate("pupil", pupil, str(school_class or ""), pupil.status.title_ru if has_gone else "", place)


def _parents(cards: Sequence[Parent], children: dict[int, list[Candidate]]) -> Iterator[Candidate]:
    for card in cards:
        own = children.get(card.id, [])
        about = ", ".join(" ".join(filter(None, (child.name[1], child.about))) for child in own)
        has_gone = bool(own) and all(child.hindrance for child in own)
        place = min((child.place for child in own), default=LAST)
        yield _candidate("parent", card, about, "все дети выбыли" if has_gone else "", place)


def _employees(cards: _Cards, marked: Marked) -> Iterator[Candidate]:
    keys = {*marked.employees}
    if marked.schools:
        keys.update(card.id for card in cards.read(Employee, Employee.school_id.in_(marked.schools)))
    for card in cards.numbered(Employee, keys, load=(selectinload(Employee.position),)):
        yield _at_work(cards, "employee", card, str(card.position or ""))


def _officials(cards: _Cards, marked: Marked) -> Iterator[Candidate]:
    found = cards.numbered(Official, marked.officials, load=(selectinload(Official.municipality),))
    region = cards.session.scalar(select(Region).limit(1)) if found else None
    for card in found:
        governed = card.municipality or region
        told = card.municipality_id, governed.authority if governed is not None else ""
        yield replace(_at_work(cards, "official", card, card.position or ""), authority=told)


def _at_work(cards: _Cards, kind: str, card: Any, about: str) -> Candidate:
    has_left = card.dismissed_on is not None and card.dismissed_on < cards.actor.today
    return _candidate(kind, card, about, f"уволен {format_date(card.dismissed_on)}" if has_left else "")


def _held(session: Session, candidates: Sequence[Candidate]) -> dict[str, Held]:
    """Whose account stands: of several the one that is open, then the latest."""
    found = {}
    for kind in MODELS:
        keys = [each.id for each in candidates if each.kind == kind]
        for chunk in _chunks(keys):
            for owner, account in _accounts(session, getattr(AccountPerson, f"{kind}_id"), chunk):
                found[f"{kind}:{owner}"] = account
    managed = _managed(session, {each.id for each in found.values()})
    beyond_reach = {key for key, each in found.items() if not each.hindrance and each.id not in managed}
    return found | {key: replace(found[key], hindrance=BEYOND) for key in beyond_reach}


def _accounts(session: Session, owner: Any, keys: Sequence[int]) -> Iterator[tuple[int, Held]]:
    """The open ones last."""
    actor, told = person_of(session), (Account.id, Account.username, Account.active, Account.closed_on)
    statement = select(owner.label("owner"), *told, Account.last_login, Account.handed_over_on)
    statement = statement.join(AccountPerson, AccountPerson.account_id == Account.id).where(owner.in_(keys))
    is_open = Account.active & Account.closed_on.is_(None)
    for row in beyond.rows(session, statement.order_by(is_open, Account.id)):
        is_shut = not row.active or (row.closed_on is not None and row.closed_on <= actor.today)
        hindrance = SHUT if is_shut else OWN if row.id == actor.account_id else ""
        yield row.owner, Held(row.id, row.username, row.last_login is not None, row.handed_over_on, hindrance)


def _managed(session: Session, keys: Iterable[int]) -> set[int]:
    """Those whose every right lies within the actor's reach (docs/adr/0034)."""
    his = select(Account.id).where(condition(Account, person_of(session), Action.EDIT, (Resource.ACCOUNTS,)))
    return {key for chunk in _chunks(keys) for key in session.scalars(his.where(Account.id.in_(chunk)))}
