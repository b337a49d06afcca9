"""How accounts are used and whose they are, as SQL over them: what a list of accounts is narrowed by (УПД.1)."""

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, exists, select, type_coerce

from app.choices import Choice
from app.models.base import choice_type

IDLE_AFTER = timedelta(days=90)


class AccountUse(Choice):
    NEVER = "never", "ни разу не входил", "orange"
    IDLE = "idle", "давно не входил", "orange"
    USED = "used", "входит", "green"


class OwnerKind(Choice):
    PUPIL = "pupil", "обучающийся"
    PARENT = "parent", "родитель"
    EMPLOYEE = "employee", "сотрудник"
    OFFICIAL = "official", "сотрудник органа управления"
    NOBODY = "nobody", "без карточки"


class AccountOf(Choice):
    NONE = "none", "нет", "orange"
    MADE = "made", "создана, не выдана", "orange"
    GIVEN = "given", "выдана", "green"


def account_of(card: Any, kind: str) -> ColumnElement[AccountOf]:
    """What account the person of a card has, of those that the reader sees: made is not handed over (3.3.2.4)."""
    from app.models.accounts import Account, AccountPerson

    tie = select(AccountPerson.id).where(getattr(AccountPerson, f"{kind}_id") == card.id)
    given = tie.join(Account, Account.id == AccountPerson.account_id).where(Account.handed_over_on.is_not(None))
    told = case(
        (given.exists(), AccountOf.GIVEN.value), (tie.exists(), AccountOf.MADE.value), else_=AccountOf.NONE.value
    )
    return type_coerce(told, choice_type(AccountOf))


def use_of(account: Any, day: date) -> ColumnElement[AccountUse]:
    """By the last sign-in, kept in UTC without saying so: a day more or less does not matter."""
    long_ago = datetime.combine(day - IDLE_AFTER, time())
    never, idle = account.last_login.is_(None), account.last_login < long_ago
    told = case((never, AccountUse.NEVER.value), (idle, AccountUse.IDLE.value), else_=AccountUse.USED.value)
    return type_coerce(told, choice_type(AccountUse))


def owner_kind_of(account: Any, day: date) -> ColumnElement[OwnerKind]:
    """Of several cards an official's is told first, then an employee's, then a parent's."""
    from app.models.accounts import AccountPerson

    tie = AccountPerson.__table__.c
    kinds = (OwnerKind.OFFICIAL, OwnerKind.EMPLOYEE, OwnerKind.PARENT, OwnerKind.PUPIL)
    ties = [
        (exists().where(tie.account_id == account.id, tie[f"{kind.value}_id"].is_not(None)), kind.value)
        for kind in kinds
    ]
    return type_coerce(case(*ties, else_=OwnerKind.NOBODY.value), choice_type(OwnerKind))
