"""The same walk where the school has changed its roles' rights: what was taken is gone, what was given is there, in
this school alone (3.3.2.2)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from app.extensions import db
from app.models.schools import RightChange
from app.security.actor import SYSTEM
from app.security.guard import acting
from tests.access import expected, test_walk
from tests.access.expected import SCHOOL
from tests.support.databases import BACKENDS

TAKEN = {
    ("secretary", ("pupils", "export")),
    ("secretary", ("movement_book", "view")),
    ("deputy", ("outcomes", "edit")),
}
GIVEN = {("psychologist", ("movement_orders", "view")), ("technical", ("parents", "view"))}
LOGINS = [f"{role}.{SCHOOL}" for role in ("secretary", "deputy", "psychologist", "technical", "director")]
WALKS = [test_walk.test_pages, test_walk.test_reading_a_row, test_walk.test_writing]
PAIRS = [("sqlite", f"secretary.{SCHOOL}"), *((backend, f"psychologist.{SCHOOL}") for backend in BACKENDS)]


@pytest.fixture(scope="module")
def changed(read_only_site: Any, marked: Any) -> Iterator[None]:
    """Rows of the school's matrix, and what they make of the expectations."""
    basis = {"basis_number": "7", "basis_date": date(2026, 9, 1)}
    with read_only_site.app.app_context(), acting(db.session, SYSTEM):
        for number, (role, (resource, action)) in enumerate(sorted(TAKEN | GIVEN)):
            given = (role, (resource, action)) in GIVEN
            row = {"role": role, "resource": resource, "action": action, "granted": given, "act": f"{number:032}"}
            row |= {"school_id": marked.world.schools[SCHOOL]} | (basis if given else {})
            db.session.add(RightChange(**row))
        db.session.commit()
    expected.CHANGED.update(dict.fromkeys(TAKEN) | dict.fromkeys(GIVEN, frozenset({"school"})))
    yield
    expected.CHANGED.clear()


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.__name__.removeprefix("test_"))
@pytest.mark.parametrize(("read_only_site", "login"), PAIRS, indirect=["read_only_site"], scope="module")
def test_the_walk_with_the_schools_changes(changed: None, walker: Any, login: str, walk: Any) -> None:
    walk(walker, login)


def test_another_school_has_changed_nothing(read_only_site: Any, changed: None, visit: Any) -> None:
    assert visit("secretary.65002").get("/pupils/export").status_code == 200
    assert visit("secretary.65001").get("/pupils/export").status_code == 403
