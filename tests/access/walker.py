"""Going through the application as one account and noting every answer that the rights do not explain."""

import re
from collections import Counter
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect

from tests.access.expected import ALSO_SHOWN, OF_SCHOOLS, VIEWS, WHOLE, right_of, rows_of
from tests.access.scope import Scope

NO_ROW = 999_999_999
ROW = re.compile(r'data-href="/\w+/show/(\d+)(?:\?[^"]*)?"')
TOTAL = re.compile(r"–\d+ из (\d[\d\s]*)<")
# Errors come as JSON then: the page around them has tests of its own and costs more than the answer.
READABLE = {"text/html", "text/csv", "application/json"}
ANSWERS = {200: "allowed", 204: "allowed", 302: "allowed", 403: "no_right", 404: "foreign"}
"""How an answer is counted; any other one says what is wrong with the request itself."""
JSON = {"Accept": "application/json"}


class Walker:
    def __init__(self, app: Flask, scope: Scope, client: FlaskClient, login: str) -> None:
        self.app, self.scope, self.client, self.login = app, scope, client, login
        self.words = scope.forbidden_words(login)
        self.wrong: list[str] = []
        self.met: Counter[str] = Counter()
        """Requests made, by what was answered."""

    def url(self, endpoint: str, **values: Any) -> str:
        return self.app.url_map.bind("localhost").build(endpoint, values)

    def may(self, endpoint: str) -> bool:
        right = right_of(endpoint)
        return right is None or rows_of(self.login, right) is not None

    def may_add(self, endpoint: str) -> bool:
        """Personal rows are never added by this: cards of people, and what ties them together."""
        rows = rows_of(self.login, right_of(endpoint)) or frozenset()
        table = VIEWS[endpoint.partition(".")[0]][0]
        return not rows.isdisjoint(WHOLE) and not (rows == {"region"} and table in OF_SCHOOLS)

    def get(self, endpoint: str, *allowed: int, query: Any = None, **values: Any) -> Any:
        response = self.client.get(self.url(endpoint, **values), query_string=query, headers=JSON)
        return self._judge("GET", response, allowed)

    def post(self, endpoint: str, *allowed: int, data: Any = None, **values: Any) -> Any:
        response = self.client.post(self.url(endpoint, **values), data=data, headers=JSON)
        return self._judge("POST", response, allowed)

    def note(self, response: Any, what: str) -> None:
        self.wrong.append(f"{response.request.method} {unescape(response.request.full_path)}: {what}")

    def relation(self, view: Any, column: str) -> str | None:
        """The table that a filter chooses from, if it is a choice of records."""
        relation = inspect(view.model).relationships.get(column)
        return None if relation is None else relation.mapper.class_.__tablename__

    def out_of_reach(self, table: str) -> list[int]:
        """Rows of a table, one of each school, that no right of the account lets it see."""
        rights = [(resource, "view") for shown, resource in [*VIEWS.values(), *ALSO_SHOWN] if shown == table]
        missing = [set(self.scope.foreign(self.login, right, table)) for right in rights]
        return sorted(set.intersection(*missing))

    def _judge(self, method: str, response: Any, allowed: tuple[int, ...]) -> Any:
        """The right is judged before anything else: without it 403, whatever is asked."""
        self.met[ANSWERS.get(response.status_code, "told")] += 1
        if response.status_code not in allowed:
            self.note(response, f"{response.status_code}, expected {' or '.join(map(str, allowed))}")
        page = response.get_data(as_text=True) if response.mimetype in READABLE else ""
        for word in self.words:
            if word in page:
                self.note(response, f"shows «{word}»")
        return response


def listed(response: Any) -> list[int]:
    """The rows of a list page."""
    return [int(key) for key in ROW.findall(response.get_data(as_text=True))]


def total(response: Any) -> int:
    found = TOTAL.search(response.get_data(as_text=True))
    return int(re.sub(r"\s", "", found[1])) if found else 0
