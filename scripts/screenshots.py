"""The pictures of docs/img, taken anew: `python scripts/screenshots.py ADDRESS` beside a running `make demo`.

Needs Debian's chromium. Looks at the demo only: what it adds it takes back.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "img"
PASSWORD = "kedr-tuman-sopka-65"  # noqa: S105 - the published one of the demo
WIDE, PHONE = 1366, 390
CHROMIUM = "/usr/bin/chromium"


def home(page: Page) -> None:
    page.goto("/")


def listing(page: Page) -> None:
    page.goto("/pupils/list/?status=enrolled&order=-birth_date&cols=school_class&cols=birth_date&cols=snils&cols=phone")


def conditions(page: Page) -> None:
    page.goto("/movement_orders/list/?kind=enrolment")
    page.get_by_role("button", name="Условия").click()


def find(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Control+K")
    page.keyboard.type("иван", delay=20)
    page.locator("#find [data-hit]").first.wait_for()
    page.wait_for_timeout(500)


def card(page: Page) -> None:
    """A pupil whose order is late: the reason is open."""
    page.goto("/compliance/?period=all")
    page.get_by_role("link", name="МБОУ СОШ № 1 г. Холмска").first.click()
    page.locator("a[href*='status=late']").first.click()
    page.locator("tbody a").first.click()


def order(page: Page) -> None:
    page.goto("/movement_orders/add?kind=departure")
    page.get_by_role("button", name="Добавить", exact=True).click()
    page.locator("#errors").wait_for()


def family(page: Page) -> None:
    """Of a family that moves in the father is known: his card is proposed."""
    page.goto("/parents/list/")
    row = page.locator("tbody tr", has_text="+7").first
    surname, name, *_ = row.locator(".row-link").inner_text().split()
    phone = row.inner_text().partition("+7")[2][:14]
    page.goto("/family/")
    for column, typed in (("last_name", surname), ("first_name", name), ("phone", f"+7{phone}")):
        page.locator(f"[name=first-{column}]").fill(typed)
    page.locator("[data-known$=first] [data-known-take]").first.wait_for()
    page.locator("[data-known$=first]").evaluate("part => part.scrollIntoView({ block: 'start' })")
    page.mouse.wheel(0, -150)


def in_place(page: Page) -> None:
    page.goto("/movement_orders/add?kind=enrolment")
    page.get_by_role("button", name="Создать").first.click()
    page.locator("dialog[open] form").wait_for()


def bulk(page: Page) -> None:
    page.goto("/movement_orders/list/?order=-order_date")
    for row in page.locator("tbody .pick input").all()[:3]:
        row.check()
    page.get_by_role("button", name="Удалить").click()
    page.get_by_role("heading", level=1, name="Удаление").wait_for()


def grid(page: Page) -> None:
    """A column pasted from a spreadsheet, as it is checked: nothing is saved yet."""
    page.goto("/classes/list/?q=7А")
    page.locator("tbody a.row-link").first.click()
    page.get_by_role("main").get_by_role("link", name="Итоги года", exact=True).click()
    page.locator("[data-cell=outcome]").first.focus()
    page.evaluate(
        "text => { const data = new DataTransfer(); data.setData('text/plain', text);"
        " document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true})); }",
        "условный перевод\nперевод\nвыпуск\nповторный год обучения",
    )
    page.locator("[data-paste-yes]:enabled").wait_for()


def compliance(page: Page) -> None:
    page.goto("/compliance/?period=all")


def trail(page: Page) -> None:
    page.goto("/audit/list/")


def guide(page: Page) -> None:
    page.goto("/help/panel")


PICTURES: tuple[tuple[str, str, str, int, Callable[[Page], None]], ...] = (
    ("home", "secretary.holmsk1", "light", WIDE, home),
    ("list", "secretary.holmsk1", "light", WIDE, listing),
    ("conditions-dark", "secretary.holmsk1", "dark", WIDE, conditions),
    ("find", "secretary.holmsk1", "light", WIDE, find),
    ("card", "municipal.holmsk", "light", WIDE, card),
    ("order", "secretary.holmsk1", "light", WIDE, order),
    ("family", "secretary.holmsk1", "light", WIDE, family),
    ("in-place-dark", "secretary.holmsk1", "dark", WIDE, in_place),
    ("bulk", "secretary.holmsk1", "light", WIDE, bulk),
    ("grid", "deputy.holmsk1", "light", WIDE, grid),
    ("compliance", "municipal.holmsk", "light", WIDE, compliance),
    ("compliance-dark", "municipal.holmsk", "dark", WIDE, compliance),
    ("help", "deputy.holmsk1", "light", WIDE, guide),
    ("phone", "secretary.holmsk1", "dark", PHONE, listing),
)


def signed_in(browser: Browser, address: str, login: str, theme: str, width: int) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 860}, color_scheme=theme, locale="ru-RU", base_url=address
    )
    page = context.new_page()
    page.goto("/login/")
    page.fill("#username", login)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Войти", exact=True).click()
    page.wait_for_url("**/")
    return page


def main(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, login, theme, width, show in PICTURES:
            page = signed_in(browser, address, login, theme, width)
            show(page)
            page.wait_for_timeout(400)
            page.screenshot(path=IMAGES / f"{name}.png")
            page.context.close()
            print(name)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080")
