"""The clause beside the name of a page: that of the reader's own right, where the page's is another role's."""

from app.extensions import db
from app.regulation import load_regulation
from app.regulation.rights import Resource
from app.security.guard import actor_of
from app.services.engine import guide


def of_page(declared: str | None, resource: Resource | None) -> str | None:
    """What the page declares, unless the reader's roles have the page's right by other clauses alone."""
    if declared is None or resource is None:
        return declared
    own = _own(tuple(actor_of(db.session).roles), resource)
    return declared if not own or declared in own else own[0]


def _own(roles: tuple[str, ...], resource: Resource) -> list[str]:
    """The clauses by which these roles hold a right, as far as the text shown has them."""
    known = load_regulation().roles
    grants = (grant for role in roles if role in known for grant in known[role].grants)
    clauses = (grant.clause for grant in grants if grant.resource == resource and grant.clause)
    return [clause for clause in dict.fromkeys(clauses) if guide.has(f"{guide.REGULATION}#{clause}")]
