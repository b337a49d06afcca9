"""The demo region from a plan: schools one by one, each lived through and then written, all on one connection."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from app.demo.accounts.accounts import Accounts
from app.demo.calendars import add_days, of_region
from app.demo.directories import add_directories
from app.demo.engine.ledger import Counts, Ledger
from app.demo.engine.names import stranger
from app.demo.engine.numbers import Numbers
from app.demo.engine.places import PLACES
from app.demo.engine.plan import Plan
from app.demo.engine.rows import Clerk, Row, Rows
from app.demo.movement.keeping import keep_standing
from app.demo.people.staff import add_positions
from app.demo.people.twins import Twins
from app.demo.schools import SchoolLife
from app.demo.territory import Site, add_territory, sites
from app.models.people import Sex

Watch = Callable[[list[Site]], Iterable[Site]]
SYSTEM_NAME = "Система"
POST_IN_MUNICIPALITY, POST_IN_REGION = "Главный специалист", "Консультант отдела общего образования"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was planted: rows by table, and (school code, rule) → status → number as of the plan's day."""

    plan: Plan
    rows: dict[str, int]
    planted: Counts
    totals: dict[str, dict[str, int]]
    operator_id: int


def load(connection: Connection, plan: Plan, password_hash: str, watch: Watch = iter) -> Loaded:
    """Fill an empty database. `watch` may show how far the schools are. The caller commits."""
    rows, ledger, numbers = Rows(connection), Ledger(plan.on), Numbers(plan.seed)
    clerk = Clerk(plan.rng("territory"), SYSTEM_NAME)
    accounts = Accounts(rows, clerk, plan, password_hash)
    keys = add_territory(rows, clerk, plan)
    add_days(rows, clerk, of_region(plan), region_id=1)
    operator = _add_authorities(accounts, plan, keys)
    positions = add_positions(rows, Clerk(plan.rng("positions"), SYSTEM_NAME), plan)
    add_directories(rows, Clerk(plan.rng("directories"), SYSTEM_NAME), plan)
    rows.write()
    twins = Twins(rows)
    for site in watch(sites(plan, keys)):
        school = SchoolLife(rows, plan, site, numbers, accounts, ledger, positions)
        school.live()
        twins.plant(site)
        keep_standing(rows, plan.on)
        rows.write()
        school.set_right(connection)
    rows.reset_sequences()
    totals = {rule: dict(counts) for rule, counts in ledger.totals().items()}
    return Loaded(plan, dict(rows.written), dict(ledger.counts), totals, operator["id"])


def _add_authorities(accounts: Accounts, plan: Plan, keys: dict[str, int]) -> Row:
    """An employee of every municipality's authority, a regional specialist, and the system's operator, returned."""
    rng = plan.rng("authorities")
    for number, place in enumerate(PLACES, start=1):
        name = stranger(rng, Sex.FEMALE)
        municipality = keys[place.oktmo]
        account = accounts.open(
            f"municipal.{place.login}", name.last, f"{name.first} {name.middle}", municipality_id=municipality
        )
        accounts.of_official(account, name, POST_IN_MUNICIPALITY, number, municipality_id=municipality)
        accounts.appoint(account, "municipal", municipality_id=municipality)
    name = stranger(rng, Sex.FEMALE)
    account = accounts.open("regional", name.last, f"{name.first} {name.middle}")
    accounts.of_official(account, name, POST_IN_REGION, 0)
    accounts.appoint(account, "regional")
    name = stranger(rng, Sex.MALE)
    return accounts.open("operator", name.last, f"{name.first} {name.middle}")
