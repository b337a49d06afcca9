"""What lists, look-ups and exports hold: exactly the rows of the right, whatever is searched, sorted or filtered."""

import csv
import io
import re
from typing import Any

from tests.access.accounts import each_account
from tests.access.expected import COMMON_TABLES, LOGINS, SCHOOL, VIEWS, right_of
from tests.access.marked import MARKS
from tests.access.walker import NO_ROW, Walker, listed, total

LARGEST_PAGE = 100
FOREIGN_MARKS = tuple(MARKS.values())[1:]


def views_of(walk: Walker) -> list[tuple[str, str, Any]]:
    """(view's name, its table, the view) of every view."""
    made = {type(view).__name__: view for view in walk.app.appbuilder.baseviews}
    return [(name, table, made[name]) for name, (table, _) in VIEWS.items()]


@each_account
def test_a_list_holds_the_rows_of_the_right(walker: Any, login: str) -> None:
    """In one order of each list, in turn, so that all accounts together try every column."""
    walk = walker(login)
    for name, table, view in views_of(walk):
        endpoint = f"{name}.list"
        if not walk.may(endpoint):
            walk.get(endpoint, 403)
            continue
        columns = ["", *view.order_columns]
        order = columns[LOGINS.index(login) % len(columns)]
        expected = walk.scope.visible(login, right_of(endpoint), table)
        response = walk.get(endpoint, 200, 400, query={"size": LARGEST_PAGE} | ({"order": order} if order else {}))
        if response.status_code == 400:
            response = _without(walk, endpoint, order)
        _compare(walk, response, expected)


def _without(walk: Walker, endpoint: str, order: str) -> Any:
    """The list in its own order; the one that was refused tells what this account may not read: it is not offered."""
    response = walk.get(endpoint, 200, query={"size": LARGEST_PAGE})
    if re.search(rf"[?&;]order=-?{re.escape(order)}\b", response.get_data(as_text=True)):
        walk.note(response, f"offers the order «{order}» that it refuses")
    return response


def _compare(walk: Walker, response: Any, expected: set[int]) -> None:
    shown = listed(response)
    if len(shown) != min(len(expected), LARGEST_PAGE) or not set(shown) <= expected:
        walk.note(response, f"rows {sorted(shown)[:20]}…, expected {sorted(expected)[:20]}…")
    if total(response) != len(expected):
        walk.note(response, f"a total of {total(response)}, expected {len(expected)}")


@each_account
def test_a_lookup_an_export_and_a_print_hold_them_too(walker: Any, login: str) -> None:
    walk = walker(login)
    for name, table, _ in views_of(walk):
        for endpoint in (f"{name}.lookup", f"{name}.export", f"{name}.printed"):
            if not walk.may(endpoint):
                walk.get(endpoint, 403)
                continue
            expected = walk.scope.visible(login, right_of(endpoint), table)
            if endpoint.endswith("lookup"):
                _lookup(walk, endpoint, expected)
            elif endpoint.endswith("printed"):
                _printed(walk, endpoint, expected)
            else:
                _export(walk, endpoint, expected)


def _lookup(walk: Walker, endpoint: str, expected: set[int]) -> None:
    response = walk.get(endpoint, 200)
    answer = response.get_json()
    found = {each["id"] for each in answer["results"]}
    if not found <= expected or (found != expected and not answer["more"]):
        walk.note(response, f"offers {sorted(found - expected) or 'less than'} {sorted(expected)[:20]}")


def _export(walk: Walker, endpoint: str, expected: set[int]) -> None:
    response = walk.get(endpoint, 200, query={"format": "csv"})
    rows = list(csv.reader(io.StringIO(response.get_data(as_text=True)), delimiter=";"))
    if len(rows) - 1 != len(expected):
        walk.note(response, f"{len(rows) - 1} rows, expected {len(expected)}")


def _printed(walk: Walker, endpoint: str, expected: set[int]) -> None:
    response = walk.get(endpoint, 200)
    rows = response.get_data(as_text=True).count('<tr><td class="num">')
    if rows != len(expected):
        walk.note(response, f"{rows} rows on paper, expected {len(expected)}")


@each_account
def test_search_and_filter_stay_within_them(walker: Any, login: str) -> None:
    walk = walker(login)
    for name, table, view in views_of(walk):
        endpoint = f"{name}.list"
        if walk.may(endpoint):
            _search_for_foreign(walk, endpoint, view, table)
            _filter_by_foreign(walk, endpoint, view)


def _search_for_foreign(walk: Walker, endpoint: str, view: Any, table: str) -> None:
    hidden = [word for word in walk.words if word in MARKS.values()]
    if view.searchable and hidden and table not in COMMON_TABLES:
        for method in (endpoint, endpoint.replace(".list", ".lookup")):
            # The word itself is shown in the search box.
            found = walk.client.get(walk.url(method), query_string={"q": hidden[0]})
            if found.status_code != 200 or listed(found) or b'"id"' in found.data:
                walk.note(found, "finds foreign rows")


def _filter_by_foreign(walk: Walker, endpoint: str, view: Any) -> None:
    """A foreign row as a filter answers as a number that nobody has: what it is called is not told.

    By every other column, so that any two accounts together try all.
    """
    for column in view.filter_columns[LOGINS.index(walk.login) % 2 :: 2]:
        relation = walk.relation(view, column)
        foreign = walk.out_of_reach(relation)[:1] if relation else []
        for key in foreign:
            assert _told(walk, endpoint, column, key) == _told(walk, endpoint, column, NO_ROW)


def _told(walk: Walker, endpoint: str, column: str, key: int) -> str:
    """What the refusal says, apart from the address itself and what each answer has of its own."""
    page = walk.get(endpoint, 400, query={column: key}).text
    page = re.sub(r'(?<=nonce=")[^"]*|(?<="csrf_token" value=")[^"]*', "", page)
    return re.sub(rf'(?<={column}=){key}\b|(?<={column}%3D){key}\b|(?<="{column}" value="){key}(?=")', "", page)


def test_no_column_sorts_that_is_not_shown(walker: Any) -> None:
    """Sorting by a hidden column would tell its order, and so its value, step by step."""
    for login in (f"deputy.{SCHOOL}", f"technical.{SCHOOL}", "operator"):
        walk = walker(login)
        for name, _, view in views_of(walk):
            endpoint = f"{name}.list"
            if not walk.may(endpoint):
                continue
            hidden = [column.name for column in view.model.__table__.columns if column.name not in view.order_columns]
            for column in (hidden[0], hidden[-1], "password", "id desc"):
                walk.get(endpoint, 400, query={"order": column})
