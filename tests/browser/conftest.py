"""A served panel and Debian's chromium, driven by Playwright."""

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from tests.conftest import Site, sqlite_of_the_run
from tests.support.world import PASSWORD

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
MOST = 15_000
"""Milliseconds that an act or an expectation may take: an answer may be as slow as the press it follows."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("SGO_BROWSER_TESTS") == "required":
            pytest.fail("Нет chromium: apt-get install chromium")
        pytest.skip("chromium is not installed")
    expect.set_options(timeout=MOST)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, common: Path) -> Iterator[Site]:
    """The small world over real HTTP, on SQLite; `site.address` is where."""
    folder = tmp_path_factory.mktemp("served")
    site = Site(sqlite_of_the_run(folder, common), folder, common)
    listening = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    site.address = f"http://127.0.0.1:{listening.server_port}"
    yield site
    listening.shutdown()
    thread.join()
    listening.server_close()
    site.close()


@pytest.fixture
def served(server: Site) -> Site:
    """The served panel with the world as it was."""
    server.touched = True
    server.restore()
    return server


@pytest.fixture
def open_as(chromium: Browser, served: Site) -> Iterator[Any]:
    """`open_as("secretary.65001", width=390)` signs in by typing and gives the page."""
    contexts = []

    def run(login: str, width: int = 1366, theme: str = "light", locale: str = "ru-RU") -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 860},
            color_scheme=theme,
            reduced_motion="reduce",  # colours and places are looked at where they end
            locale=locale,
            base_url=served.address,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(MOST)
        page.goto("/login/")
        page.get_by_label("Логин").fill(login)
        page.get_by_label("Пароль", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Войти").click()
        page.wait_for_url("**/")
        return page

    yield run
    for context in contexts:
        context.close()
