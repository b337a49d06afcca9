"""Permission sets: the database holds exactly the regulation's, and what it holds works from the next request on."""

from typing import Any

import pytest
from sqlalchemy import text

from app.regulation import load_regulation
from app.security.manager import sync_roles
from tests.access.expected import grants

STORED = """
SELECT r.name, v.name, p.name FROM ab_permission_view_role l
JOIN ab_role r ON r.id = l.role_id JOIN ab_permission_view pv ON pv.id = l.permission_view_id
JOIN ab_permission p ON p.id = pv.permission_id JOIN ab_view_menu v ON v.id = pv.view_menu_id
"""
TAKE = """
DELETE FROM ab_permission_view_role WHERE role_id = (SELECT id FROM ab_role WHERE name = :role)
AND permission_view_id IN (SELECT pv.id FROM ab_permission_view pv JOIN ab_permission p ON p.id = pv.permission_id
  JOIN ab_view_menu v ON v.id = pv.view_menu_id WHERE p.name = :permission AND v.name = :resource)
"""
GIVE = """
INSERT INTO ab_permission_view_role (role_id, permission_view_id)
SELECT (SELECT id FROM ab_role WHERE name = :role), pv.id FROM ab_permission_view pv
JOIN ab_permission p ON p.id = pv.permission_id JOIN ab_view_menu v ON v.id = pv.view_menu_id
WHERE p.name = :permission AND v.name = :resource
"""


def stated() -> set[tuple[str, str, str]]:
    """(role, resource, permission) as the regulation's data has them."""
    named = {"operator": "Admin"}
    return {
        (named.get(role, role), resource, f"can_{action}")
        for role, rights in grants().items()
        for resource, action in rights
    }


@pytest.fixture
def permissions(session: Any) -> Any:
    """Take from or give to a role in Flask-AppBuilder's tables."""

    def run(sql: str, role: str, permission: str, resource: str) -> None:
        given = {"role": role, "permission": permission, "resource": resource}
        assert session.connection().execute(text(sql), given).rowcount == 1
        session.commit()

    return run


def stored(session: Any) -> set[tuple[str, str, str]]:
    return {tuple(row) for row in session.connection().execute(text(STORED))}


def test_the_database_holds_exactly_the_regulations_sets(session: Any) -> None:
    assert stored(session) == stated()
    assert {role for role, _, _ in stored(session)} == {*load_regulation().roles, "Admin"}


def test_what_is_extra_goes_and_what_is_missing_comes(session: Any, permissions: Any) -> None:
    permissions(TAKE, "secretary", "can_edit", "pupils")
    permissions(TAKE, "Admin", "can_view", "audit")
    permissions(GIVE, "technical", "can_view", "pupils")
    permissions(GIVE, "Admin", "can_edit", "pupils")
    assert stored(session) != stated()

    assert sync_roles() == {"added": 2, "removed": 2}
    session.commit()
    assert stored(session) == stated()
    assert sync_roles() == {"added": 0, "removed": 0}


def test_the_command_says_what_it_did(app: Any, session: Any, permissions: Any) -> None:
    permissions(TAKE, "secretary", "can_edit", "pupils")
    session.rollback()
    runner = app.test_cli_runner()
    assert "добавлено: 1, снято: 0" in runner.invoke(args=["roles", "sync"]).output
    assert "права уже точны" in runner.invoke(args=["roles", "sync"]).output


def test_a_permission_taken_away_works_from_the_next_request_on(sign_in: Any, permissions: Any) -> None:
    client = sign_in("secretary.65001")
    assert client.get("/pupils/list/").status_code == 200
    permissions(TAKE, "secretary", "can_view", "pupils")
    assert client.get("/pupils/list/").status_code == 403
    assert client.get("/pupils/add").status_code == 200, "another right of the same role stays"
    permissions(GIVE, "secretary", "can_view", "pupils")
    assert client.get("/pupils/list/").status_code == 200


def test_a_permission_beyond_the_regulation_gives_nothing(sign_in: Any, permissions: Any) -> None:
    """What a role may do is the regulation's set, less what the database has not."""
    permissions(GIVE, "technical", "can_view", "pupils")
    assert sign_in("technical.65001").get("/pupils/list/").status_code == 403
