"""Every model has its right and its path to a school; every column that anybody sees has a Russian name."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import inspect

from app import create_app
from app.choices import Choice
from app.models.base import Path, Record, Searchable, label_of
from app.panel import cells
from app.panel.registry import main_view
from app.panel.view import RecordView
from app.regulation.rights import Action, Scope
from app.security.resources import PERSONAL, RESOURCES
from app.services.engine.audit import SILENT

RUSSIAN = re.compile(r"^[№А-ЯЁ][А-ЯЁа-яё№0-9 /,.()«»–-]*$")
FOUND = [mapper.class_ for mapper in Record.registry.mappers if mapper.class_.__module__.startswith("app.models")]
# Workers that run side by side must collect the tests in one order.
MODELS = sorted(FOUND, key=lambda model: model.__name__)
by_name = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


@pytest.fixture(scope="module")
def views() -> list[RecordView]:
    app = create_app(SECRET_KEY="only for tests, and for nothing else", SQLALCHEMY_DATABASE_URI="sqlite://")
    return [view for view in app.appbuilder.baseviews if isinstance(view, RecordView)]


@by_name
def test_a_model_has_its_right_its_path_and_its_titles(model: Any) -> None:
    assert model in RESOURCES or model in PERSONAL
    assert isinstance(model.__path__, Path)
    assert all(RUSSIAN.match(title) for title in model.__titles__)


def test_no_right_guards_a_model_that_is_gone() -> None:
    assert set(RESOURCES) | set(PERSONAL) == set(MODELS)


@by_name
def test_a_column_has_a_russian_label(model: Any) -> None:
    """What Flask-AppBuilder keeps for itself is shown nowhere, not even in a history."""
    for column in inspect(model).columns:
        if column.name not in SILENT - {"version"} | {"id"}:
            assert RUSSIAN.match(label_of(model, column.name)), f"{model.__name__}.{column.name}"


@by_name
def test_a_relation_has_a_russian_label(model: Any) -> None:
    for relation in inspect(model).relationships:
        if relation.mapper.class_ in RESOURCES:
            assert RUSSIAN.match(label_of(model, relation.key)), f"{model.__name__}.{relation.key}"


def test_whatever_a_view_shows_has_a_russian_label(views: list[RecordView]) -> None:
    for view in views:
        for model, path in shown(view):
            assert RUSSIAN.match(cells.label_for(model, path)), f"{type(view).__name__}: {path}"


def shown(view: RecordView) -> Iterator[tuple[Any, str]]:
    """(model, path) of every column of a list, a card, a filter and a related table."""
    paths = [*view.list_columns, *view.filter_columns, *(name for _, names in view.sections() for name in names)]
    extra = view.form_extra().keys()
    yield from ((view.model, path) for path in paths if path not in extra)
    yield from ((item.model, path) for item in view.related for path in item.columns)


def test_every_form_field_has_a_russian_label(views: list[RecordView]) -> None:
    for view in views:
        for name in view.form_columns:
            field = getattr(view.add_form, name)
            label = next(given for given in (field.kwargs.get("label"), *field.args) if isinstance(given, str))
            assert RUSSIAN.match(label), f"{type(view).__name__}: {name}"


def test_every_choice_has_a_russian_title() -> None:
    for enum in (*Choice.__subclasses__(), Action, Scope):
        for member in enum:
            assert re.search("[А-ЯЁа-яё]", member.title_ru), member


def test_every_relation_of_a_shown_model_leads_to_a_card(views: list[RecordView]) -> None:
    for model in {view.model for view in views} | {model for view in views for model, _ in shown(view)}:
        related = {item.model for view in views for item in view.related}
        assert main_view(model) is not None or model in related, model


@by_name
def test_searched_columns_are_columns(model: Any) -> None:
    searched = getattr(model, "__search__", ())
    assert bool(searched) == issubclass(model, Searchable)
    assert all(hasattr(model, name) for name in searched)


PARTS = {"full_name": ("last_name", "first_name", "middle_name"), "caption": ("grade", "letter")}
"""What a computed column shows."""


def test_a_brief_view_searches_no_more_than_it_shows(views: list[RecordView]) -> None:
    """Either the searched columns are all shown, or the view names the first of them."""
    for view in (view for view in views if view.brief and view.searchable):
        assert tuple(view.model.__search__[: len(view.search_only)]) == tuple(view.search_only)
        seen = {name for column in view.list_columns for name in (column, *PARTS.get(column, ()))}
        searched = set(view.search_only or view.model.__search__) - {"name_key"}
        assert searched <= seen, type(view).__name__
