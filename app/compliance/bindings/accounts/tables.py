"""The tables of accounts and of those whom they are made for, and by what the duties of the three rules are done."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Date, FromClause, case, func, or_, select

from app.compliance.columns import school_year_of
from app.compliance.within import ON, Within
from app.models.accounts import AccountPerson
from app.models.accounts.handings import HandingOver

OWNER, GIVEN = AccountPerson.__table__, HandingOver.__table__
READING, ANEW = "known-account", "anew"


def later(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[Any]:
    """The later of two days, in words that both databases know."""
    return case((one < other, other), else_=one)


def earlier(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[Any]:
    """The earlier of two days, or the one that there is."""
    return case((one < other, one), else_=func.coalesce(other, one, type_=Date))


def handed_over(
    kind: str, card: ColumnElement[Any], trigger: ColumnElement[Any], anew: Sequence[ColumnElement[bool]]
) -> ColumnElement[Any]:
    """The first day, by the one asked about, on which an account of the person was both tied to the card and handed
    over, of those accounts that were not closed by the day of the trigger; NULL: none. `anew`: which of them count."""
    source, day = _entries(OWNER, GIVEN)
    counts = (
        day <= ON,
        or_(GIVEN.c.withdrawn_on.is_(None), GIVEN.c.withdrawn_on > ON),
        or_(GIVEN.c.ended_on.is_(None), GIVEN.c.ended_on > trigger),
        *anew,
    )
    found = select(func.min(day, type_=Date)).select_from(source).where(OWNER.c[f"{kind}_id"] == card, *counts)
    return found.correlate_except(OWNER, GIVEN).scalar_subquery()


def anew(trigger: ColumnElement[Any], rule: str, within: Within) -> list[ColumnElement[bool]]:
    """Where it is read so, what was handed over before the trigger does not count."""
    if not within.is_read(READING, ANEW):
        return []
    return [or_(~within.chosen(READING, ANEW, school_year_of(rule, trigger)), GIVEN.c.entered_on >= trigger)]


def _entries(owner: FromClause, given: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
    """Each handing over of an account with each card that the account is tied to, and the day on which both stood."""
    return owner.join(given, given.c.account_id == owner.c.account_id), later(given.c.entered_on, owner.c.entered_on)


def with_entry(fact: FromClause, source: FromClause, kind: str) -> tuple[FromClause, FromClause]:
    """A page of facts joined with the handing over that is their evidence."""
    owner, given, entry = OWNER.alias(), GIVEN.alias(), GIVEN.alias(f"entry_{kind}")
    joined, day = _entries(owner, given)
    first = select(func.min(given.c.id)).select_from(joined)
    own = first.where(owner.c[f"{kind}_id"] == fact.c.about_id, day == fact.c.evidence)
    return source.outerjoin(entry, entry.c.id == own.correlate(fact).scalar_subquery()), entry
