"""Every route is on a list, and asks for the right that this list states, not for a weaker one. Clause 1.4."""

from typing import Any

import pytest

from app import create_app
from app.web import gate
from app.web.open_to import OpenTo
from tests.access.expected import METHODS, PAGES, PUBLIC, VIEWS, right_of


@pytest.fixture(scope="module")
def app() -> Any:
    """Needs no database: nothing is asked."""
    return create_app(SECRET_KEY="only for tests, and for nothing else", SQLALCHEMY_DATABASE_URI="sqlite://")


def endpoints(app: Any) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules()}


def test_the_walk_knows_every_route(app: Any) -> None:
    made = {f"{view}.{method}" for view in VIEWS for method in METHODS}
    unknown = endpoints(app) - made - PUBLIC - PAGES.keys()
    assert not unknown, "name them in tests/access/expected.py, so that the walk takes them in"


def test_every_route_needs_the_right_that_is_expected(app: Any) -> None:
    needed = {endpoint: tuple(map(str, right)) for endpoint, right in gate.access_list(app).items()}
    expected = {endpoint: right_of(endpoint) for endpoint in endpoints(app) - PUBLIC}
    assert {endpoint: needed.get(endpoint) for endpoint in expected} == expected


def test_open_to_everybody_are_these_alone(app: Any) -> None:
    declared = gate.open_list(app)
    assert {endpoint for endpoint, to in declared.items() if to is OpenTo.EVERYBODY} == PUBLIC
    assert {endpoint for endpoint in endpoints(app) - PUBLIC if right_of(endpoint) is None} == declared.keys() - PUBLIC


def test_with_an_initial_password_only_these_open(app: Any) -> None:
    newcomers = {endpoint for endpoint, to in gate.open_list(app).items() if to is OpenTo.NEWCOMERS}
    assert newcomers == {"PasswordView.change", "AuthView.logout"}


def test_without_the_second_factor_that_a_role_needs_only_these_open(app: Any) -> None:
    found = {endpoint for endpoint, to in gate.open_list(app).items() if to is OpenTo.WITHOUT_FACTOR}
    assert found == {f"SecondFactorView.{name}" for name in ("index", "codes", "off", "done")}


def test_a_brief_or_read_only_view_has_no_writing_route(app: Any) -> None:
    writing = {method for method, action in METHODS.items() if action in ("edit", "delete")}
    still = {"AuditView", "MovementBookView", *(view for view in VIEWS if view.endswith("BriefView"))}
    assert not {f"{view}.{method}" for view in still for method in writing} & endpoints(app)
