"""Every page that an account can open by GET: lists, cards, forms, pages of their own."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Flask

from app.services.engine import guide

FILES = {"static", "healthz", "readyz"}
NO_PAGES = ("lookup", "export", "print_form", "row_filled", "rows_belonging", "logout")
ROW = re.compile(r'data-href="(/\w+/show/\d+)')


def addresses(app: Flask, client: Any) -> Iterator[str]:
    """Addresses to try; what the account may not open answers 403 or 404."""
    rows = dict(_rows(app, client))
    adapter = app.url_map.bind("localhost")
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        view, _, method = rule.endpoint.partition(".")
        if "GET" not in rule.methods or rule.endpoint in FILES or method in NO_PAGES or view == "health":
            continue
        values = _values(rule, rows.get(view))
        if values is not None:
            yield adapter.build(rule.endpoint, values)


def _rows(app: Flask, client: Any) -> Iterator[tuple[str, str]]:
    """View → the key of the first row that the account sees in its list."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.endswith(".list"):
            response = client.get(rule.rule)
            found = ROW.search(response.get_data(as_text=True)) if response.status_code == 200 else None
            if found:
                yield rule.endpoint.partition(".")[0], found[1].rsplit("/", 1)[1]


def _values(rule: Any, row: str | None) -> dict[str, str] | None:
    known = {"pk": row, "chapter": guide.REGULATION, "route": "pupils", "form_id": "movement"}
    values = {name: known.get(name) for name in rule.arguments}
    return None if None in values.values() else values
