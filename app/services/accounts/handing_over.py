"""Handing accounts over to their owners: what waits for it, and the day on which it was done (3.3.2.4, 3.3.5.2).

The administrator does it for the school, a class teacher for the own class. A slip of the hand is taken back by whoever
made it, on the same day; later by whoever gives out the accounts of the school. The account tells its state; by each
`HandingOver` the terms are judged.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models.accounts import Account, AccountPerson
from app.models.accounts.handings import HandingOver
from app.models.people import Guardianship, pupils_in
from app.regulation.rights import Action, Resource
from app.russian import format_date
from app.security import beyond
from app.security.guard import Denied, person_of, system_step
from app.security.scoping import condition
from app.services.accounts import candidates
from app.services.accounts.candidates import Candidate, Marked
from app.services.engine.errors import Conflict, Refused
from app.services.engine.transaction import transaction

MOST = 500
"""Accounts on one page."""
STANDS = HandingOver.withdrawn_on.is_(None), HandingOver.ended_on.is_(None)
DAY = "day"
"""The field of a refusal that speaks of the day."""


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
    schools = _schools(session, fresh)
    with transaction(session), system_step(session, "note that accounts were handed over"):
        fresh = [account for account in _locked(session, fresh) if account.handed_over_on is None]
        for account in fresh:
            account.handed_over_on = day
            account.version += 1
            if (school_id := schools.get(account.id)) is not None:
                session.add(HandingOver(account_id=account.id, school_id=school_id, handed_on=day))
    return len(fresh)


def marked_today(session: Session) -> list[Account]:
    """Accounts within the actor's reach that this very person marked as handed over today, by name."""
    actor, entry = person_of(session), HandingOver
    own = entry.entered_on == actor.today, entry.entered_by_id == actor.account_id, *STANDS
    keys = [row.account_id for row in beyond.rows(session, select(entry.account_id).where(*own))]
    marked = Account.id.in_(keys), Account.handed_over_on.is_not(None)
    return [*session.scalars(select(Account).where(_reach(session), *marked).order_by(Account.search_text, Account.id))]


def take_back(session: Session, keys: Collection[int]) -> int:
    """Take back one's own marks of today; how many there were. Raises Refused."""
    own = [account for account in marked_today(session) if account.id in keys]
    if not own:
        raise Refused({"": ["Отменить можно свою отметку и в тот же день. Более раннюю исправит администратор школы."]})
    with transaction(session):
        for account in own:
            _withdraw(session, account)
    return len(own)


def withdraw(session: Session, account: Account) -> None:
    """The mark was a mistake, whoever made it: of today it is as if it had not been, of an earlier day it is no
    evidence from today on. Raises Conflict where there is none, Denied."""
    if account.handed_over_on is None:
        raise Conflict("Отметки о выдаче нет: её уже сняли. Обновите страницу.")
    if not may_withdraw(session, account):
        raise Denied("Отметку о выдаче снимает тот, кто ведёт учётные записи школы.")
    with transaction(session):
        _withdraw(session, account)


def may_withdraw(session: Session, account: Account) -> bool:
    """Whoever gives out the accounts of the school."""
    gives = person_of(session).may(Action.EDIT, Resource.ACCOUNTS)
    return gives and account.handed_over_on is not None and may_hand_over(session, account)


def _withdraw(session: Session, account: Account) -> None:
    today = person_of(session).today
    with system_step(session, "take back that an account was handed over"):
        for each in _kept(session, account.id):
            if each.stands and each.entered_on == today:
                session.delete(each)
            elif each.stands:
                each.withdrawn_on = today
        account.handed_over_on = None
        account.version += 1


def may_hand_over(session: Session, account: Account) -> bool:
    """Whether it lies within the actor's reach."""
    return session.scalar(select(Account.id).where(Account.id == account.id, _reach(session))) is not None


def closed_or_opened(session: Session, account: Account, day: date) -> None:
    """What was handed over ends with the closing of the account; opened again, it is to be handed over again, but for
    one that was closed today or not yet. The caller commits, as a step of the system."""
    is_open = account.active and account.closed_on is None
    kept = _kept(session, account.id)
    for each in kept:
        if not is_open and each.stands:
            each.ended_on = account.closed_on or day
        elif is_open and each.ended_on is not None and each.ended_on >= day:
            each.ended_on = None
    if is_open and kept and not any(each.stands for each in kept):  # of an official there are none: no term is judged
        account.handed_over_on = None


def _kept(session: Session, account_id: int) -> Sequence[HandingOver]:
    """Those that were not taken back, whoever may see them."""
    own = HandingOver.account_id == account_id, HandingOver.withdrawn_on.is_(None)
    with system_step(session, "read the handing over of an account"):
        return session.scalars(select(HandingOver).where(*own)).all()


def _locked(session: Session, accounts: Sequence[Account]) -> list[Account]:
    """As they are now, and until the commit: of two who note the same at once the second one finds it done."""
    keys = sorted(account.id for account in accounts)
    rows = select(Account).where(Account.id.in_(keys)).order_by(Account.id).with_for_update(of=Account)
    return list(session.scalars(rows.execution_options(populate_existing=True)))


def _schools(session: Session, accounts: Sequence[Account]) -> dict[int, int]:
    """Account → in which school it is handed over: its own one, or that of its owner's card. Of officials none."""
    own = {account.id: account.school_id for account in accounts if account.school_id is not None}
    others = [account.id for account in accounts if account.id not in own]
    of_school = AccountPerson.account_id.in_(others), AccountPerson.school_id.is_not(None)
    tied = select(AccountPerson.account_id, AccountPerson.school_id).where(*of_school)
    found = session.execute(tied.order_by(AccountPerson.id.desc())).all() if others else []
    return own | {row.account_id: row.school_id for row in found if row.school_id is not None}


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
    """Account → whose it is; of several persons the first: a pupil, a parent, an employee, an official."""
    links = session.scalars(select(AccountPerson).where(AccountPerson.account_id.in_(account_ids))).all()
    keys = {kind: tuple(filter(None, (getattr(link, f"{kind}_id") for link in links))) for kind in candidates.MODELS}
    marked = Marked(**{f"{kind}s": found for kind, found in keys.items()})
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
