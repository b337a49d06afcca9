"""Start-up checks with stable ids: a declaration that contradicts another stops the start and says what to mend."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields

from flask import Flask
from sqlalchemy import inspect

from app.models.base import Owner, Path, Record
from app.panel import declared, registry
from app.panel.view import RecordView
from app.regulation import load_regulation
from app.regulation.rights import WHOLE, Resource, Scope
from app.security.actor import Holding
from app.security.resources import PERSONAL, RESOURCES
from app.web import gate


@dataclass(frozen=True)
class Problem:
    id: str
    text: str
    hint: str

    def __str__(self) -> str:
        return f"{self.id}: {self.text} {self.hint}"


class CheckFailed(RuntimeError):
    """The application must not start."""


def require(app: Flask) -> None:
    """Raise CheckFailed with every problem found."""
    problems = list(run(app))
    if problems:
        raise CheckFailed("\n".join(map(str, problems)))


def run(app: Flask) -> Iterator[Problem]:
    yield from resources_have_blocks()
    yield from models_have_scope()
    yield from scopes_can_be_computed()
    yield from owners_exist()
    yield from views_have_resource(app)
    yield from models_have_one_main_view()
    yield from views_are_explained(app)
    yield from declarations_hold()
    yield from routes_are_listed(app)


def resources_have_blocks() -> Iterator[Problem]:
    """The members of Resource and the blocks of rights are the same; each is called by a name of its own."""
    rows, codes = load_regulation().resources, {each.value for each in Resource}
    for code in sorted(rows.keys() - codes):
        yield Problem("SGO001", f"Блок прав «{code}» неизвестен программе.", "См. app/regulation/rights.py.")
    for code in sorted(codes - rows.keys()):
        yield Problem("SGO020", f"У права «{code}» нет блока.", "Добавьте блок в app/regulation/rights.")
    named: dict[str, str] = {}
    for row in rows.values():
        if (other := named.setdefault(row.title, row.code)) != row.code:
            text = f"Права «{other}» и «{row.code}» названы одинаково: «{row.title}»."
            yield Problem("SGO021", text, f"Дайте им разные названия: app/regulation/rights/{row.group}.yaml.")


def models_have_scope() -> Iterator[Problem]:
    for mapper in Record.registry.mappers:
        yield from _scope_of(mapper.class_)


def _scope_of(model: type) -> Iterator[Problem]:
    if not model.__module__.startswith("app.models"):
        return
    if model not in RESOURCES and model not in PERSONAL:
        yield Problem("SGO002", f"Модель {model.__name__} без права.", "Задайте __rights__.")
    path = getattr(model, "__path__", None)
    if not isinstance(path, Path):
        yield Problem("SGO003", f"Модель {model.__name__} без пути к школе.", "Задайте __path__.")
    elif not (path.common or path.personal):
        for name in set(path.schools).difference(inspect(model).columns.keys()):
            yield Problem("SGO003", f"Модель {model.__name__}: нет колонки {name}.", "Задайте __path__.")


def scopes_can_be_computed() -> Iterator[Problem]:
    """A grant on some of the rows is worth nothing for a model that cannot tell which they are."""
    regulation = load_regulation()
    granted: dict[str, set[Scope]] = defaultdict(set)
    for role in (*regulation.roles.values(), regulation.operator):
        for grant in role.grants:
            granted[grant.resource] |= grant.scopes - WHOLE
    for model, resources in RESOURCES.items():
        for resource in resources:
            for scope in sorted(granted[resource] - model.__path__.scopes.keys()):
                text = f"Модель {model.__name__}, право «{resource}»: строки «{scope}» не определены."
                yield Problem("SGO004", text, f"Задайте Scope.{scope.name} в scopes её __path__.")


def owners_exist() -> Iterator[Problem]:
    """Whose a new row is: a column of the model, and numbers that a role held has."""
    known = {each.name for each in fields(Holding) if each.name.endswith(("_ids", "_id"))}
    for model in RESOURCES:
        owners = (each for each in model.__path__.scopes.values() if isinstance(each, Owner))
        for owner in owners:
            if owner.column not in inspect(model).columns or owner.keys not in known:
                text = f"Модель {model.__name__}: владельца {owner.column}, {owner.keys} нет."
                yield Problem("SGO009", text, f"Назовите колонку модели и одно из: {', '.join(sorted(known))}.")


def views_have_resource(app: Flask) -> Iterator[Problem]:
    for view in app.appbuilder.baseviews:
        if isinstance(view, RecordView) and not isinstance(getattr(view, "resource", None), Resource):
            yield Problem("SGO005", f"Вид {type(view).__name__} без ресурса.", "Задайте resource.")


def models_have_one_main_view() -> Iterator[Problem]:
    for model in sorted({view.model for view in registry.BY_ROUTE.values()}, key=lambda model: model.__name__):
        full = [view for view in registry.views_of(model) if not view.brief]
        if full and len(registry.main_views(model)) != 1:
            names = ", ".join(view.__name__ for view in full)
            text = f"У модели {model.__name__} несколько полных видов ({names}), главный – не один."
            yield Problem("SGO008", text, "Скажите main = True у того, куда ведут ссылки.")


def views_are_explained(app: Flask) -> Iterator[Problem]:
    """Every page opens its place of the guide and names the clause it serves."""
    for view in app.appbuilder.baseviews:
        own = type(view).__module__.startswith("app.views")
        for name in ("guide", "clause"):
            if own and not getattr(view, name, ""):
                yield Problem("SGO022", f"Вид {type(view).__name__}: {name} пуст.", f"Задайте {name}.")


def declarations_hold() -> Iterator[Problem]:
    """Columns, kinds and references that models and views name."""
    return (Problem(*found) for found in declared.every())


def routes_are_listed(app: Flask) -> Iterator[Problem]:
    for endpoint in gate.unlisted(app):
        yield Problem("SGO006", f"Маршрут {endpoint} не в списке доступа.", "См. app/web/gate.py.")
