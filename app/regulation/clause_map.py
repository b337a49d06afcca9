"""The duties of the regulation's text and what the panel has for each of them (`clauses.yaml`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .loader import DIRECTORY, Collector, load_regulation
from .nodes import Value
from .rights import Resource

LISTS = ("data", "rights", "rules", "forms", "tests")


@dataclass(frozen=True)
class DutyOfText:
    """One line of the map. What of it the panel does not have yet stands in `awaits`, in words."""

    clause: str
    duty: str
    data: tuple[str, ...]
    """Tables."""
    rights: tuple[Resource, ...]
    rules: tuple[str, ...]
    forms: tuple[str, ...]
    """Printed forms, by id."""
    pages: Mapping[str, str]
    """Address → title of pages of its own."""
    tests: tuple[str, ...]
    """Files under `tests/`."""
    awaits: str = ""

    @property
    def has(self) -> bool:
        """Whether anything of the panel serves it."""
        return bool(self.data or self.rights or self.rules or self.forms or self.pages)


def duties_of_text(directory: Path | None = None) -> tuple[DutyOfText, ...]:
    """In the order of the text. Raises RegulationError naming line and fault of everything wrong."""
    return _shipped() if directory is None else _read(directory)


@lru_cache(maxsize=1)
def _shipped() -> tuple[DutyOfText, ...]:
    return _read(DIRECTORY)


def _read(directory: Path) -> tuple[DutyOfText, ...]:
    collect = Collector(directory)
    values = collect.run(collect.roots(clauses=("duties",))["clauses"]["duties"].items)
    found = tuple(duty for value in values or () if (duty := collect.run(_duty, value)) is not None)
    collect.stop_on_problems()
    return found


def _duty(value: Value) -> DutyOfText:
    table = value.table("clause", "duty", optional=(*LISTS, "pages", "awaits"))
    none: list[Value] = []
    listed = {name: table.get(name, lambda one: one.items(), none) for name in LISTS}
    known = sorted(load_regulation().rules)
    duty = DutyOfText(
        clause=table["clause"].clause(),
        duty=table["duty"].text(),
        rights=tuple(one.member(Resource) for one in listed.pop("rights")),
        rules=tuple(one.one_of(known, "правило") for one in listed.pop("rules")),
        pages=table.get("pages", _titled, {}),
        awaits=table.get("awaits", Value.text, ""),
        **{name: tuple(one.text() for one in values) for name, values in listed.items()},
    )
    if not duty.awaits and not (duty.has and duty.tests):
        value.fail("у обязанности нет ни сведений, ни права, ни срока, ни формы, ни страницы – или нет проверки")
    if duty.has and not duty.tests:
        value.fail("у обязанности нет проверки (tests)")
    return duty


def _titled(value: Value) -> dict[str, str]:
    return {address: title.text() for address, title in value.pairs().items()}
