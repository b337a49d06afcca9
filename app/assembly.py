"""Putting the application together: extensions, guard, views, commands, start-up checks. In this order."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import checks, cli, clock
from app.compliance import changed, hold
from app.discovery import modules_of
from app.extensions import csrf, db, migrate
from app.models.movement import keeping
from app.panel import registry
from app.security import entries, guard, states, writes
from app.security.manager import Panel, SecurityManager
from app.services.accounts import owners
from app.services.engine import audit, coherence
from app.services.monitoring import holding
from app.views.pages import context, refusals, sign_in
from app.web import errors, gate, health, sessions, static_files

# Once for the process, however many applications it makes: a listener put on twice would write the trail twice.
guard.install(db.session)
writes.install(db.session)
states.install(db.session)
entries.install(db.session)
hold.install(db.session, holding.Corrections())
changed.install(db.session, holding.Corrections())
keeping.install(db.session)
coherence.install(db.session)
owners.install(db.session)
audit.install(db.session)


modules_of("app.views")


class PanelSecurityManager(SecurityManager):
    authdbview = sign_in.AuthView


def _set_clock(app: Flask) -> None:
    """A day to be shown counts in demo mode alone; a real installation says that it is passed over."""
    shown = app.config["SGO_DEMO_TODAY"]
    if shown is not None and not app.config["SGO_DEMO"]:
        app.logger.warning("SGO_DEMO_TODAY не действует вне демонстрационного режима: дата настоящая.")
        shown = None
    clock.configure(app.config["SGO_TIMEZONE"], shown)


def assemble(app: Flask) -> None:
    _set_clock(app)
    db.init_app(app)
    migrate.init_app(app, db, render_as_batch=True, compare_type=True)
    csrf.init_app(app)
    with app.app_context():
        appbuilder = Panel(indexview=registry.index_page(), security_manager_class=PanelSecurityManager)
        appbuilder.init_app(app, db.session)
        for view in registry.served():
            appbuilder.add_view_no_menu(view)
    app.session_interface = sessions.OfPages()
    app.register_blueprint(health.blueprint)
    if app.config["SGO_TLS"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)
    static_files.install(app)
    endpoints = "AuthView.login", "AuthView.code", "PasswordView.change", "SecondFactorView.index"
    gate.install(app, gate.Door(*endpoints, sign_in.session_ended))
    context.install(app)
    errors.install(app, refusals.why)
    cli.install(app)
    checks.require(app)
