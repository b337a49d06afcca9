"""Rubbish at every route as every account: no 5xx, no foreign word, nothing of the panel's inside.

A sample of it here, always the same. `make bench-security` sends twenty thousand requests and tells what came of them.
"""

import os
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from app.extensions import db
from app.security.actor import SYSTEM
from app.security.guard import acting
from tests.access.expected import LOGINS, PUBLIC, right_of, rows_of
from tests.access.marked import mark
from tests.access.scope import Scope
from tests.support.clients import signed_in
from tests.support.fuzzing import Fuzzer, Report

REQUESTS = int(os.environ.get("SGO_FUZZ", "450"))
SEED = os.environ.get("SGO_FUZZ_SEED", "1")
PART = 120
"""So many requests to one world: what they change and close would leave little to ask about."""
EACH = -(-REQUESTS // (2 * len(LOGINS)))


@pytest.fixture(scope="module")
def together() -> Iterator[Report]:
    report = Report()
    yield report
    print(f"\n{report.told()}")  # noqa: T201 - the report that `make bench-security` shows


@pytest.mark.parametrize("part", range(-(-EACH // PART)))
@pytest.mark.parametrize("login", LOGINS)
def test_no_answer_gives_away_or_breaks(site: Any, together: Report, login: str, part: int) -> None:
    site.touched = True
    with site.app.app_context(), acting(db.session, SYSTEM):
        marked = mark(db.session, deepcopy(site.world))
        db.session.commit()
        scope = Scope(db.engine, marked)
    rows = sorted({key for table in marked.world.rows.values() for key in table.values()})
    client, words = signed_in(site.app, marked.world, login), scope.forbidden_words(login)

    def may(endpoint: str) -> bool:
        right = right_of(endpoint) if endpoint not in PUBLIC else None
        return right is None or rows_of(login, right) is not None

    fuzzer = Fuzzer(site.app, client, f"{SEED} {login} {part}", rows, words, may)
    report = fuzzer.run(min(PART, EACH - part * PART))
    together.add(report)
    assert not report.faults, "\n".join(report.faults[:10])
