"""Taking rights away, as a school's administrator will."""

from typing import Any

from flask_appbuilder.security.sqla.models import Permission, PermissionView, Role, ViewMenu
from sqlalchemy import delete, select

from app.regulation.rights import Action


def withdraw(session: Any, role: str, resource: str, action: Action = Action.VIEW) -> None:
    """Take a right from a role and commit."""
    right = (
        select(PermissionView.id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .where(Permission.name == action.permission, ViewMenu.name == resource)
    )
    given = Role.__table__.metadata.tables["ab_permission_view_role"]
    role_id = select(Role.id).where(Role.name == role).scalar_subquery()
    session.execute(delete(given).where(given.c.role_id == role_id, given.c.permission_view_id.in_(right)))
    session.commit()
