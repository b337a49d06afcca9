"""The layers of docs/architecture.md: imports go down, never up; who commits, who writes SQL, who names rights."""

import ast
import sys
from collections.abc import Iterator

import pytest

from tests.architecture.source import Module, modules

# Top last. Reports and exchange stand beside: data in, bytes out. What stands directly under app/ puts it all together.
LAYERS = (
    {"app.russian", "app.keyboard", "app.clock", "app.choices", "app.discovery"},
    {"app.regulation"},
    {"app.models"},
    {"app.security"},
    {"app.compliance"},
    {"app.demo", "app.exchange", "app.reports"},
    {"app.services"},
    {"app.web"},
    {"app.panel"},
    {"app.views", "app.cli"},
)
LEVEL = {name: number for number, layer in enumerate(LAYERS) for name in layer}
TRANSACTION = "app.services.engine.transaction"
ASSEMBLY = {"app", "app.assembly", "app.checks", "app.settings"}

SQL = {
    "app.compliance": "counts over all rows of a region; takes the actor's schools as an argument",
    "app.security": "computes the scope and checks it, before and below any actor",
    "app.models.accounts": "conditions of the row scope, and labels of Flask-AppBuilder's columns",
    "app.models.people": "conditions of the row scope",
    "app.models.study": "who leads a class on a day, from which the row scope follows",
    "app.models.movement": "conditions of partial indexes",
    "app.models.monitoring.corrections": "the condition of a partial index",
    "app.models.monitoring.freed": "by which correction a record counts nowhere, told of the record itself",
    "app.services.accounts.issuing": "makes the accounts of a whole school as sets of rows, the trail with them",
    "app.services.accounts.owners": "names an account by its owner's card inside a flush, whoever renames the card",
    "app.services.engine.audit": "appends to the trail inside a flush, where the ORM cannot",
    "app.services.engine.conflicts": "asks which typed rows break a CHECK; reads no table",
    "app.services.engine.readiness": "asks the database itself whether it takes a writing; reads no table",
    "app.services.engine.trash": "puts a deleted row back with its number and stamps, which a flush would make anew",
    "app.demo.engine.rows": "loads tens of thousands of made-up rows as the system",
}
"""Who may go round the session's scope by tables or SQL text, and why."""

DAYS = {
    "app.services.accounts.one_time": "how long the words of a slip open an account: security, no term",
    "app.models.accounts.uses": "after how long an account counts as idle, no term of the regulation",
    "app.services.accounts.devices": "how long a device is known to an account: security, no term",
    "app.views.monitoring.start_page": "how far the start page looks ahead, no term of the regulation",
    "app.views.accounts.appointments": "how far the start page looks ahead, no term of the regulation",
    "app.services.monitoring.correction_lists": "how long the start page tells an answer, no term of the regulation",
    "app.services.accounts.accounts": "how long an owner is told of a reset password, no term of the regulation",
    "app.models.monitoring.starts": "bounds of a plausible date, no term of the regulation",
    "app.services.movement.checks": "bounds of a plausible date, no term of the regulation",
}
CLOCK = {
    "app.web.gate": "makes the actor of a request",
    "app.services.engine.worker": "makes the actor of a job: the day on which it runs",
}
"""Who above the actor asks the clock what day it is."""
WEB_SESSION = {"app.security.manager": "the key of the signed session that Flask-Login asks about"}


def named(module: Module, allowed: dict[str, str]) -> bool:
    return any(module.name == name or module.name.startswith(f"{name}.") for name in allowed)


def own_imports(module: Module) -> Iterator[str]:
    return (".".join(name.split(".")[:2]) for name in module.imports() if name.split(".")[0] == "app")


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_imports_go_down(module: Module) -> None:
    if module.layer in ASSEMBLY:
        return
    for target in own_imports(module):
        if target == "app.extensions":
            assert LEVEL.get(module.layer, 0) >= LEVEL["app.services"] or module.layer == target
        else:
            assert target in LEVEL, f"{module.name} imports {target}, which is in no layer"
            assert LEVEL[target] <= LEVEL[module.layer], f"{module.name} imports {target} from above"


def test_every_folder_is_in_a_layer() -> None:
    assert {module.layer for module in modules()} == LEVEL.keys() | ASSEMBLY | {"app.extensions"}


def test_the_exceptions_are_still_needed() -> None:
    for allowed, needs in (
        (SQL, goes_round_the_scope),
        (DAYS, days_of),
        (CLOCK, asks_for_the_day),
        (WEB_SESSION, reads_the_request),
    ):
        for name in allowed:
            assert any(needs(module) for module in modules() if named(module, {name: ""})), name


def test_the_regulation_needs_nothing_but_the_calendar() -> None:
    for module in modules():
        if module.layer == "app.regulation":
            outside = {name.split(".")[0] for name in module.imports()} - sys.stdlib_module_names - {"app"}
            assert outside <= {"holidays", "yaml"}, module.name


@pytest.mark.parametrize("layer", ["app.reports", "app.exchange"])
def test_reports_and_exchange_know_no_database_and_no_request(layer: str) -> None:
    """Data in, bytes out."""
    for module in (module for module in modules() if module.layer == layer):
        for name in module.imports():
            assert name.split(".")[0] not in ("flask", "sqlalchemy", "flask_appbuilder"), module.name
            if name.startswith("app."):
                assert name.startswith((layer, "app.russian")), f"{module.name} imports {name}"


def test_one_place_commits() -> None:
    """Everybody else writes `with transaction(session):`."""
    assert {module.name for module in modules() if calls(module, "commit")} == {TRANSACTION}
    taking_back = {module.name for module in modules() if calls(module, "rollback")}
    assert taking_back == {TRANSACTION}


def test_one_place_catches_everything() -> None:
    assert {module.name for module in modules() if catches_everything(module)} == {TRANSACTION}


def catches_everything(module: Module) -> bool:
    named = (node.type for node in module.nodes(ast.ExceptHandler) if isinstance(node, ast.ExceptHandler))
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id == "BaseException") for kind in named)


def calls(module: Module, name: str) -> bool:
    return any(isinstance(node.func, ast.Attribute) and node.func.attr == name for node in module.nodes(ast.Call))


def test_only_these_go_round_the_sessions_scope() -> None:
    assert {module.name for module in modules() if goes_round_the_scope(module) and not named(module, SQL)} == set()


def goes_round_the_scope(module: Module) -> bool:
    """Tables and SQL text: the loader criteria of the guard do not reach them."""
    by_table = module.attributes() & {"__table__", "exec_driver_sql"}
    return bool(by_table) or "sqlalchemy.text" in module.imports()


def test_nobody_writes_past_the_flush() -> None:
    """The older bulk methods of the session pass by the guard, the stamps and the trail."""
    past = {"bulk_insert_mappings", "bulk_save_objects", "bulk_update_mappings"}
    assert {module.name for module in modules() if module.attributes() & past} == set()


def test_flask_appbuilders_user_is_named_by_our_account_alone() -> None:
    user = "flask_appbuilder.security.sqla.models.User"
    assert {module.name for module in modules() if user in module.imports()} == {"app.models.accounts"}


def test_no_term_of_the_regulation_stands_in_code() -> None:
    """A number of days is a value of deadlines.yaml, with its clause and its date. One day is arithmetic."""
    assert {module.name for module in modules() if days_of(module) and not named(module, DAYS)} == set()


def days_of(module: Module) -> list[int]:
    if module.layer == "app.demo":
        return []
    values = [keyword.value for call in module.nodes(ast.Call) for keyword in call.keywords if keyword.arg == "days"]
    return [each.value for each in values if isinstance(each, ast.Constant) and each.value != 1]


@pytest.mark.parametrize("layer", ["app.compliance", "app.services", "app.web", "app.panel", "app.views"])
def test_the_day_is_the_actors(layer: str) -> None:
    """`actor.today` (of the system: `SYSTEM.today`), so that one act has one day though midnight passes meanwhile."""
    asking = {module.name for module in modules() if module.layer == layer and asks_for_the_day(module)}
    assert asking <= CLOCK.keys()


def asks_for_the_day(module: Module) -> bool:
    """By whatever name: `from app.clock import today`, `clock.today()`."""
    by_module = (ast.unparse(node) for node in module.nodes(ast.Attribute))
    return "app.clock.today" in module.imports() or "clock.today" in by_module


def test_rights_are_named_by_their_enums() -> None:
    """`can_view` as a text stands in rights.py alone; a view names its right by Resource and Action."""
    for module in modules():
        if module.name == "app.regulation.rights":
            continue
        for node in module.nodes(ast.Constant):
            literal = isinstance(node.value, str) and node.value.startswith("can_") and len(node.value) > len("can_")
            assert not literal, f"{module.name}:{node.lineno} {node.value}"
        assert not list(_named_by_text(module)), module.name


def _named_by_text(module: Module) -> Iterator[int]:
    declared = {"resource", "class_permission_name", "method_permission_name"}
    for node in module.nodes(ast.Assign):
        names = {target.id for target in node.targets if isinstance(target, ast.Name)} & declared
        values = node.value.values if isinstance(node.value, ast.Dict) else [node.value]
        if names and any(isinstance(value, ast.Constant) and isinstance(value.value, str) for value in values):
            yield node.lineno
    for node in module.nodes(ast.Call):
        asked = isinstance(node.func, ast.Attribute) and node.func.attr in ("may", "holding", "school_ids")
        if asked and any(isinstance(value, ast.Constant) for value in node.args):
            yield node.lineno


def test_nothing_below_the_views_reads_the_web_request() -> None:
    reading = {module.name for module in modules() if reads_the_request(module) and not named(module, WEB_SESSION)}
    assert {name for name in reading if not name.startswith(("app.web.", "app.panel.", "app.views."))} == set()


def reads_the_request(module: Module) -> bool:
    return bool({"flask.request", "flask.session", "flask.g", "flask_login.current_user"} & set(module.imports()))


def test_the_command_line_and_the_web_do_not_import_each_other() -> None:
    for module in modules():
        if module.layer in ("app.views", "app.cli"):
            other = "app.cli" if module.layer == "app.views" else "app.views"
            assert other not in set(own_imports(module)), module.name
