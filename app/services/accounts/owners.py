"""An account is called as its owner's card: renaming the card renames the account everywhere (1.5, 3.3.2.4)."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import event, inspect, select, update
from sqlalchemy.orm import Session, UOWTransaction

from app.models.accounts import Account, AccountPerson
from app.models.engine.audit import AuditAction
from app.models.people import Employee, Parent, Person, Pupil
from app.security import beyond
from app.security.guard import changes_of
from app.services.engine import audit, warnings
from app.services.engine.warnings import Doubt

NAMES = frozenset({"last_name", "first_name", "middle_name"})
KEYS: dict[Any, str] = {Employee: "employee_id", Parent: "parent_id", Pupil: "pupil_id"}
LINKS = frozenset({*KEYS.values(), "employee", "parent", "pupil"})
LINK = AccountPerson.__table__.c
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


@warnings.on(AccountPerson)
def doubts(session: Session, link: AccountPerson) -> Iterator[Doubt]:
    """A card that is called otherwise than the account, or whose owner has another account already."""
    field = next(name for name in ("employee", "pupil", "parent") if getattr(link, name) is not None)
    owner = getattr(link, field)
    if link.was_called and link.was_called.casefold() != owner.last_name.casefold():
        words = "Фамилии учётной записи и карточки разные. После сохранения учётная запись будет названа по карточке."
        yield Doubt("owner-name", words, field, (link.was_called, owner.full_name))
    key = KEYS[type(owner)]
    others = select(LINK.account_id).where(LINK[key] == owner.id, LINK.account_id != link.account.id)
    if count := len(beyond.rows(session, others)):
        yield Doubt("owner-has-account", "У этого человека уже есть учётная запись.", field, (owner.id, count))
