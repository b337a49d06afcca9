"""Hashes of passwords (ИАФ.4): argon2id as OWASP advises it. Those made before by Werkzeug are taken, and replaced."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from werkzeug.security import check_password_hash

OURS = "$argon2id$"


def made(password: str) -> str:
    return _hasher().hash(password)


def opens(password: str, stored: str) -> bool:
    """Whether it is the password of this hash, whichever kind it is."""
    if not stored.startswith(OURS):
        return check_password_hash(stored, password)
    try:
        return PasswordHasher().verify(stored, password)  # by the parameters that stand in it
    except (VerificationError, InvalidHashError):
        return False


def opens_evenly(password: str, stored: str | None) -> bool:
    """The same, in the same time whatever is stored, and if nothing is: one of either kind is always tried."""
    is_ours = bool(stored) and str(stored).startswith(OURS)
    ours = stored if stored and is_ours else _stand_in(_hasher())
    older = stored if stored and not is_ours else current_app.config["AUTH_DB_FAKE_PASSWORD_HASH_CHECK"]
    by_ours, by_older = opens(password, ours), opens(password, older)
    return bool(stored) and (by_ours if is_ours else by_older)


def is_outdated(stored: str) -> bool:
    """Whether it is to be made anew the next time its password is known."""
    return not stored.startswith(OURS) or _hasher().check_needs_rehash(stored)


def _hasher() -> PasswordHasher:
    return _hasher_of(**current_app.config["ARGON2"])


@cache
def _hasher_of(time_cost: int, memory_cost: int, parallelism: int) -> PasswordHasher:
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_cost, parallelism=parallelism)


@cache
def _stand_in(hasher: PasswordHasher) -> str:
    """Of nobody's password, for whoever has none of ours."""
    return hasher.hash(secrets.token_hex())
