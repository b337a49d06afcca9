"""The Russian guide, the reference pages and the text of the regulation, as the panel shows them (docs/)."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from app.regulation.rights import OPERATOR_ROLE

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
START, REGULATION = "index", "regulation"
GROUPS = (
    ("Панель", ("index", "panel", "glossary", "changelog")),
    (
        "Работа по ролям",
        (
            "secretary",
            "administrator",
            "deputy",
            "director",
            "teacher",
            "family",
            "medical_psych_technical",
            "municipal",
            "regional",
            "operator",
        ),
    ),
    ("Регламент и таблицы", ("regulation", "rules", "rights", "forms", "commands")),
)
"""Chapters in the order of the contents."""
OPERATORS = frozenset({"operator", "commands"})
"""Chapters of whoever installs the panel: nobody else is led to them."""
OF_ROLES = {
    **{name: name for name in ("secretary", "administrator", "deputy", "director", "teacher", "municipal", "regional")},
    OPERATOR_ROLE: "operator",
    "hr": "secretary",
    "student": "family",
    "parent": "family",
    **dict.fromkeys(("psychologist", "technical", "medical"), "medical_psych_technical"),
}
"""Code of a role → the chapter of its work."""
CLAUSE = re.compile(r"(\d+(?:\.\d+)+)\.?\s")
SCROLLS = '<div class="scroll" tabindex="0" role="region" aria-label="Таблица">'


@dataclass(frozen=True)
class Heading:
    anchor: str
    title: str


@dataclass(frozen=True)
class Chapter:
    """One page of help. `anchors` are all places in it that an address may name."""

    name: str
    title: str
    html: Markup
    headings: tuple[Heading, ...]
    anchors: frozenset[str]


@cache
def chapter(name: str) -> Chapter | None:
    """A chapter by its name in the address; None when there is none."""
    file = _files().get(name)
    if file is None:
        return None
    tokens = _parser().parse(file.read_text(encoding="utf-8"))
    title = "Регламент" if name == REGULATION else _taken_title(tokens)
    anchors = _clauses(tokens) if name == REGULATION else _headings(tokens)
    _lead_within_the_panel(tokens)
    html = Markup(_parser().renderer.render(tokens, _parser().options, {}))  # noqa: S704 - our own files, without HTML
    return Chapter(name, title, html, tuple(anchors), frozenset(each.anchor for each in anchors))


def chapter_for(name: str, roles: Collection[str]) -> Chapter | None:
    """A chapter as those who hold these roles have it; None where it is not theirs."""
    return chapter(name) if name not in OPERATORS or OPERATOR_ROLE in roles else None


def contents(roles: Collection[str]) -> list[tuple[str, list[Chapter]]]:
    return [
        (title, [found for name in names if (found := chapter_for(name, roles)) is not None]) for title, names in GROUPS
    ]


def own_chapters(roles: Collection[str]) -> list[str]:
    """The chapters of these roles, in the order of the contents."""
    own = {OF_ROLES[role] for role in roles if role in OF_ROLES}
    return [name for _, names in GROUPS for name in names if name in own]


def place_for(place: str, roles: Collection[str]) -> str:
    """Where these roles read of what `place` tells: another role's chapter, and the first page, give way to their
    own."""
    name, own = place.partition("#")[0], own_chapters(roles)
    gives_way = name == START or name in OF_ROLES.values()
    return own[0] if own and gives_way and name not in own else place


def has(place: str) -> bool:
    """Whether `chapter` or `chapter#anchor` exists."""
    name, _, anchor = place.partition("#")
    found = chapter(name)
    return found is not None and (not anchor or anchor in found.anchors)


@cache
def _files() -> dict[str, Path]:
    files = {file.stem: file for folder in ("guide", "reference") for file in (DOCS / folder).glob("*.md")}
    return files | {REGULATION: DOCS / "regulation" / "reglament.md", "changelog": ROOT / "CHANGELOG.md"}


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    # Wide tables and listings scroll inside themselves, by keyboard too.
    parser.add_render_rule("table_open", lambda *_: f'{SCROLLS}<table class="tbl">\n')
    parser.add_render_rule("table_close", lambda *_: "</table></div>\n")
    parser.add_render_rule("fence", _listing)
    return parser


def _listing(renderer: Any, tokens: list[Token], number: int, *_: Any) -> Markup:
    return Markup('<pre tabindex="0"><code>{}</code></pre>\n').format(tokens[number].content)


def _taken_title(tokens: list[Token]) -> str:
    """The first heading, taken out of the text: the page head shows it."""
    title = tokens[1].content
    del tokens[:3]
    return title


def _headings(tokens: list[Token]) -> list[Heading]:
    found = []
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            found.append(Heading(anchor_of(inline.content), inline.content))
            opening.attrSet("id", found[-1].anchor)
    return found


def _clauses(tokens: list[Token]) -> list[Heading]:
    """Clauses of the regulation begin with their number; its headings are of four sizes for one rank."""
    found = []
    for opening, inline in pairwise(tokens):
        number = CLAUSE.match(inline.content) if opening.type == "paragraph_open" else None
        if number is not None:
            found.append(Heading(number[1], inline.content))
            opening.attrSet("id", number[1])
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h2"
    return found


def anchor_of(heading: str) -> str:
    """A heading as GitHub names it in addresses."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _lead_within_the_panel(tokens: list[Token]) -> None:
    """Links between files become links between chapters; what the panel does not show stays as words."""
    children = [child for token in tokens for child in token.children or ()]
    dead = False
    for token in children:
        if token.type == "link_open":
            address = _address(str(token.attrGet("href")))
            dead = address is None
            token.attrs = {} if address is None else {"href": address}
        if dead and token.type in ("link_open", "link_close"):
            token.tag = "span"


def _address(link: str) -> str | None:
    if re.match(r"https?:|#", link):
        return link
    path, _, anchor = link.partition("#")
    name = Path(path).stem.lower()
    if name not in _files():
        return None
    return ("./" if name == START else name) + (f"#{anchor}" if anchor else "")
