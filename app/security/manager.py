"""Flask-AppBuilder's security manager, narrowed: rights come from the actor, permission sets are synced exactly."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from typing import Any

from flask import current_app, g, session
from flask_appbuilder import AppBuilder
from flask_appbuilder.security.sqla.manager import SecurityManager as FabSecurityManager
from flask_appbuilder.security.sqla.models import Permission, PermissionView, ViewMenu, assoc_permissionview_role
from sqlalchemy import Integer, Select, String, bindparam, delete, insert, select

from app.clock import today, utc_now
from app.models.accounts import Account
from app.models.engine.sessions import ended_session, open_session
from app.regulation import load_regulation
from app.regulation.rights import OPERATOR_ROLE, Action, Resource
from app.security.granted import regulated_grants
from app.security.guard import actor_of, system_step

SESSION_KEY = "session_key"
BEGUN = "begun"
MARK = "session_mark"
"""One for each signing in: by it a session is known to have been ended (app/models/engine/sessions.py)."""

OWES_SECOND_FACTOR = "owes_second_factor"
"""In a session whose account has a role that needs a second factor, and none yet: nothing else can be done."""


class SecurityManager(FabSecurityManager):
    """Only the login views are registered: Flask-AppBuilder's own lists of users and roles know no row scope."""

    user_model = Account

    def register_views(self) -> None:
        self.auth_view = self.authdbview()
        self.appbuilder.add_view_no_menu(self.auth_view)

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """May the session's actor do this? Both names come from the enums; an unknown one is denied."""
        actor = actor_of(self.session)
        try:
            action, resource = Action(permission_name.removeprefix("can_")), Resource(view_name)
        except ValueError:
            return False
        return actor is not None and actor.may(action, resource)

    def load_user(self, pk: Any) -> Account | None:
        """The account of a session, unless it was closed, its password changed since, or the session ended (УПД.10)."""
        given = {"account_id": int(pk), "mark": mark_of_session()}
        with system_step(self.session, "load the account of the session"):
            found = self.session.execute(_account_and_end(), given).one_or_none() or (None, True, None)
        account, is_ended, g.session_seen_at = found
        if account is None or is_ended or not account.is_active or account.is_closed(today()) or _is_over():
            return None
        return account if session.get(SESSION_KEY) == account.session_key else None


@cache
def _account_and_end() -> Select[tuple[Account, str | None, datetime | None]]:
    """The account, the session's mark if it has ended, when it was seen last. Made once: each request asks for it."""
    ended, mark = ended_session.c.mark, bindparam("mark", type_=String)
    return (
        select(Account, ended, open_session.c.seen_at)
        .select_from(Account)
        .outerjoin(ended_session, ended == mark)
        .outerjoin(open_session, open_session.c.mark == mark)
        .where(Account.id == bindparam("account_id", type_=Integer))
    )


def begun_session(session_key: str) -> dict[str, Any]:
    """What the cookie of a session holds that begins now."""
    return {SESSION_KEY: session_key, BEGUN: int(utc_now().timestamp()), MARK: secrets.token_urlsafe(16)}


def mark_of_session() -> str:
    """The mark of this request's session as it is stored."""
    return hashlib.sha256(session.get(MARK, "").encode()).hexdigest()


def end_of_session() -> datetime:
    """However busy it is, a session ends then: a stolen cookie is worth no more than a day's work."""
    return datetime.fromtimestamp(session.get(BEGUN, 0), UTC) + current_app.config["SESSION_LONGEST"]


def _is_over() -> bool:
    """One from before sessions had marks is over too: signing out could not end it."""
    return MARK not in session or utc_now() > end_of_session()


class Panel(AppBuilder):
    """Flask-AppBuilder without the parts that the panel does not use: its menu API, OpenAPI and language switch."""

    def _add_global_static(self) -> None:
        """No Bootstrap 3, no jQuery: the panel has its own templates and files."""

    def _add_admin_views(self) -> None:
        if self.indexview:
            self._indexview = self.add_view_no_menu(self.indexview)
        self.sm.register_views()


def new_session_key() -> str:
    return secrets.token_hex(16)


def sync_roles() -> dict[str, int]:
    """Make Flask-AppBuilder's roles exactly the regulation's: what is not granted is taken away.

    Returns how many permissions were added and removed. The caller commits.
    """
    sm: SecurityManager = current_app.extensions["appbuilder"].sm
    added = removed = 0
    grants = {name: regulated_grants(name) for name in (*load_regulation().roles, OPERATOR_ROLE)}
    ids = _permission_view_ids(sm, chain(*grants.values()))
    for role_name, granted in grants.items():
        role = sm.add_role(role_name)
        wanted = {ids[grant] for grant in granted}
        table = assoc_permissionview_role
        have = set(
            sm.session.execute(select(table.c.permission_view_id).where(table.c.role_id == role.id)).scalars().all()
        )
        extra, missing = have - wanted, wanted - have
        if extra:
            where = (table.c.role_id == role.id, table.c.permission_view_id.in_(sorted(extra)))
            sm.session.execute(delete(table).where(*where))
        if missing:
            rows = [{"role_id": role.id, "permission_view_id": key} for key in sorted(missing)]
            sm.session.execute(insert(table), rows)
        added, removed = added + len(missing), removed + len(extra)
    return {"added": added, "removed": removed}


def _permission_view_ids(
    sm: SecurityManager, grants: Iterable[tuple[Resource, Action]]
) -> dict[tuple[Resource, Action], int]:
    """What stands in the database comes in one statement: one by one they were asked for a thousand times."""
    joined = select(ViewMenu.name, Permission.name, PermissionView.id).select_from(PermissionView)
    rows = sm.session.execute(joined.join(PermissionView.view_menu).join(PermissionView.permission))
    known = {(resource, permission): key for resource, permission, key in rows}
    return {
        (resource, action): known.get((resource.value, action.permission)) or _made(sm, resource, action)
        for resource, action in dict.fromkeys(grants)
    }


def _made(sm: SecurityManager, resource: Resource, action: Action) -> int:
    key: int = sm.add_permission_view_menu(action.permission, resource.value).id
    return key
