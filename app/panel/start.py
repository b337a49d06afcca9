"""The start page: blocks that the views of the groups declare, each shown to whoever has something in it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from app.panel.listing.listing import Listing
from app.panel.place import served_view
from app.security.actor import Actor


@dataclass(frozen=True)
class Row:
    """A line of a block: what it is, where it leads, what may be done with it at once."""

    title: str
    url: str | None
    hint: str = ""
    status: str = ""
    """The code of a status, shown by its colour and `told`."""
    told: str = ""
    act: tuple[str, str] | None = None
    """A button: its words and its address."""


@dataclass(frozen=True)
class Block:
    title: str
    rows: tuple[Row, ...]
    more: tuple[str, str] | None = None
    """A link to all of it: words and address."""
    empty: str = ""
    """What is said where there is no row; a block that says nothing then is not shown."""


@dataclass(frozen=True)
class Whole:
    """A record told on the page as its card tells it; of several the others are a press away."""

    title: str
    card: dict[str, Any]
    """What `card` of its view gives."""
    url: str
    choice: tuple[tuple[str, str, bool], ...] = ()
    """Each of them: name, address of this page with it, whether it is the one shown."""


@dataclass(frozen=True)
class Tile:
    """A number that opens exactly what it counts."""

    title: str
    value: int | str
    url: str
    icon: str
    color: str = ""
    hint: str = ""


def counted_tile(view: Any, title: str, asked: dict[str, str], icon: str, color: str, hint: str) -> Tile | None:
    """How many rows a list shows under these conditions; none where it shows none."""
    number = Listing(served_view(view.route), MultiDict(asked)).count()
    return Tile(title, number, view.url("list", **asked), icon, color, hint) if number else None


@dataclass
class Start:
    """What the page is made of, in the order in which it stands there."""

    tiles: list[Tile] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    cards: list[Whole] = field(default_factory=list)


Part = Callable[[Actor], Block | Whole | Tile | list[Tile] | None]
_PARTS: list[tuple[int, Part]] = []


def starts_with(order: int) -> Callable[[Part], Part]:
    """Declare a part of the start page: a smaller order stands above."""

    def declare(part: Part) -> Part:
        _PARTS.append((order, part))
        return part

    return declare


def start_of(actor: Actor) -> Start:
    """Everything declared that has something to say to this actor."""
    start = Start()
    for _, part in sorted(_PARTS, key=lambda each: each[0]):
        made = part(actor)
        if isinstance(made, Block):
            if made.rows or made.empty:
                start.blocks.append(made)
        elif isinstance(made, Whole):
            start.cards.append(made)
        elif made is not None:
            start.tiles += [made] if isinstance(made, Tile) else made
    return start
