"""An account is called as its owner's card: renaming the card renames the account everywhere (1.5, 3.3.2.4)."""

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

from sqlalchemy import event, inspect, or_, select, update
from sqlalchemy.orm import Session, UOWTransaction

from app.models.accounts import OWNERS, Account, AccountPerson
from app.models.accounts.appointments import Appointment
from app.models.accounts.officials import Official
from app.models.engine.audit import AuditAction
from app.models.people import Employee, Parent, Person, Pupil
from app.security import beyond
from app.security.access import REGIONAL
from app.security.guard import person_of
from app.security.writes import changes_of
from app.services.accounts.candidates import MODELS
from app.services.engine import audit, coherence, records, warnings
from app.services.engine.errors import Conflict
from app.services.engine.warnings import Doubt

NAMES = frozenset({"last_name", "first_name", "middle_name"})
KEYS: dict[Any, str] = {Employee: "employee_id", Parent: "parent_id", Pupil: "pupil_id", Official: "official_id"}
LINKS = frozenset({*KEYS.values(), *OWNERS})
LINK = AccountPerson.__table__.c


class Kind(NamedTuple):
    """Cards of people to whom orders give roles: the key of the link, and where such a person works."""

    key: str
    model: Any
    place: str


BY_WORK = Kind("employee_id", Employee, "school_id"), Kind("official_id", Official, "municipality_id")
HOLDS = "Учётной записи даны роли как сотруднику «{}». Сначала прекратите эти назначения."
RENAMED = "renamed_owners"
"""In session.info: cards that the running flush renames, and links that it makes."""


def install(session_factory: Any) -> None:
    """Names follow at every flush, whoever renames the card and by whatever way."""
    event.listen(session_factory, "before_flush", _note)
    event.listen(session_factory, "after_flush", _follow)


def names_of(person: Person) -> tuple[str, str]:
    """The two names that an account has: the surname, and the rest."""
    return person.last_name, " ".join(filter(None, (person.first_name, person.middle_name)))


def is_owned(session: Session, account_id: int) -> bool:
    """Whether some card tells how the account is called."""
    return bool(beyond.rows(session, select(LINK.id).where(LINK.account_id == account_id).limit(1)))


def first_card(session: Session, account_id: int) -> tuple[str, list[int]] | None:
    """(kind of card, its number) of whose account it is, or None: by the order of kinds, as the actor sees the ties."""
    ties = session.scalars(
        select(AccountPerson).where(AccountPerson.account_id == account_id).order_by(AccountPerson.id)
    ).all()
    found = ((f"{kind}s", getattr(tie, f"{kind}_id")) for kind in MODELS for tie in ties)
    return next(((kind, [key]) for kind, key in found if key), None)


def _note(session: Session, context: UOWTransaction, instances: Any) -> None:
    renamed = [obj for obj in session.dirty if type(obj) in KEYS and changes_of(obj) & NAMES]
    linked = [obj for obj in (*session.new, *session.dirty) if type(obj) is AccountPerson and changes_of(obj) & LINKS]
    session.info[RENAMED] = renamed, linked


def _follow(session: Session, context: UOWTransaction) -> None:
    renamed, linked = session.info.pop(RENAMED, ([], []))
    for person in renamed:
        accounts = select(LINK.account_id).where(LINK[KEYS[type(person)]] == person.id)
        for account_id in session.connection().execute(accounts).scalars().all():
            _rename(session, account_id, person)
    for link in linked:
        if (owner := _owner_of(session, link)) is not None:
            link.was_called = _rename(session, link.account_id, owner)


def _owner_of(session: Session, link: AccountPerson) -> Any:
    """The card as the database has it: what the actor sees of it does not matter."""
    for model, key in KEYS.items():
        if number := getattr(link, key):
            table = model.__table__.c
            found = select(table.last_name, table.first_name, table.middle_name).where(table.id == number)
            return session.connection().execute(found).one_or_none()
    return None


def _rename(session: Session, account_id: int, person: Any) -> str:
    """Past the session: whoever renames a card need not manage its account. Returns the surname that it had."""
    table = Account.__table__
    before = session.connection().execute(select(table).where(table.c.id == account_id)).one()
    new = dict(zip(("last_name", "first_name"), names_of(person), strict=True))
    changes = {name: [getattr(before, name), value] for name, value in new.items() if getattr(before, name) != value}
    if not changes:
        return before.last_name
    told = Account.search_text_of({"username": before.username} | new)
    values = new | {"search_text": told}
    session.connection().execute(update(table).where(table.c.id == account_id).values(values))
    key = inspect(Account).identity_key_from_primary_key((account_id,))
    if (held := session.identity_map.get(key)) is not None:
        session.expire(held, [*new, "search_text"])
    about = Account(id=account_id, school_id=before.school_id)
    audit.record(session, AuditAction.CHANGE, " ".join(new.values()), obj=about, changes=changes)
    return before.last_name


@coherence.among(AccountPerson, *LINKS)
def _stays_whose(session: Session, links: list[AccountPerson]) -> Iterator[tuple[Any, str, str]]:
    """Roles in a school or an authority end with the work of whoever they were given to: no other card is put in its
    place, nor beside it, while they last. The same person's new card is."""
    for link, kind in product(links, BY_WORK):
        gone: Any = inspect(link).attrs[kind.key].history.deleted
        former, new = [key for key in gone or () if key], getattr(link, kind.key)
        cards = _other_cards(session, link, kind, former) if new or former else []
        mine = _cards_numbered(session, kind, [new] if new else [])
        strange = cards and not {row.person_key for row in cards} & {row.person_key for row in mine}
        if strange and _has_roles(session, link.account_id, kind, {row.place for row in cards}):
            yield link, kind.key, HOLDS.format(f"{cards[0].last_name} {cards[0].first_name}")


def _other_cards(session: Session, link: AccountPerson, kind: Kind, former: list[Any]) -> list[Any]:
    """The cards of an account besides this link: those that it led to, others of the same school or of authorities."""
    here, key = LINK.school_id.is_not_distinct_from(link.school_id), LINK[kind.key]
    beside = LINK.account_id == link.account_id, here, LINK.id != link.id, key.is_not(None)
    others = beyond.rows(session, select(key).where(*beside))
    return _cards_numbered(session, kind, [*former, *(row[0] for row in others)])


def _cards_numbered(session: Session, kind: Kind, numbers: list[Any]) -> list[Any]:
    card = kind.model.__table__.c
    told = select(card.person_key, card[kind.place].label("place"), card.last_name, card.first_name)
    return list(beyond.rows(session, told.where(card.id.in_(numbers)))) if numbers else []


def _has_roles(session: Session, account_id: int, kind: Kind, places: set[int | None]) -> bool:
    """Whether an order, in force or to come, gives a role there by work of this kind."""
    given, today = Appointment.__table__.c, person_of(session).today
    lasts = or_(given.valid_to.is_(None), given.valid_to >= today)
    there = given[kind.place].in_(sorted(place for place in places if place is not None))
    if None in places:
        there = or_(there, given.role == REGIONAL)
    held = select(given.id).where(given.account_id == account_id, there, lasts)
    return bool(beyond.rows(session, held.limit(1)))


def obstacle(session: Session, link: AccountPerson) -> str:
    """What forbids taking a link away, in Russian, or nothing: without any card roles would last by their orders."""
    for kind in BY_WORK:
        cards = _cards_numbered(session, kind, [key] if (key := getattr(link, kind.key)) else [])
        if cards and _has_roles(session, link.account_id, kind, {row.place for row in cards}):
            return HOLDS.format(link.person)
    return ""


def unlink(session: Session, link: AccountPerson) -> Any:
    """Put a link in the bin. Raises Conflict where roles hang on it."""
    if words := obstacle(session, link):
        raise Conflict(words)
    return records.remove(session, link)


@warnings.on(AccountPerson)
def doubts(session: Session, link: AccountPerson) -> Iterator[Doubt]:
    """A card that is called otherwise than the account, or whose owner has another account already."""
    field = next(name for name in OWNERS if getattr(link, name) is not None)
    owner = getattr(link, field)
    if link.was_called and link.was_called.casefold() != owner.last_name.casefold():
        words = "Фамилии учётной записи и карточки разные. После сохранения учётная запись будет названа по карточке."
        yield Doubt("owner-name", words, field, (link.was_called, owner.full_name))
    key = KEYS[type(owner)]
    others = select(LINK.account_id).where(LINK[key] == owner.id, LINK.account_id != link.account.id)
    if count := len(beyond.rows(session, others)):
        yield Doubt("owner-has-account", "У этого человека уже есть учётная запись.", field, (owner.id, count))
