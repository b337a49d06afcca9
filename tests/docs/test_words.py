"""One name for one thing: no text that a user reads has a synonym that the glossary forbids, and whatever is told to be
pressed is there to be pressed."""

import re

import yaml

from scripts import docs
from tests.docs.wording import CYRILLIC, ROOT, of_the_guides, of_the_program

PRESSED = re.compile(r"(?:[Кк]ноп[а-яё]+|[Нн]ажмите|[Нн]ажать)\s+(?:\*\*(.+?)\*\*|«([^»]+)»)")
WORDS = yaml.safe_load((ROOT / "docs" / "glossary.yaml").read_text(encoding="utf-8"))


def test_the_glossary_in_the_guide_is_fresh() -> None:
    for name, make in docs.GUIDE_PAGES.items():
        assert (docs.GUIDE / name).read_text(encoding="utf-8") == make(), "run `make docs`"


def test_no_text_says_otherwise_than_the_glossary() -> None:
    instead = {each["word"]: each["instead"] for part in WORDS.values() for each in part if each.get("instead")}
    assert "состояние" in instead
    anyhow = re.compile("|".join(other for others in instead.values() for other in others), re.IGNORECASE)
    found = [
        f"{file.relative_to(ROOT)}: «{hit[0]}», а не «{word}»: {line.strip()[:80]}"
        for file, text in (of_the_program() | of_the_guides()).items()
        for line in text.splitlines()
        if CYRILLIC.search(line) and anyhow.search(line)
        for word, others in instead.items()
        for other in others
        if (hit := re.search(other, line, re.IGNORECASE))
    ]
    assert not found, "\n".join(found)


def test_what_is_told_to_be_pressed_is_there() -> None:
    """By guides and by the panel's own messages."""
    labels = "\n".join(of_the_program().values())
    told = [
        (file.name, " ".join((bold or quoted).split()))
        for file, text in (of_the_guides() | of_the_program()).items()
        for bold, quoted in PRESSED.findall(text)
    ]
    assert len(told) > 40
    known = set(re.findall(r"[^<>{}\n\"]+", labels))
    stripped = {each.strip() for each in known}
    assert [each for each in told if each[1] not in stripped and each[1].rstrip(".") not in labels] == []
