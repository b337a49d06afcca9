"""Help: the guide and the regulation in the panel; every view names its place in both. Clause 2.1."""

import re
from typing import Any

import pytest

from app.discovery import modules_of
from app.panel import registry
from app.regulation.rights import OPERATOR_ROLE
from app.services.engine import guide
from tests.panel.reading import body

modules_of("app.views")
SCHOOL = "65001"


@pytest.mark.parametrize(
    "view", sorted(registry.every(), key=lambda view: view.__name__), ids=lambda view: view.__name__
)
def test_every_view_names_its_chapter_and_its_clause(view: Any) -> None:
    assert guide.has(getattr(view, "guide", "—")), "guide = chapter#anchor of docs/guide"
    assert guide.has(f"regulation#{getattr(view, 'clause', '—')}"), "a clause of docs/regulation/reglament.md"


def test_a_page_leads_to_its_chapter_and_its_clause(sign_in: Any) -> None:
    client = sign_in(f"secretary.{SCHOOL}")
    page = body(client.get("/movement_orders/list/"))
    chapter = re.search(r'href="(/help/[^"]+)" aria-label="Справка"', page)[1]
    clause = re.search(r'class="clause" href="([^"]+)"', page)[1]

    assert clause == "/help/regulation#3.3.4.4"
    assert 'id="приказ"' in body(client.get(chapter))
    assert 'id="3.3.4.4"' in body(client.get(clause))


def help_of(page: str) -> str:
    return re.search(r'href="(/help/[^"]*)" aria-label="Справка"', page)[1]


def test_help_opens_at_the_work_of_the_role_and_the_clause_is_of_it(sign_in: Any) -> None:
    director, secretary = sign_in(f"director.{SCHOOL}"), sign_in(f"secretary.{SCHOOL}")
    assert help_of(body(director.get("/"))) == "/help/director"
    assert help_of(body(sign_in(f"hr.{SCHOOL}").get("/"))) == "/help/secretary"
    of_secretary, of_director = (body(each.get("/movement_orders/list/")) for each in (secretary, director))
    assert help_of(of_secretary).startswith("/help/secretary#")
    assert help_of(of_director) == "/help/director", "the chapter of entering orders is another role's"
    assert 'class="clause" href="/help/regulation#3.3.4.4"' in of_secretary
    assert 'class="clause" href="/help/regulation#3.3.1' in of_director
    assert "ваша работа" in body(director.get("/help/"))


def test_the_chapters_of_the_operator_are_the_operators_alone(sign_in: Any) -> None:
    for name in guide.OPERATORS:
        assert sign_in("operator").get(f"/help/{name}").status_code == 200
        for login in (f"director.{SCHOOL}", "regional"):
            assert sign_in(login).get(f"/help/{name}").status_code == 404
    told = body(sign_in("regional").get("/help/"))
    assert not any(f"/help/{name}" in told or f'href="{name}' in told for name in guide.OPERATORS)
    assert help_of(body(sign_in("operator").get("/"))) == "/help/operator"


def test_every_chapter_opens_and_every_link_in_it_leads_somewhere(sign_in: Any) -> None:
    client = sign_in("operator")
    chapters = [each for _, group in guide.contents((OPERATOR_ROLE,)) for each in group]
    assert {each.name for each in chapters} == set(guide._files())
    for each in chapters:
        response = client.get("/help/" if each.name == guide.START else f"/help/{each.name}")
        assert response.status_code == 200, each.name
        assert "style=" not in each.html, "the policy allows no style attribute"
        for name, anchor in re.findall(r'href="(?!https?:)([^"#]*)#?([^"]*)"', str(each.html)):
            target = guide.chapter(name.removeprefix("./") or each.name if name != "./" else guide.START)
            assert target is not None, (each.name, name, anchor)


def test_a_chapter_that_is_not_there(sign_in: Any, app: Any) -> None:
    assert sign_in(f"parent.{SCHOOL}").get("/help/..%2Fadr").status_code == 404
    assert sign_in(f"parent.{SCHOOL}").get("/help/0001-regulation-as-dated-data").status_code == 404
    assert app.test_client().get("/help/").status_code == 302
