"""The register of printed forms: what the command line lists, the page offers and the services fill with data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.reports.movement.pdf import FORM_TITLE, WIDE, print_movement


@dataclass(frozen=True)
class Form:
    """A form of the regulation and the function that turns its data into PDF bytes."""

    id: str
    title: str
    clause: str
    build: Callable[[Any], bytes]
    wide: bool
    """Landscape, for tables with many columns."""


FORMS: dict[str, Form] = {
    form.id: form for form in (Form("movement", FORM_TITLE, "3.3.3.2, 3.3.4.4, 4.1", print_movement, wide=WIDE),)
}
