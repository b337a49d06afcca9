"""WCAG 2.1 AA by axe-core on every kind of page, in both themes and widths; no page scrolls sideways."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
CHECK = """async (only) => {
  const found = await axe.run(document, { runOnly: only, resultTypes: ["violations"] });
  return found.violations.filter((each) => ["serious", "critical"].includes(each.impact))
    .map((each) => `${each.id}: ${each.nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(" | ")}`);
}"""
PAGES = {
    "secretary.65001": (
        "/",
        "/pupils/list/",
        "/pupils/list/?q=нетакого",
        "/pupils/show/1",
        "/pupils/add",
        "/family/",
        "/pupils/edit/1",
        "/movement_orders/list/",
        "/movement_orders/add",
        "/movement_book/list/",
        "/compliance/",
        "/saved/pupils/",
        "/find/?q=сер",
        "/me/",
        "/password/",
        "/help/",
        "/help/secretary",
        "/help/regulation",
        "/no/such/page",
        "/pupils/list/?page=x",
    ),
    "administrator.65001": (
        "/accounts/list/",
        "/accounts/show/3",
        "/accounts/add",
        "/rights/",
        "/audit/list/",
        "/settings/list/",
        "/positions/delete/1",
        "/school_calendar/list/",
        "/deleted/list/",
    ),
    "municipal.64754000": ("/compliance/", "/compliance/?org=65001", "/forms/", "/schools/list/"),
}
NARROW = {
    "secretary.65001": (*PAGES["secretary.65001"][:10], "/me/", "/help/rules"),
    "administrator.65001": ("/rights/", "/audit/list/"),
}


def problems(page: Page, path: str, *themes: str) -> list[str]:
    page.goto(path)
    found = [*problems_now(page), *contrast(page, themes)]
    page.emulate_media(color_scheme="null")  # that of the window again
    return [f"{path}: {each}" for each in found]


def problems_now(page: Page) -> list[str]:
    """Of the page as it stands."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(CHECK, {"type": "tag", "values": RULES})
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("scrolls sideways")
    return list(found)


def contrast(page: Page, themes: tuple[str, ...]) -> list[str]:
    """All that another theme changes is colours. The page hears of the theme after the call that sets it."""
    found = []
    for theme in themes:
        page.emulate_media(color_scheme=theme)
        page.locator(f"html[data-bs-theme={theme}]").wait_for()
        told = page.evaluate(CHECK, {"type": "rule", "values": ["color-contrast"]})
        found += [f"{theme}: {each}" for each in told]
    return found


@pytest.mark.parametrize(("width", "theme", "other"), [(1366, "light", ["dark"]), (390, "dark", [])])
@pytest.mark.browser
def test_nothing_serious_on_any_page(
    open_as: Any, chromium: Any, served: Any, width: int, theme: str, other: list[str]
) -> None:
    before = chromium.new_context(
        viewport={"width": width, "height": 860}, color_scheme=theme, reduced_motion="reduce", base_url=served.address
    )
    found = problems(before.new_page(), "/login/", *other)
    before.close()
    for login, paths in (PAGES if width > 1000 else NARROW).items():
        page = open_as(login, width=width, theme=theme)
        for path in paths:
            found += problems(page, path, *other)
    assert found == []
