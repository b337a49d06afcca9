"""Accounts made for many people at once, and new one-time secrets for those who have one (3.3.2.4).

Whole sets of rows: sixty first-graders with their parents are three insertions. What a secret is, only the slip tells.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.clock import utc_now
from app.models.accounts import Account, AccountPerson
from app.models.engine.audit import AuditAction
from app.models.values import login_key, person_key
from app.security import beyond, stamps
from app.security.guard import person_of
from app.security.manager import new_session_key
from app.services.accounts import logins, one_time
from app.services.accounts.candidates import MODELS, Candidate
from app.services.engine import audit

LINK = AccountPerson.__table__


@dataclass(frozen=True)
class Issued:
    """What a slip tells. `secret` is empty for whoever has an account already in another school or work."""

    candidate: Candidate
    login: str
    secret: str = ""


def issue(
    session: Session, new: Sequence[Candidate], again: Sequence[Candidate], batch: str | None = None
) -> list[Issued]:
    """Make accounts for those who have none, and a new secret for those who have one; who is hindered is passed by.

    A grown-up whom СНИЛС and name show to have an account already keeps that one: it is tied to the card. If the batch
    was begun before and broken off, those whom it had given accounts get others in their place. The caller commits.
    """
    mine = one_time.made_in(session, batch) if batch else set[int]()
    again = [*again, *(each for each in new if each.held is not None and each.held.id in mine)]
    again = [each for each in again if each.held is not None and not each.held.hindrance]
    new = [each for each in new if each.is_new]
    elsewhere = _elsewhere(session, new)
    same = _same_person([each for each in new if each.key not in elsewhere])
    made = _make(session, [each for each in new if same.get(each.key) == each.key])
    elsewhere |= {key: made[first] for key, first in same.items() if key != first}
    accounts = made | elsewhere
    _tie(session, [(each, accounts[each.key][0]) for each in new])
    _renew(session, again)
    accounts |= {each.key: (each.held.id, each.held.login) for each in again if each.held is not None}
    secrets = {each.key: one_time.made() for each in (*new, *again) if each.key not in elsewhere}
    one_time.give(session, {accounts[key][0]: words for key, words in secrets.items()}, batch)
    return [Issued(each, accounts[each.key][1], secrets.get(each.key, "")) for each in (*new, *again)]


def _elsewhere(session: Session, new: Sequence[Candidate]) -> dict[str, tuple[int, str]]:
    """Grown-ups who have an account already, by another card: with the same СНИЛС and name."""
    wanted = defaultdict[str, list[Candidate]](list)
    for each in filter(_is_known, new):
        wanted[each.snils or ""].append(each)
    found: dict[str, tuple[int, str]] = {}
    for kind in ("parent", "employee", "official"):
        card = MODELS[kind].__table__.c
        owner = select(card.snils, card.person_key, LINK.c.account_id, Account.username)
        owner = owner.join(LINK, LINK.c[f"{kind}_id"] == card.id).join(Account, Account.id == LINK.c.account_id)
        open_ones = owner.where(Account.active.is_(True), Account.closed_on.is_(None)).order_by(Account.id.desc())
        for chunk in _chunks(wanted):
            for row in beyond.rows(session, open_ones.where(card.snils.in_(chunk))):
                for each in wanted[row.snils]:
                    if row.person_key == person_key(*each.name[:2]):
                        found[each.key] = row.account_id, row.username
    return found


def _is_known(each: Candidate) -> bool:
    """Whether another card may be known as the same grown-up's."""
    return bool(each.snils) and each.kind != "pupil"


def _same_person(new: Sequence[Candidate]) -> dict[str, str]:
    """Candidate → the first of those that are one person: a teacher's card and the mother's get one account."""
    first: dict[Any, str] = {}
    marks = {each.key: (each.snils, person_key(*each.name[:2])) if _is_known(each) else each.key for each in new}
    return {key: first.setdefault(mark, key) for key, mark in marks.items()}


def _chunks(keys: Iterable[Any]) -> Iterable[list[Any]]:
    ordered = sorted(keys)
    return (ordered[start : start + 500] for start in range(0, len(ordered), 500))


def _make(session: Session, fresh: Sequence[Candidate]) -> dict[str, tuple[int, str]]:
    """Candidate → the number and the login of the account."""
    if not fresh:
        return {}
    names = logins.proposed(session, [each.name for each in fresh])
    rows = [_account(each, login) for each, login in zip(fresh, names, strict=True)]
    session.execute(insert(Account.__table__), rows)
    keys = _numbers(session, Account.__table__.c.username, names)
    told = [
        (keys[login], each.full_name, each.school_id, {"username": [None, login]})
        for each, login in zip(fresh, names, strict=True)
    ]
    audit.record_many(session, AuditAction.CREATE, Account, told)
    return {each.key: (keys[login], login) for each, login in zip(fresh, names, strict=True)}


def _numbers(session: Session, column: Any, values: Iterable[Any]) -> dict[Any, int]:
    """Value → number of its row. Asked again: SQLite tells the numbers of a set only row by row."""
    found: dict[Any, int] = {}
    for chunk in _chunks(values):
        statement = select(column, column.table.c.id).where(column.in_(chunk)).order_by(column.table.c.id)
        found.update((row[0], row[1]) for row in session.connection().execute(statement))
    return found


def _account(each: Candidate, login: str) -> dict[str, Any]:
    last, first, middle = each.name
    names = {"last_name": last, "first_name": " ".join(filter(None, (first, middle))), "username": login}
    kept = {"login_key": login_key(login), "search_text": Account.search_text_of(names)}
    home = {"school_id": each.school_id, "municipality_id": each.authority[0]}
    return names | kept | home | {"active": True, "must_change_password": True}


def _tie(session: Session, pairs: Sequence[tuple[Candidate, int]]) -> None:
    """Each account belongs to its person from now on."""
    if not pairs:
        return
    entered = stamps.entered(session, {each.school_id for each, _ in pairs}, person_of(session))
    rows = [
        {f"{kind}_id": each.id if kind == each.kind else None for kind in MODELS}
        | {"account_id": key, "school_id": each.school_id}
        | entered[each.school_id]
        for each, key in pairs
    ]
    session.execute(insert(LINK), rows)
    keys = _numbers(session, LINK.c.account_id, [account for _, account in pairs])
    told = [(keys[account], each.full_name, each.school_id, {"account_id": [None, account]}) for each, account in pairs]
    audit.record_many(session, AuditAction.CREATE, AccountPerson, told)


def _renew(session: Session, again: Sequence[Candidate]) -> None:
    """The old password and the old slip open nothing any more, open sessions end; whoever has used it is told."""
    table, held = Account.__table__, [each.held for each in again if each.held is not None]
    shut = {"password": None, "must_change_password": True, "failed_logins": 0, "locked_until": None}
    one = update(table).where(table.c.id == bindparam("number"))
    keys = [{"number": each.id, "session_key": new_session_key()} for each in held]
    if keys:
        session.execute(one.values(**shut, version=table.c.version + 1, session_key=bindparam("session_key")), keys)
    told = {"reset_at": utc_now(), "reset_by": person_of(session).name}
    for chunk in _chunks(each.id for each in held if each.is_used):
        session.execute(update(table).where(table.c.id.in_(chunk)).values(told))
    rows = [(each.held.id, each.full_name, each.school_id, {"password": [None, None]}) for each in again if each.held]
    audit.record_many(session, AuditAction.PASSWORD, Account, rows)
