"""For every account, view and column: what a row refers to has a name or says «нет права», and never looks empty."""

from typing import Any

import pytest
from sqlalchemy import inspect, select

from app.clock import today
from app.extensions import db
from app.models.accounts import Account
from app.models.references import key_of
from app.panel import cells, sight
from app.panel.registry import BY_ROUTE
from app.regulation.rights import Action
from app.security.access import actor_for
from app.security.actor import SYSTEM
from app.security.guard import acting
from tests.access.expected import LOGINS
from tests.support.world import World

MOST = 40
"""Rows of a view that are looked at."""


def actor_of(world: World, login: str) -> Any:
    with acting(db.session, SYSTEM):
        account = db.session.get_one(Account, world.account(login))
        found = actor_for(db.session, account, today())
    db.session.expunge_all()
    return found


def columns_of(view: Any) -> list[str]:
    on_card = [name for _, names in view.sections() for name in names]
    return [name for name in dict.fromkeys([*view.offered_columns(), *on_card]) if "." not in name]


def empty_looking(actor: Any, model: Any, rows: Any, names: Any) -> list[str]:
    """Cells of references that are set and show nothing."""
    relations = inspect(model).relationships
    shown = [name for name in names if name in relations and sight.tells(actor, model, name)]
    return [
        f"{model.__name__} {row.id}: {name}"
        for row in rows
        for name in shown
        if getattr(row, key_of(relations[name]).key) is not None and not cells.plain(cells.value_of(row, name))
    ]


@pytest.mark.parametrize("login", [login for login in LOGINS if login != "nobody"])
def test_no_reference_looks_empty(read_only_site: Any, scope: Any, login: str) -> None:
    app = read_only_site.app
    views = {type(each): each for each in app.appbuilder.baseviews}
    wrong: list[str] = []
    with app.test_request_context("/"):
        actor = actor_of(scope.world, login)
        with acting(db.session, actor):
            for declared in BY_ROUTE.values():
                if not actor.may(Action.VIEW, declared.resource):
                    continue
                view = views[declared]
                tables = [(view.model, columns_of(view)), *((each.model, each.columns) for each in view.related)]
                for model, names in tables:
                    rows = db.session.scalars(select(model).limit(MOST)).all()
                    wrong += empty_looking(actor, model, rows, names)
                    titles = [str(row) for row in rows]
                    wrong += [f"{model.__name__}: «{title}»" for title in titles if title in ("", "—", "None")]
        db.session.rollback()
    assert not wrong, (login, wrong[:20])
