"""«Посмотреть как»: what a role may do in a school, as an actor of nobody's. It is asked and never put on a session, so
it opens no record; the closed compartments are left out."""

from datetime import date

from app.regulation import load_regulation
from app.regulation.rights import Resource
from app.security.actor import Actor, Holding
from app.services.accounts import right_words
from app.services.accounts.right_rules import Changes, Right, grants_of


def actor_as(role: str, school_id: int | None, changes: Changes, day: date) -> Actor:
    """Whoever holds this role alone in the school (None: as the regulation has it), without a person behind it."""
    grants = grants_of(role, changes)
    title = load_regulation().roles[role].title
    held = Holding(
        role=role,
        title=title,
        grants={key: scopes for key, scopes in grants.items() if not is_closed(key[0])},
        school_ids=frozenset() if school_id is None else frozenset({school_id}),
        day=day,
    )
    return Actor(name=title, holdings=(held,), day=day)


def is_closed(resource: Resource) -> bool:
    return load_regulation().resources[resource].closed


def sentences(actor: Actor) -> dict[str, list[str]]:
    """Kind of records → what the role does with it."""
    found: dict[str, list[str]] = {}
    for held in actor.holdings:
        for (resource, action), scopes in sorted(held.grants.items(), key=lambda pair: _place(pair[0][0])):
            row = load_regulation().resources[resource]
            found.setdefault(row.title, []).append(right_words.sentence(Right(held.role, resource, action), scopes))
    return found


def _place(resource: Resource) -> int:
    return list(Resource).index(resource)
