"""Help: the guide and the regulation in the panel; every view names its place in both."""

import re
from typing import Any

import pytest

from app.discovery import modules_of
from app.panel import registry
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


def test_every_chapter_opens_and_every_link_in_it_leads_somewhere(sign_in: Any) -> None:
    client = sign_in(f"parent.{SCHOOL}")
    chapters = [each for _, group in guide.contents() for each in group]
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
