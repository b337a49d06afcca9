"""The way back from a page: to the list with its conditions and its place, or to the card from which it was opened.

Both travel in the address, never in what a browser says it came from, and lead nowhere but within the panel: `list` is
the query of the view's own list, `back` the address of a card.
"""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import request, url_for
from flask.globals import request_ctx
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from app.panel.declaration import Declaration
from app.panel.listing.listing import COUNTED, Listing, Place
from app.security.guard import Denied
from app.web import addresses
from app.web.arguments import BadArgument

LIST, BACK = "list", "back"
LONGEST = 2000
CURSORS = ("after", "before")
"""Rows from which a page is counted: they may go, its number stays."""


def list_query() -> str | None:
    """The query of the list one came from; None where one did not."""
    came = request.args.get(LIST)
    if came is None or len(came) > LONGEST:
        return None
    return urlencode([pair for pair in parse_qsl(came) if pair[0] not in CURSORS])


def carried() -> dict[str, str]:
    """For the address of the next page of the same record: the list one came from."""
    query = list_query()
    return {} if query is None else {LIST: query}


def listing(view: Declaration) -> Listing | None:
    """The list one came from; None where one did not, or its conditions hold no more."""
    query = list_query()
    if query is None:
        return None
    try:
        return Listing(view, MultiDict(parse_qsl(query)))
    except (BadArgument, Denied):
        return None


def list_url(view: Declaration) -> str:
    """The list one came from, on its page; the plain list where its conditions hold no more."""
    return _address(view, list_query() if listing(view) is not None else None)


def list_without(view: Declaration) -> str:
    """The same after rows were deleted: where they were all of the last page, on the one before it."""
    found, query = listing(view), list_query()
    if found is None or query is None:
        return _address(view, None)
    place, total = Place.of(found.args), found.total()
    pairs = [pair for pair in parse_qsl(query) if pair[0] != "page"]
    number = min(place.number, max(-(-total // place.size), 1)) if total <= COUNTED else place.number
    return _address(view, urlencode([*pairs, *([("page", number)] if number > 1 else [])]))


def row_url(view: Declaration, obj: Any) -> str:
    """The list one came from, at the row of the record whose card this is."""
    query = list_query()
    return _address(view, query) + ("" if query is None else f"#row-{obj.id}")


def _address(view: Declaration, query: str | None) -> str:
    return view.url("list") + (f"?{query}" if query else "")


def card() -> str | None:
    """The address of the card one came from, if it is one."""
    target = addresses.within(request.args.get(BACK, ""))
    if target is None or len(target) > LONGEST or request_ctx.url_adapter is None:
        return None
    try:
        endpoint, _ = request_ctx.url_adapter.match(urlsplit(target).path, method="GET")
    except HTTPException:
        return None
    return target if str(endpoint).endswith(".show") else None


def to_card(view: Declaration, obj: Any) -> str:
    """The card one came from; or the record's own, which knows the list one came from."""
    return card() or str(view.url("show", pk=obj.id, **carried()))


def back_here(part: str = "") -> dict[str, str]:
    """For the address of a page that is opened from this card: the way back to it, at one of its parts."""
    kept = [(name, value) for name, value in request.args.items() if name == LIST or name.startswith("part")]
    here = url_for(str(request.endpoint), **(request.view_args or {}))
    address = here + (f"?{urlencode(kept)}" if kept else "")
    fragment = f"#{part}" if part else ""
    return {BACK: (address if len(address) + len(fragment) <= LONGEST else here) + fragment}


def with_back(url: str) -> str:
    """An address that a view declares for a button of its card, with the way back to the card."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode(back_here())}"
