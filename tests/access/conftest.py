"""The marked world, once for each module and backend: the walk asks thousands of pages and changes nothing."""

import json
import os
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from app.extensions import db
from app.security.actor import SYSTEM
from app.security.guard import acting
from tests.access import expected
from tests.access.marked import Marked, mark
from tests.access.scope import Scope
from tests.access.walker import Walker
from tests.support.clients import signed_in


@pytest.fixture(scope="module")
def marked(read_only_site: Any) -> Marked:
    with read_only_site.app.app_context(), acting(db.session, SYSTEM):
        found = mark(db.session, deepcopy(read_only_site.world))
        db.session.commit()
        return found


@pytest.fixture(scope="module")
def scope(read_only_site: Any, marked: Marked) -> Scope:
    with read_only_site.app.app_context():
        engine = db.engine
    return Scope(engine, marked)


@pytest.fixture
def walker(read_only_site: Any, scope: Scope) -> Any:
    """`walker("teacher.65001")` goes through the application as that account and notes what it should not have met."""
    made: list[Walker] = []

    def run(login: str) -> Walker:
        client = signed_in(read_only_site.app, scope.world, login)
        made.append(Walker(read_only_site.app, scope, client, login))
        return made[-1]

    yield run
    report(made)
    for each in made:
        assert not each.wrong, "\n".join([f"{each.login}: {len(each.wrong)} wrong", *each.wrong[:40]])


def report(walkers: list[Walker]) -> None:
    """A line for each, for `flask roles prove`, where that has asked for it."""
    folder = os.environ.get("SGO_WALK_REPORT")
    if folder is None:
        return
    with (Path(folder) / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
        for each in walkers:
            told = {"login": each.login, "changed": bool(expected.CHANGED), "met": each.met, "wrong": each.wrong}
            print(json.dumps(told, ensure_ascii=False), file=file)


@pytest.fixture
def visit(read_only_site: Any, scope: Scope) -> Any:
    """`visit("parent.65001")` gives that account's client in the marked world."""
    return lambda login: signed_in(read_only_site.app, scope.world, login)
