"""What a browser would send of a form as a page has it."""

from html.parser import HTMLParser
from typing import Any


class Sent(HTMLParser):
    """The boxes of one form by name: what stands in them, what is chosen, what is ticked. Templates are no boxes."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form, self.values = form, dict[str, str]()
        self._inside, self._templates, self._select = False, 0, ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        if tag == "form":
            self._inside = given.get("id") == self.form
        self._templates += tag == "template"
        if not self._inside or self._templates:
            return
        name, value = given.get("name"), given.get("value") or ""
        if tag == "select" and name:
            self._select = name
            self.values[name] = ""
        elif tag == "option" and "selected" in given:
            self.values[self._select] = value
        elif tag == "input" and name and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.values[name] = value

    def handle_endtag(self, tag: str) -> None:
        self._templates -= tag == "template"
        self._inside = self._inside and tag != "form"


def sent(page: str, form: str = "edit-form") -> dict[str, str]:
    """Name → value."""
    read = Sent(form)
    read.feed(page)
    return read.values
