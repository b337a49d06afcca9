"""«Почему отказано»: which right is missing, who has it and by which clause. Of the record nothing is said."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.schools import RightChange
from app.regulation import load_regulation
from app.regulation.rights import Action, Resource
from app.security import beyond
from app.security.actor import Actor, titles
from app.services.accounts import right_rules as rules
from app.services.accounts.right_changes import as_changes
from app.services.accounts.right_rules import Changes, Right


@dataclass(frozen=True)
class WhyRefused:
    right: str
    """«печать: Личные карточки обучающихся»"""
    clause: str
    mine: tuple[str, ...]
    """The roles of whoever was refused."""
    holders: tuple[str, ...]
    """The roles that have the right, in the own school."""
    taken: tuple[str, ...]
    """The own roles that the regulation gives it to, and the school has taken it from."""


def why_refused(session: Session, actor: Actor, resource: Resource, action: Action) -> WhyRefused | None:
    """None where the actor has the right: then it is not the right that is missing."""
    if actor.may(action, resource):
        return None
    regulation, changes = load_regulation(), _changes(session, actor.default_school_id)
    row, every = regulation.resources[resource], [Right(role, resource, action) for role in regulation.roles]
    return WhyRefused(
        right=f"{action.title_ru}: {row.title}",
        clause=row.clause,
        mine=tuple(titles(actor.holdings)),
        holders=tuple(regulation.roles[each.role].title for each in every if rules.has(each, changes)),
        taken=tuple(
            regulation.roles[each.role].title
            for each in every
            if each.role in actor.roles and rules.is_regulated(each) and not rules.has(each, changes)
        ),
    )


def _changes(session: Session, school_id: int | None) -> Changes:
    """Of the own school, past the guard: what a role may do is told to everybody whom it refuses. Without a flush: what
    was refused may still lie in the session."""
    own = RightChange
    columns = own.id, own.role, own.resource, own.action, own.granted
    statement = select(*columns).where(own.school_id == school_id, own.ended_at.is_(None))
    return as_changes(beyond.rows(session, statement)) if school_id is not None else {}
