"""Handing accounts over to their owners: what waits for it, and the day on which it was done (3.3.2.4, 3.3.5.2).

The administrator does it for the school, a class teacher for the own class. A slip of the hand is taken back by whoever
made it, on the same day; later the administrator mends the card of the account.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.clock import local_date, utc_now
from app.models.accounts import Account, AccountPerson
from app.models.engine.audit import AuditAction, AuditEvent
from app.models.people import Guardianship, pupils_in
from app.regulation.rights import Action, Resource
from app.russian import format_date
from app.security.guard import person_of, system_step
from app.security.scoping import condition
from app.services.accounts import candidates
from app.services.accounts.candidates import Candidate, Marked
from app.services.engine.errors import Refused
from app.services.engine.transaction import transaction

MOST = 500
"""Accounts on one page."""
DAY = "day"
"""The field of a refusal that speaks of the day."""
MARK = Account.handed_over_on.key
"""What the trail calls it."""


@dataclass(frozen=True)
class Waiting:
    """An account that its owner has not got yet. `owner` is None where no card is tied to it."""

    id: int
    login: str
    name: str
    is_used: bool
    owner: Candidate | None

    @property
    def about(self) -> str:
        return self.owner.about if self.owner is not None else ""


def waiting(session: Session, class_id: int | None = None) -> list[Waiting]:
    """Open accounts within the actor's reach that are not handed over; of a class: its pupils' and their parents'.

    By class and surname, one more than MOST at the most.
    """
    open_ones = Account.active.is_(True), Account.closed_on.is_(None), Account.handed_over_on.is_(None)
    statement = select(Account).where(_reach(session), *open_ones).order_by(Account.search_text, Account.id)
    if class_id is not None:
        statement = statement.where(Account.id.in_(_of_class(session, class_id)))
    found = session.scalars(statement.limit(MOST + 1)).all()
    owners = _owners(session, [account.id for account in found])
    told = [_waiting(account, owners.get(account.id)) for account in found]
    return sorted(told, key=lambda each: each.owner.place if each.owner is not None else candidates.LAST)


def hand_over(session: Session, keys: Collection[int], day: date) -> int:
    """Note that these were handed over on a local day; how many of them had not been. Raises Refused."""
    if not keys:
        raise Refused({"": ["Не отмечен никто. Отметьте, кому выдали талон."]})
    found = session.scalars(select(Account).where(Account.id.in_(sorted(keys)), _reach(session))).all()
    fresh = [account for account in found if account.handed_over_on is None]
    if problem := _problem(session, fresh, day):
        raise Refused({DAY: [problem]})
    with transaction(session), system_step(session, "note that accounts were handed over"):
        for account in fresh:
            account.handed_over_on = day
            account.version += 1
    return len(fresh)


def marked_today(session: Session) -> list[Account]:
    """Accounts within the actor's reach that this very person marked as handed over today, by name."""
    person = person_of(session)
    with system_step(session, "read who marked an account as handed over"):
        marks = session.scalars(
            select(AuditEvent).where(
                AuditEvent.account_id == person.account_id,
                AuditEvent.entity == Account.__tablename__,
                AuditEvent.action == AuditAction.CHANGE,
                AuditEvent.at >= utc_now() - timedelta(days=1),
            )
        ).all()
        keys = {each.record_id for each in marks if MARK in each.changes and local_date(each.at) == person.today}
    marked = Account.id.in_(sorted(filter(None, keys))), Account.handed_over_on.is_not(None)
    return [*session.scalars(select(Account).where(_reach(session), *marked).order_by(Account.search_text, Account.id))]


def take_back(session: Session, keys: Collection[int]) -> int:
    """Take back one's own marks of today; how many there were. Raises Refused."""
    own = [account for account in marked_today(session) if account.id in keys]
    if not own:
        raise Refused({"": ["Отменить можно свою отметку и в тот же день. Более раннюю исправит администратор школы."]})
    with transaction(session), system_step(session, "take back that accounts were handed over"):
        for account in own:
            account.handed_over_on = None
            account.version += 1
    return len(own)


def _problem(session: Session, accounts: Sequence[Account], day: date) -> str:
    today = person_of(session).today
    if day > today:
        return f"Этот день ещё не наступил: сегодня {format_date(today)}."
    latest = max((account.created_on.date() for account in accounts), default=day)
    return f"Учётные записи созданы позже: {format_date(latest)}." if day < latest else ""


def _reach(session: Session) -> Any:
    return condition(Account, person_of(session), Action.HAND_OVER, (Resource.ACCOUNTS,))


def _of_class(session: Session, class_id: int) -> Any:
    pupils = pupils_in([class_id], person_of(session).day)
    parents = select(Guardianship.parent_id).where(Guardianship.pupil_id.in_(pupils))
    link = AccountPerson
    return select(link.account_id).where(or_(link.pupil_id.in_(pupils), link.parent_id.in_(parents)))


def _owners(session: Session, account_ids: Sequence[int]) -> dict[int, Candidate]:
    """Account → whose it is; of several persons the first: a pupil, a parent, an employee."""
    links = session.scalars(select(AccountPerson).where(AccountPerson.account_id.in_(account_ids))).all()
    keys = {kind: tuple(filter(None, (getattr(link, f"{kind}_id") for link in links))) for kind in candidates.MODELS}
    marked = Marked(pupils=keys["pupil"], parents=keys["parent"], employees=keys["employee"])
    told = {each.key: each for each in candidates.people(session, marked)}
    found: dict[int, Candidate] = {}
    for kind in candidates.MODELS:
        for link in links:
            owner = told.get(f"{kind}:{getattr(link, f'{kind}_id')}")
            if owner is not None:
                found.setdefault(link.account_id, owner)
    return found


def _waiting(account: Account, owner: Candidate | None) -> Waiting:
    return Waiting(account.id, account.username, account.full_name, account.last_login is not None, owner)
