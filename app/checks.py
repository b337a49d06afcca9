"""Start-up checks with stable ids: a declaration that contradicts another stops the start and says what to mend."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import inspect

from app.models.base import Path, Record
from app.panel import registry
from app.panel.view import RecordView
from app.regulation import load_regulation
from app.regulation.rights import Action, Resource, Rows
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
    yield from roles_name_known_rights()
    yield from models_have_scope()
    yield from scopes_can_be_computed()
    yield from views_have_resource(app)
    yield from models_have_one_main_view()
    yield from routes_are_listed(app)


def roles_name_known_rights() -> Iterator[Problem]:
    known = ({each.value for each in Resource}, {each.value for each in Action}, {each.value for each in Rows})
    regulation = load_regulation()
    for role in (*regulation.roles.values(), regulation.operator):
        for grant in role.grants:
            named = ({grant.resource}, {str(a) for a in grant.actions}, {str(grant.rows)})
            for names, allowed in zip(named, known, strict=True):
                for name in sorted(names - allowed):
                    yield Problem(
                        "SGO001", f"Роль {role.code} называет неизвестное: {name}.", "См. app/regulation/rights.py."
                    )


def models_have_scope() -> Iterator[Problem]:
    for mapper in Record.registry.mappers:
        yield from _scope_of(mapper.class_)


def _scope_of(model: type) -> Iterator[Problem]:
    if not model.__module__.startswith("app.models"):
        return
    if model not in RESOURCES and model not in PERSONAL:
        yield Problem("SGO002", f"Модель {model.__name__} без права.", "Добавьте строку в app/security/resources.py.")
    path = getattr(model, "__path__", None)
    if not isinstance(path, Path):
        yield Problem("SGO003", f"Модель {model.__name__} без пути к школе.", "Задайте __path__.")
    elif not (path.common or path.personal) and path.school and path.school not in inspect(model).columns:
        yield Problem("SGO003", f"Модель {model.__name__}: нет колонки {path.school}.", "Задайте __path__.")


def scopes_can_be_computed() -> Iterator[Problem]:
    """A grant on one's own rows is worth nothing for a model that cannot tell whose they are."""
    regulation = load_regulation()
    for role in regulation.roles.values():
        for grant in role.grants:
            attribute = {"own": "own", "own_class": "own_class"}.get(str(grant.rows))
            main = [model for model, resources in RESOURCES.items() if resources[0].value == grant.resource]
            if attribute and main and not any(getattr(model.__path__, attribute) for model in main):
                text = f"Роль {role.code}, {grant.resource}: строки «{grant.rows}» не определены ни для одной модели."
                yield Problem("SGO004", text, f"Задайте {attribute} в __path__.")


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


def routes_are_listed(app: Flask) -> Iterator[Problem]:
    for endpoint in gate.unlisted(app):
        yield Problem("SGO006", f"Маршрут {endpoint} не в списке доступа.", "См. app/web/gate.py.")
