"""What whoever knows the owner of an account tries first as the password: login, name, birth date, school."""

from collections.abc import Iterator
from datetime import date

import iuliia
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.models.accounts import OWNERS, Account, AccountPerson
from app.security.guard import system_step

WAYS_OF_A_DATE = ("%d%m%Y", "%d.%m.%Y", "%Y%m%d", "%d%m%y", "%Y")


def of(session: Session, account: Account) -> list[str]:
    with system_step(session, "read what a password may not be made of"):
        return [way for word in _words(session, account) if word for way in _spelt(word)]


def _spelt(word: str) -> list[str]:
    """In Russian, and as it stands in passports and elsewhere: «Сергеева», Sergeeva, Sergeyeva."""
    return list(dict.fromkeys((word, iuliia.ICAO_DOC_9303.translate(word), iuliia.WIKIPEDIA.translate(word))))


def _words(session: Session, account: Account) -> Iterator[str]:
    yield from (account.username, account.last_name, account.first_name, (account.email or "").partition("@")[0])
    cards = (getattr(AccountPerson, name) for name in ("school", *OWNERS))
    theirs = select(AccountPerson).where(AccountPerson.account_id == account.id)
    for person in session.scalars(theirs.options(*map(joinedload, cards))):
        if person.school is not None:
            yield from (person.school.name, person.school.code)
        if (owner := person.card) is not None:
            yield from (owner.last_name, owner.first_name, owner.middle_name or "")
            yield from _of_date(getattr(owner, "birth_date", None))


def _of_date(day: date | None) -> list[str]:
    return [day.strftime(way) for way in WAYS_OF_A_DATE] if day is not None else []
