"""A person's name as stored, and the key by which any text is found."""

import re
import unicodedata

APOSTROPHES = re.compile("[’‘ʼ`´′]")
DASHES = re.compile(r"\s*[-‐‑‒–—−]\s*")
NOT_WORD = re.compile(r"[\W_]+")
# The width of the column.
NAME_LENGTH = 60

# Parts of a name that stay small: before another part (де Голль) or after one (Гасан оглы).
LEADING_PARTICLES = frozenset(
    {"да", "де", "дель", "дер", "ди", "дос", "дю", "ла", "ле", "фон", "ван", "аль", "эль", "ибн", "бен", "бинт"}
)
TRAILING_PARTICLES = frozenset({"оглы", "оглу", "оғлы", "кызы", "кизи", "гызы", "қызы", "угли", "уулу", "улы", "ұлы"})

NAME_EXPECTED = "Ожидаются буквы, дефис, апостроф и пробел, например «Иванова-Петрова» или «О'Коннор»."


INVISIBLE = frozenset({"Cf", "Cc", "Co", "Cs"})
"""Formats (zero-width, soft hyphen, BOM, bidirectional), controls, private letters, halves of a pair."""


def visible(text: str) -> str:
    """Without what nobody sees: pasted from a sheet or a PDF it would make two values of one. Lines stay lines."""
    spaced = text.replace("\t", " ").replace("\v", " ").replace("\f", " ").replace("\N{NO-BREAK SPACE}", " ")
    if spaced.isprintable():
        return spaced
    return "".join(each for each in spaced if each in "\r\n" or unicodedata.category(each) not in INVISIBLE)


def normalise_name(text: str) -> str:
    """One part of a person's name: last, first or middle. A deliberate capital inside a word is kept."""
    value = unicodedata.normalize("NFC", text)
    value = DASHES.sub("-", APOSTROPHES.sub("'", value))
    words = value.split()
    _refuse_malformed(words)
    last = len(words) - 1
    return " ".join(_word(word, first=index == 0, last=index == last) for index, word in enumerate(words))


NO_NAME = frozenset({"", "нет", "отсутствует", "без отчества", "не имеет"})


def normalise_middle_name(text: str) -> str:
    """A middle name; a dash or a word in place of the one that there is not is no name."""
    if text.strip(" \t.,0" + "".join(map(chr, range(0x2010, 0x2016))) + "-_\N{MINUS SIGN}").casefold() in NO_NAME:
        raise ValueError("Отчества нет? Оставьте поле пустым.")
    return normalise_name(text)


def _refuse_malformed(words: list[str]) -> None:
    if not words:
        raise ValueError(f"Имя не заполнено. {NAME_EXPECTED}")
    if sum(map(len, words)) + len(words) - 1 > NAME_LENGTH:
        raise ValueError(f"Слишком длинно: ожидается не больше {NAME_LENGTH} знаков.")
    for segment in re.split("[-' ]", " ".join(words)):
        _refuse_segment(segment)


def _refuse_segment(segment: str) -> None:
    scripts = {_script(character) for character in segment}
    # One letter of the other alphabet looks right and is never found again.
    if scripts == {"CYRILLIC", "LATIN"}:
        raise ValueError(f"В «{segment}» смешаны русские и латинские буквы: наберите слово заново на одной раскладке.")
    if len(scripts) != 1 or None in scripts:
        raise ValueError(NAME_EXPECTED)


def _script(character: str) -> str | None:
    script = unicodedata.name(character, "").split(" ")[0]
    return script if character.isalpha() and script in ("CYRILLIC", "LATIN") else None


def _word(word: str, *, first: bool, last: bool) -> str:
    segments = word.split("-")
    end = len(segments) - 1
    return "-".join(
        _segment(segment, leads=not (last and index == end), trails=not (first and index == 0))
        for index, segment in enumerate(segments)
    )


def _segment(segment: str, *, leads: bool, trails: bool) -> str:
    """Capitalise what was typed in one case; `leads` and `trails` tell whether another part follows or precedes."""
    lower = segment.lower()
    if segment not in (lower, segment.upper()):
        return segment
    if (leads and lower in LEADING_PARTICLES) or (trails and lower in TRAILING_PARTICLES):
        return lower
    prefix, apostrophe, rest = lower.partition("'")
    # О'Коннор, but Мар'яна: only a single letter before the apostrophe makes two words of it.
    return prefix.capitalize() + apostrophe + (rest.capitalize() if len(prefix) == 1 else rest)


def search_key(text: str) -> str:
    """What a search compares: «Алёна» and «алена», «Иванова-Петрова» and «иванова петрова» are the same."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return NOT_WORD.sub(" ", folded).strip()
