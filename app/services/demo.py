"""The demo region: loading it in one transaction, and its logins for the login page."""

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.demo.accounts.accounts import DEMO_PASSWORD
from app.demo.accounts.logins import DemoLogin, find_logins
from app.demo.engine import loader
from app.demo.engine.loader import Loaded, Watch
from app.demo.engine.plan import Plan
from app.models.accounts import Account
from app.models.engine.audit import AuditAction
from app.models.schools import School
from app.models.territory import Region
from app.regulation.rights import OPERATOR_ROLE
from app.security import hashing
from app.security.actor import SYSTEM
from app.security.guard import acting
from app.services.engine import audit
from app.services.engine.errors import Conflict
from app.services.engine.transaction import transaction


class AlreadyLoaded(Conflict):
    """The database is not empty: the demo is never mixed with anybody's data."""

    def __init__(self) -> None:
        super().__init__("В базе уже есть данные: демонстрационный регион загружается только в пустую базу.")


def is_empty(session: Session) -> bool:
    """No territory, no school and no account yet."""
    with acting(session, SYSTEM):
        return not any(session.scalar(select(func.count(model.id))) for model in (Region, School, Account))


def load(session: Session, plan: Plan, watch: Watch = iter) -> Loaded:
    """Load the region of this plan: all of it or nothing. Raises AlreadyLoaded."""
    if not is_empty(session):
        raise AlreadyLoaded
    with acting(session, SYSTEM), transaction(session):
        loaded = loader.load(session.connection(), plan, hashing.made(DEMO_PASSWORD), watch)
        _make_operator(session, loaded.operator_id)
        audit.record(session, AuditAction.SYSTEM, "Загружен демонстрационный регион", changes=_told(loaded))
    return loaded


def demo_logins(session: Session) -> list[dict[str, str | None]]:
    """The short list for the login page, in words; empty when there is no demo."""
    return [
        {
            "login": one.login,
            "password": one.password,
            "role": one.title,
            "school": one.school_name,
            "municipality": one.municipality_name,
        }
        for one in logins(session)
    ]


def logins(session: Session, every: bool = False) -> list[DemoLogin]:
    """Accounts that the demo password opens today; see `find_logins`."""
    with acting(session, SYSTEM):
        return find_logins(session, SYSTEM.today, every)


def _make_operator(session: Session, account_id: int) -> None:
    """Flask-AppBuilder's own role; its permissions come with `flask roles sync`."""
    role = session.scalar(select(Role).where(Role.name == OPERATOR_ROLE))
    if role is None:
        role = Role(name=OPERATOR_ROLE)
        session.add(role)
    operator = session.get_one(Account, account_id)
    operator.roles.append(role)
    session.flush()


def _told(loaded: Loaded) -> dict[str, object]:
    """What the trail remembers: what was asked for, and what was planted in the whole region."""
    plan = loaded.plan
    asked = {"schools": plan.schools, "pupils": plan.pupils, "year": plan.year, "seed": plan.seed}
    return asked | {"on": plan.on.isoformat(), "planted": loaded.totals}
