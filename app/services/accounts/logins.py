"""Logins: «ivanova.ap», the surname and the initials in Latin letters as passports have them. Never given twice."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from iuliia import ICAO_DOC_9303
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.models.accounts import Account
from app.models.values import login_key
from app.security import beyond

LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,63}")
"""Latin alone: «а» and «a» look alike."""
LONGEST_SURNAME = 40
AT_ONCE = 200
"""Beginnings asked about in one query."""
NO_LATIN = re.compile("[^a-z]")
Name = tuple[str, str, str | None]
"""Surname, first name, middle name."""


def problem(session: Session, login: str) -> str | None:
    """Why a new account cannot have this login, in Russian, or None. Logins are one over all schools."""
    if not LOGIN.fullmatch(login):
        return "Логин – от 3 до 64 латинских букв, цифр, точек, дефисов и подчёркиваний, первая – буква."
    with session.no_autoflush:
        found = beyond.rows(session, select(Account.username).where(Account.login_key == login_key(login)))
    if not found:
        return None
    if found[0][0] == login:
        return f"Логин «{login}» уже занят; логины не выдаются повторно."
    return "Такой логин легко спутать с уже выданным (ноль и «o», единица, «i» и «l»). Возьмите другой."


def proposed(session: Session, names: Sequence[Name]) -> list[str]:
    """A free login for each, all of them different: with a number from 2 on where somebody has the same."""
    bases = [_of(name) for name in names]
    taken = _taken(session, set(bases))
    found = []
    for base in bases:
        login, number = base, 1
        while login_key(login) in taken:
            number += 1
            login = f"{base}{number}"
        taken.add(login_key(login))
        found.append(login)
    return found


def _taken(session: Session, bases: Iterable[str]) -> set[str]:
    """The keys of the logins that begin like one of these, closed accounts' too."""
    keys, key = sorted({login_key(base) for base in bases}), Account.login_key
    found: set[str] = set()
    for start in range(0, len(keys), AT_ONCE):
        alike = [and_(key >= each, key < f"{each}~") for each in keys[start : start + AT_ONCE]]
        found.update(row[0] for row in beyond.rows(session, select(key).where(or_(*alike))))
    return found


def _of(name: Name) -> str:
    surname, *others = name
    initials = "".join(_latin(each)[:1] for each in others if each)
    return f"{_latin(surname)[:LONGEST_SURNAME] or 'user'}.{initials or 'x'}"


def _latin(text: str) -> str:
    spelt = ICAO_DOC_9303.translate(text).casefold()
    return NO_LATIN.sub("", unicodedata.normalize("NFKD", spelt))
