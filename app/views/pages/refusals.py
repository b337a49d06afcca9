"""What the page of a refusal says of the right that is missing."""

from flask import current_app, request

from app.extensions import db
from app.regulation.rights import Action, Resource
from app.security.guard import actor_of
from app.services.accounts.why_refused import WhyRefused, why_refused
from app.web import gate


def why(right: tuple[Resource, Action] | None) -> WhyRefused | None:
    """Of the right that was asked for, else of the one that this route needs; to whoever works here already."""
    actor, right = actor_of(db.session), right or current_app.extensions[gate.NEEDED].get(request.endpoint)
    if actor is None or actor.must_change_password or right is None:
        return None
    return why_refused(db.session, actor, *right)
