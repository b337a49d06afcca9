"""The start-up checks: one small test for each id. A declaration that contradicts another stops the start."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app import checks, create_app
from app.models.accounts import AccountPerson
from app.models.base import Owner, Path
from app.models.directories.people import Position
from app.models.engine.audit import AuditEvent
from app.models.movement import MovementOrder, OrderState
from app.models.movement.kinds import OrderKind
from app.models.people import Guardianship, Pupil
from app.models.states import States, Transition
from app.panel import declared, registry, transitions
from app.panel.declaration import Button, Grid, Related
from app.panel.importing.declaration import Imports, Key
from app.panel.registry import main_view
from app.panel.view import RecordView
from app.regulation import load_regulation
from app.regulation.rights import Resource, Scope
from app.regulation.schema import ResourceRow
from app.security.resources import RESOURCES


@pytest.fixture
def app() -> Flask:
    """Needs no database: nothing is asked."""
    return create_app(SECRET_KEY="only for tests, and for nothing else", SQLALCHEMY_DATABASE_URI="sqlite://")


def found(problems: Any) -> list[str]:
    return [problem.id if isinstance(problem, checks.Problem) else problem[0] for problem in problems]


def with_rows(monkeypatch: pytest.MonkeyPatch, change: Callable[[dict[str, ResourceRow]], Any]) -> None:
    """The regulation with its blocks of rights changed."""
    regulation = load_regulation()
    rows = dict(regulation.resources)
    change(rows)
    monkeypatch.setattr(checks, "load_regulation", lambda: replace(regulation, resources=rows))


def test_as_it_stands_nothing_is_wrong(app: Flask) -> None:
    assert list(checks.run(app)) == []


def test_sgo001_a_block_of_an_unknown_right(monkeypatch: pytest.MonkeyPatch) -> None:
    with_rows(monkeypatch, lambda rows: rows.update(wizards=ResourceRow("wizards", "Волшебники", "3.3", "people")))
    assert found(checks.resources_have_blocks()) == ["SGO001"]


def test_sgo020_a_right_without_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    with_rows(monkeypatch, lambda rows: rows.pop("deleted"))
    assert found(checks.resources_have_blocks()) == ["SGO020"]


def test_sgo021_two_rights_of_one_title(monkeypatch: pytest.MonkeyPatch) -> None:
    with_rows(monkeypatch, lambda rows: rows.update(deleted=replace(rows["deleted"], title=rows["audit"].title)))
    assert found(checks.resources_have_blocks()) == ["SGO021"]


def test_sgo002_a_model_without_a_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(RESOURCES, Position)
    assert found(checks.models_have_scope()) == ["SGO002"]


@pytest.mark.parametrize("path", [None, Path(school="nowhere_id")])
def test_sgo003_a_model_without_a_path_to_a_school(monkeypatch: pytest.MonkeyPatch, path: Any) -> None:
    monkeypatch.setattr(Position, "__path__", path)
    assert found(checks.models_have_scope()) == ["SGO003"]


@pytest.mark.parametrize("model", [Pupil, Guardianship])
def test_sgo004_rows_of_a_grant_that_one_of_its_models_cannot_tell(monkeypatch: pytest.MonkeyPatch, model: Any) -> None:
    """A model is asked for every scope, also where another one of the same right can tell it."""
    monkeypatch.setattr(model, "__path__", Path(scopes={Scope.OWN: lambda m, who: m.id == 0}))
    assert [
        (each.id, model.__name__ in each.text, "own_class" in each.text) for each in checks.scopes_can_be_computed()
    ] == [("SGO004", True, True)]


@pytest.mark.parametrize("owner", [Owner("nobody_id", "employee_ids"), Owner("employee_id", "friends")])
def test_sgo009_an_owner_that_is_not_there(monkeypatch: pytest.MonkeyPatch, owner: Owner) -> None:
    monkeypatch.setattr(AccountPerson, "__path__", Path(scopes={Scope.OWN: owner}))
    assert found(checks.owners_exist()) == ["SGO009"]


def test_sgo005_a_view_without_a_resource(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    view = next(view for view in app.appbuilder.baseviews if type(view).__name__ == "PupilView")
    monkeypatch.setattr(type(view), "resource", None)
    assert found(checks.views_have_resource(app)) == ["SGO005"]


@pytest.mark.parametrize("name", ["guide", "clause"])
def test_sgo022_a_page_without_help(monkeypatch: pytest.MonkeyPatch, app: Flask, name: str) -> None:
    view = next(view for view in app.appbuilder.baseviews if type(view).__name__ == "PupilView")
    monkeypatch.setattr(type(view), name, "")
    assert found(checks.views_are_explained(app)) == ["SGO022"]


def test_sgo006_a_route_on_no_list(app: Flask) -> None:
    app.add_url_rule("/backdoor", "backdoor", lambda: "")
    assert [(problem.id, "backdoor" in problem.text) for problem in checks.run(app)] == [("SGO006", True)]
    with pytest.raises(checks.CheckFailed, match=r"SGO006.*backdoor"):
        checks.require(app)


@pytest.mark.parametrize(("name", "route"), [("AnotherView", "pupils"), ("PupilView", "other")])
def test_sgo007_two_views_of_one_route_or_name(name: str, route: str) -> None:
    known = dict(registry.BY_ROUTE)
    with pytest.raises(registry.WrongDeclaration, match=r"SGO007.*PupilView"):
        type(name, (RecordView,), {"resource": Resource.PUPILS, "route": route}, model=Pupil)
    assert known == registry.BY_ROUTE


@pytest.mark.parametrize("names", [(), ("PupilView", "Graduates")], ids=["none", "two"])
def test_sgo008_several_full_views_and_not_one_main(monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]) -> None:
    monkeypatch.setattr(registry, "BY_ROUTE", dict(registry.BY_ROUTE))
    type("Graduates", (RecordView,), {"resource": Resource.PUPILS, "route": "graduates"}, model=Pupil)
    for view in registry.views_of(Pupil):
        monkeypatch.setattr(view, "main", view.__name__ in names)
    assert found(checks.models_have_one_main_view()) == ["SGO008"]


def test_the_main_view_of_several_is_the_one_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "BY_ROUTE", dict(registry.BY_ROUTE))
    first = registry.view_of(Pupil)
    type("Graduates", (RecordView,), {"resource": Resource.PUPILS, "route": "graduates"}, model=Pupil)
    monkeypatch.setattr(first, "main", True)
    assert registry.view_of(Pupil) is first
    assert found(checks.models_have_one_main_view()) == []


def test_what_stops_the_start_says_how_to_mend_it(app: Flask) -> None:
    app.add_url_rule("/one", "one", lambda: "")
    app.add_url_rule("/two", "two", lambda: "")
    with pytest.raises(checks.CheckFailed) as stopped:
        checks.require(app)
    assert str(stopped.value).count("SGO006: ") == 2
    assert str(stopped.value).count("gate.py") == 2


def test_sgo041_a_reference_without_its_key(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    def none(relation: Any) -> Any:
        raise LookupError(relation.key)

    monkeypatch.setattr(declared, "shared_of", none)
    assert set(found(declared.references_have_keys())) == {"SGO041"}


def test_sgo042_a_shared_column_under_two_names(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    pair = (Pupil.__table__.c.snils, Pupil.__table__.c.school_id)
    monkeypatch.setattr(declared, "shared_of", lambda relation: [pair])
    assert set(found(declared.references_have_keys())) == {"SGO042"}


def test_sgo043_a_column_of_no_kind(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    monkeypatch.setitem(Position.__table__.c.title.info, "kind", "picture")
    problems = list(declared.columns_have_kinds())
    assert found(problems) == ["SGO043"]
    assert "Position.title" in problems[0][1]


WRONG = {
    "list_columns": ["title", "titel"],
    "filter_columns": ["scool"],
    "form_fieldsets": [("Должность", ["titel"])],
    "show_fieldsets": [("Должность", {"fields": ["title.name"]})],
    "fixed_columns": ["titel"],
    "bulk_fields": ["titel"],
    "default_order": ("titel",),
    "order_by": {"titel": ("title",)},
    "lookup_filters": ("scool_id",),
    "as_grid": Grid("Таблица", by="school", head="title", columns=("titel",)),
    "related": (Related(Pupil, "positoin_id", ("full_name",), "Обучающиеся"),),
}


@pytest.mark.parametrize("place", WRONG)
def test_sgo044_a_misspelt_column(monkeypatch: pytest.MonkeyPatch, app: Flask, place: str) -> None:
    monkeypatch.setattr(main_view(Position), place, WRONG[place])
    problems = list(declared.columns_exist())
    assert {each[0] for each in problems} == {"SGO044"}
    assert any(place in each[1] for each in problems)


def test_sgo045_a_related_model_without_a_view(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    monkeypatch.setattr(main_view(Position), "related", (Related(AuditEvent, "record_id", ("at",), "Следы"),))
    monkeypatch.setattr(registry, "BY_ROUTE", {"positions": main_view(Position)})
    assert {each[0] for each in declared.columns_exist()} >= {"SGO045"}


IN_FORCE, ANNULLED = OrderState.IN_FORCE, OrderState.ANNULLED
ANNUL = Transition("annul", (IN_FORCE,), ANNULLED, reason="annulment_reason")


@pytest.mark.parametrize(
    ("states", "words"),
    [
        (States("annuled_on", (ANNUL,), dated=(IN_FORCE, ANNULLED)), "колонки «annuled_on» нет"),
        (States("kind", (ANNUL,)), "«annulled» – не состояние колонки «kind»"),
        (States("annulled_on", (ANNUL,), frozenset({OrderKind.TRANSFER}), (IN_FORCE, ANNULLED)), "«transfer»"),
        (States("annulled_on", (ANNUL, ANNUL), dated=(IN_FORCE, ANNULLED)), "объявлен дважды"),
        (
            States("annulled_on", (replace(ANNUL, reason="annulled_on"),), dated=(IN_FORCE, ANNULLED)),
            "нет текстовой колонки «annulled_on»",
        ),
    ],
)
def test_sgo051_states_that_cannot_be(monkeypatch: pytest.MonkeyPatch, app: Flask, states: States, words: str) -> None:
    monkeypatch.setattr(MovementOrder, "__states__", states)
    problems = list(declared.states_hold())
    assert {each[0] for each in problems} == {"SGO051"}
    assert any(words in each[1] for each in problems)


@pytest.mark.parametrize(("model", "name"), [(MovementOrder, "anul"), (MovementOrder, "edit"), (Position, "annul")])
def test_sgo052_a_button_without_its_transition(monkeypatch: pytest.MonkeyPatch, model: type, name: str) -> None:
    """One that is not declared, one whose page would take another's place, one of a model without states."""
    ways = (ANNUL, replace(ANNUL, name="edit"))
    monkeypatch.setattr(MovementOrder, "__states__", States("annulled_on", ways, dated=(IN_FORCE, ANNULLED)))
    view = type("SomeView", (RecordView,), {"transitions": (Button(name, "Кнопка", title="Дело", done="Готово."),)})
    view.model = model
    with pytest.raises(registry.WrongDeclaration, match=f"SGO052: SomeView.transitions: «{name}»"):
        transitions.add_pages(view)


WRONG_IMPORTS = {
    "no key": Imports(keys=()),
    "an empty key": Imports(keys=(Key(),)),
    "a key outside the form": Imports(keys=(Key("status"),)),
    "a column outside the form": Imports(keys=(Key("snils"),), columns=("snils", "status")),
}


@pytest.mark.parametrize("wrong", WRONG_IMPORTS)
def test_sgo060_imports_that_the_form_cannot_serve(monkeypatch: pytest.MonkeyPatch, app: Flask, wrong: str) -> None:
    monkeypatch.setattr(main_view(Pupil), "imports", WRONG_IMPORTS[wrong])
    assert {each[0] for each in declared.columns_exist()} == {"SGO060"}
