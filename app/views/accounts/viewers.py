"""`/viewers/<table>/<number>`: who sees a card, for whoever may see rights and accounts."""

from flask import abort, render_template, url_for
from flask_appbuilder import expose, has_access
from sqlalchemy import select

from app.extensions import db
from app.panel import registry
from app.panel.page import Page
from app.regulation.rights import Action, Resource
from app.security.actor import Actor
from app.security.guard import Denied, person_of
from app.security.scoping import condition
from app.services.accounts import viewers
from app.web import arguments


class ViewersView(Page):
    route_base = "/viewers"
    default_view = "index"
    guide, clause = "administrator#кто-видит-карточку", "1.5"
    class_permission_name = Resource.RIGHTS.value
    method_permission_name = {"index": Action.VIEW}

    @expose("/<table>/<pk>")
    @has_access
    def index(self, table: str, pk: str) -> str:
        """A record that one does not see oneself does not exist."""
        actor, view = person_of(db.session), registry.table_view(table) or abort(404)
        if not is_told(actor):
            raise Denied(
                "Кто видит карточку, показано тому, кто видит учётные записи.", (Resource.ACCOUNTS, Action.VIEW)
            )
        seen = condition(view.model, actor, Action.VIEW, registry.full_resources(view.model))
        record = db.session.scalar(select(view.model).where(view.model.id == arguments.key(pk), seen)) or abort(404)
        shown = {
            "title": str(record),
            "kind": view.model.__titles__[0],
            "card_url": view.url("show", pk=record.id) if actor.may(Action.VIEW, view.resource) else None,
            "viewers": viewers.viewers(db.session, record, registry.full_resources(view.model)),
            "account_url": lambda key: url_for("AccountView.show", pk=key),
        }
        return render_template("pages/viewers.html", **shown)


def is_told(actor: Actor) -> bool:
    """Names of accounts are told to whoever may see them."""
    return actor.may(Action.VIEW, Resource.RIGHTS) and actor.may(Action.VIEW, Resource.ACCOUNTS)
