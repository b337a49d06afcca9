"""One-time secrets: six Russian words on a slip, by which an account is entered until its owner chooses a password.

3.3.2.4, ИАФ.4. The words stand on the slip alone; the database has an HMAC of them under the panel's key.
"""

import hmac
import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cache

from mnemonic import Mnemonic
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.keyboard import in_other_layout
from app.models.engine.one_time import one_time_secret as table
from app.services.engine import sealing

WORDS = 6
"""Of 2,048 each: 66 random bits."""
VALID_FOR = timedelta(days=30)
PURPOSE = "one-time secrets"
NO_LETTER = re.compile(r"[\W\d_]+")


@cache
def _words() -> tuple[str, ...]:
    """Short common words of which no two begin with the same four letters: hard to confuse when read out."""
    return tuple(Mnemonic("russian").wordlist)


def made() -> str:
    return " ".join(secrets.choice(_words()) for _ in range(WORDS))


def give(session: Session, told: Mapping[int, str], batch: str | None = None) -> None:
    """Account → its secret, in place of any before. The caller commits, as the system."""
    if not told:
        return
    forget(session, told)
    same = {"until": utc_now() + VALID_FOR, "batch": batch}
    rows = [{"account_id": key, "mac": _mac(key, words)} | same for key, words in told.items()]
    session.execute(insert(table), rows)


def forget(session: Session, account_ids: Iterable[int]) -> None:
    session.execute(delete(table).where(table.c.account_id.in_(sorted(account_ids))))


def made_in(session: Session, batch: str) -> set[int]:
    """Accounts that still have the secret of this batch."""
    return set(session.connection().execute(select(table.c.account_id).where(table.c.batch == batch)).scalars())


def opens(session: Session, given: str, account_id: int | None) -> bool:
    """Whether these are the words of the account's slip. One query and one HMAC, whatever the account has."""
    valid = table.c.account_id == (account_id or 0), table.c.until > utc_now()
    kept = session.connection().execute(select(table.c.mac).where(*valid)).scalar()
    return hmac.compare_digest(_mac(account_id or 0, given), kept or "")


def _mac(account_id: int, words: str) -> str:
    return sealing.mac(PURPOSE, f"{account_id}:{_letters(words)}")


def _letters(words: str) -> str:
    """As they were meant: in whatever case, layout and with whatever between them, also pasted out of a file."""
    typed = unicodedata.normalize("NFKC", words).casefold().split()
    return NO_LETTER.sub("", "".join(in_other_layout(each) or each for each in typed)).replace("ё", "е")
