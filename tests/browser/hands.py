"""A person at the panel: with a mouse, or with the keyboard alone, where what Tab does not reach cannot be pressed."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

MOST_TABS = 250
NARROW = 992
"""Below this width the menu folds behind a button."""
FOCUSED = "el => el === document.activeElement"


ON_TOP = """el => {
  const shown = el.tomselect ? el.tomselect.wrapper : el, box = shown.getBoundingClientRect();
  const there = document.elementFromPoint(box.x + Math.min(box.width / 2, 40), box.y + Math.min(box.height, 40) / 2);
  return shown === there || shown.contains(there) || (there?.closest('.field, td')?.contains(shown) ?? false);
}"""


def is_seen(target: Locator) -> None:
    """In sight and under no bar."""
    expect(target).to_be_in_viewport()
    for _ in range(20):
        if target.evaluate(ON_TOP):
            return
        target.page.wait_for_timeout(50)
    raise AssertionError(f"something lies over {target}")


MOMENT = 500
"""Milliseconds that no hand is faster than: a chooser asks 200 ms after the typing, and takes the focus back."""


class Hands:
    """Acts on a page by mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        target.click()

    def reach(self, target: Locator) -> None:
        """Come to it without pressing."""
        target.hover()

    def write(self, target: Locator, text: str) -> None:
        self._enter(target)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def date(self, label: str, text: str) -> None:
        """A date as a person writes it, dd.mm.yyyy."""
        self.write(self.page.get_by_role("textbox", name=label, exact=True), text)

    def pick(self, label: str, option: str) -> None:
        """Choose in a plain select."""
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def choose(self, label: str, typed: str, shown: str = "") -> None:
        """Choose a record by typing a part of its name; `shown` is what the list calls it, where that is another."""
        self._enter(self._chooser(label))
        self.page.keyboard.type(typed, delay=15)
        self.page.wait_for_timeout(MOMENT)
        expect(self.page.locator(".ts-wrapper.loading")).to_have_count(0)
        self._take(self.page.locator(".ts-dropdown .option:not(.create):visible", has_text=shown or typed).first)
        self.page.wait_for_timeout(MOMENT)

    def menu(self, name: str) -> None:
        if self.page.viewport_size["width"] < NARROW:
            self.press(self.page.get_by_role("button", name="Меню", exact=True))
        link = self.page.get_by_role("link", name=name, exact=True, include_hidden=True)
        heading = self.page.locator("#menu details").filter(has=link)
        if heading.get_attribute("open") is None:
            self.press(heading.locator("summary"))
        self.press(heading.get_by_role("link", name=name, exact=True))

    def find(self, typed: str, name: str) -> None:
        """Open a record by «Найти всё»."""
        self._open_find()
        self.page.keyboard.type(typed, delay=15)
        hit = self.page.locator("#find [data-hit]", has_text=name).first
        expect(hit).to_be_visible()
        self._take_hit(hit)

    def open_row(self, name: str) -> None:
        self.press(self.page.get_by_role("link", name=re.compile(name)).first)

    def tick(self, target: Locator) -> None:
        target.check()

    def _open_find(self) -> None:
        self.page.locator("[data-key=find]").click()

    def _take_hit(self, hit: Locator) -> None:
        hit.click()

    def _enter(self, target: Locator) -> None:
        target.click()

    def _take(self, option: Locator) -> None:
        option.click()

    def _chooser(self, label: str) -> Locator:
        return self.page.locator(".ts-wrapper").get_by_role("combobox", name=label, exact=True).last


class Keyboard(Hands):
    """Acts by keys alone: Tab until it is there, then Enter, Space or letters."""

    def press(self, target: Locator) -> None:
        self._enter(target)
        self.page.keyboard.press("Enter")

    def reach(self, target: Locator) -> None:
        self._enter(target)

    def pick(self, label: str, option: str) -> None:
        """Arrows: letters of a name with a space in it open the list instead."""
        box = self.page.get_by_label(label, exact=True)
        self._enter(box)
        self.page.keyboard.press("Home")
        for _ in range(box.locator("option").count()):
            if box.locator("option:checked").inner_text().strip() == option:
                break
            self.page.keyboard.press("ArrowDown")
        expect(box.locator("option:checked")).to_have_text(option)

    def open_row(self, name: str) -> None:
        """J goes down the rows until the right one is there."""
        wanted = self.page.locator("a.row-link", has_text=name).first
        expect(wanted).to_be_visible()
        for _ in range(50):
            self.page.keyboard.press("j")
            if wanted.evaluate(FOCUSED):
                break
        self.page.keyboard.press("Enter")

    def tick(self, target: Locator) -> None:
        self._enter(target)
        self.page.keyboard.press("Space")

    def _open_find(self) -> None:
        self.page.keyboard.press("Control+K")
        expect(self.page.locator("#find input")).to_be_focused()

    def _take_hit(self, hit: Locator) -> None:
        for _ in range(20):
            if hit.get_attribute("aria-selected") == "true":
                break
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")

    def _enter(self, target: Locator) -> None:
        target.wait_for()
        for _ in range(MOST_TABS):
            if target.evaluate(FOCUSED):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {target}")

    def _take(self, option: Locator) -> None:
        expect(option).to_be_visible()
        expect(self.page.locator(".ts-dropdown .option.active:visible").first).to_be_visible()
        for _ in range(20):
            if "active" in (option.get_attribute("class") or ""):
                break
            self.page.keyboard.press("ArrowDown")
        expect(option).to_have_class(re.compile("active"))
        self.page.keyboard.press("Enter")


def hands_of(kind: str, page: Page) -> Any:
    return {"mouse": Hands, "keyboard": Keyboard}[kind](page)
