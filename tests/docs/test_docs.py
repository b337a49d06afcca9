"""The pages say what the program has: nothing stale, nothing missing, no broken link, no word that is on no screen."""

import re
from functools import cache
from pathlib import Path

import pytest

from app.regulation import load_regulation
from app.services.monitoring.forms import forms
from app.views.pages.menu import HEADINGS
from scripts import docs
from tests.docs.wording import of_the_program

ROOT = Path(__file__).parent.parent.parent
GUIDES = sorted((ROOT / "docs" / "guide").glob("*.md"))
REGULATION = ROOT / "docs" / "regulation"
"""The ministry's text, kept as it is: no page of ours."""
OURS = sorted(page for page in (ROOT / "docs").rglob("*.md") if page.parent != REGULATION)
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *OURS]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
SETTING = re.compile(r"(?:environ\.get|_flag|_list)\(\"([A-Z_]+)\"")
WIDTH = 120


def by_path(pages: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("page", pages, ids=lambda page: str(page.relative_to(ROOT)))


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", docs.PAGES)
def test_reference_page_is_fresh(name: str) -> None:
    assert read(docs.FOLDER / name) == docs.PAGES[name](), "run `make docs`"


def test_reference_holds_every_page() -> None:
    assert {page.name for page in docs.FOLDER.glob("*.md")} == set(docs.PAGES)


def test_every_role_is_documented() -> None:
    rights, index = read(docs.FOLDER / "rights.md"), read(ROOT / "docs" / "guide" / "index.md")
    for role in load_regulation().roles.values():
        assert f"`{role.code}`, пункт {role.clause}" in rights
        assert role.title in index, "no guide for this role"


def test_every_resource_is_documented() -> None:
    rows = read(docs.FOLDER / "rights.md")
    assert [row for row in load_regulation().resources.values() if f"\n| {row.title} |" not in rows] == []


def test_every_rule_is_documented() -> None:
    page = read(docs.FOLDER / "rules.md")
    assert [rule for rule in load_regulation().rules if f"\n## {rule}\n" not in page] == []


def test_every_form_is_documented() -> None:
    page, guide = read(docs.FOLDER / "forms.md"), read(ROOT / "docs" / "guide" / "municipal.md")
    for form in forms().values():
        assert f"| `{form.id}` |" in page
        assert form.title in guide


def test_every_command_is_documented(app: object) -> None:
    """Of the application as it starts; `db`, `fab` and the like come with the libraries."""
    page = read(docs.FOLDER / "commands.md")
    paths = [path for group in app.cli.commands.values() for path, _ in docs.leaves(group) if group.name != "db"]
    assert paths
    assert [path for path in paths if f"\n## flask {path}\n" not in page] == []


def test_every_setting_is_documented() -> None:
    page, found = read(ROOT / "README.md"), SETTING.findall(read(ROOT / "config.py"))
    assert "SGO_HOSTS" in found
    assert [name for name in found if f"| `{name}` |" not in page] == []


@by_path(PAGES)
def test_relative_links_resolve(page: Path) -> None:
    broken = []
    for target in LINK.findall(read(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


@cache
def anchors(page: Path) -> frozenset[str]:
    """Headings as GitHub names them in addresses."""
    heads = re.findall(r"^#+ (.+)$", read(page), re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads)


@cache
def words_of_the_program() -> str:
    """Everything that can stand on a screen; what stands in comments alone does not."""
    return "\n".join(of_the_program().values())


@by_path(GUIDES)
def test_bold_words_of_a_guide_stand_on_the_screen(page: Path) -> None:
    program = words_of_the_program()
    said = {" ".join(words.split()) for words in BOLD.findall(read(page))} - NOT_OF_THE_SCREEN
    assert sorted(words for words in said if words not in program) == []


NOT_OF_THE_SCREEN = {
    "так",  # index.md shows what bold means
    "после",  # secretary.md: stress
    "Родители.",  # lead-ins of paragraphs
    "Сотрудники.",
    "Передача.",
    "Забыли пароль.",
    "Закрыть.",
    "Снять.",
    "Ученик видит:",
    "Родитель видит:",
}


def test_every_group_of_the_menu_is_in_a_guide() -> None:
    guides = "".join(map(read, GUIDES))
    assert [title for title in HEADINGS if f"**{title}**" not in guides] == []


@by_path([page for page in PAGES if page.parent != docs.FOLDER])
def test_prose_is_not_wider_than_the_code(page: Path) -> None:
    lines = [line for line in read(page).splitlines() if not line.startswith(("|", "!", "#"))]
    assert [line for line in lines if len(line) > WIDTH] == []
