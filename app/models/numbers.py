"""Numbers that people are found by. Each kind stands in the folded text in letters of its own, so that the digits of
one are never found inside another; nobody types these letters into a name. Pure functions.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

DIGITS = "0123456789"
TYPED = re.compile(r"(?<!\w)\+?\(?[0-9](?:[\s()./\-‐‑‒–—−]*[0-9])+\)?(?!\w)")
"""Digits as people write them, with separators or without."""
FEWEST = 3
"""Digits from which a number may be looked for: fewer are found everywhere."""
BEGINS = " "
"""Before a part that the number must begin with: it is a word of its own in the folded text."""
EXTENSION = re.compile(r"\s*(доб|ext).*", re.IGNORECASE)
LONG = 11
"""Digits of a phone with the code of the country, 7 or 8."""
GROUPS = re.compile(r"\d{3}[\s‐-—−-]?(?:\d{1,3}|\d{3}[\s‐-—−-]?(?:\d{1,3}|\d{3}[\s‐-—−-]?\d{1,2}))|\d{3}")
"""A СНИЛС or its beginning; digits that are grouped otherwise are none."""


@dataclass(frozen=True)
class Number:
    """A kind of number."""

    letters: str
    """What its digits are kept as: of an alphabet in which no name is written, each a letter to every database."""
    kept: Callable[[str], str]
    """Stored value → digits."""
    asked: Callable[[str], tuple[str, ...]]
    """What was typed → the digits, any of which to look for; BEGINS before those that the number begins with."""

    def fold(self, digits: str) -> str:
        return digits.translate(str.maketrans(DIGITS, self.letters))


def _bare(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _phone(value: str) -> str:
    """Without the extension and the code of the country, for which people write 8, +7 or nothing."""
    digits = _bare(EXTENSION.sub("", value))
    return digits[1:] if len(digits) == LONG and digits[0] in "78" else digits


def _phone_asked(typed: str) -> tuple[str, ...]:
    digits = _bare(typed)
    if len(digits) == LONG and digits[0] in "78":
        return (BEGINS + digits[1:],)
    if typed.lstrip("(").startswith("+"):
        return (BEGINS + (digits[1:] if digits[0] == "7" else digits),)
    begun = (BEGINS + digits[1:],) if digits[0] in "78" and len(digits) > FEWEST else ()
    return (digits, *begun)


def _snils_asked(typed: str) -> tuple[str, ...]:
    return (BEGINS + _bare(typed),) if GROUPS.fullmatch(typed) else ()


BY_MASK = {
    "phone": Number("αβγδεζηθικ", _phone, _phone_asked),
    "snils": Number("աբգդեզէըթժ", _bare, _snils_asked),
}
"""By the mask of the column (`field(…, mask="phone")`)."""
READ = str.maketrans("".join(each.letters for each in BY_MASK.values()), DIGITS * len(BY_MASK))


def folded(mask: str, value: str) -> str:
    """A stored number as the folded text keeps it."""
    return BY_MASK[mask].fold(BY_MASK[mask].kept(value))


def holds(mask: str, value: str | None, typed: str) -> bool:
    """Whether a stored number is found by what was typed."""
    return bool(value) and any(part in BEGINS + folded(mask, value or "") for part in asked(mask, typed))


def readable(text: str) -> str:
    """A folded text with the digits of its numbers."""
    return text.translate(READ)


def split(text: str) -> tuple[str, list[str]]:
    """(the words, the numbers) of what was typed."""
    found = [match[0] for match in TYPED.finditer(text) if len(_bare(match[0])) >= FEWEST]
    for number in found:
        text = text.replace(number, " ", 1)
    return text, found


def asked(mask: str, typed: str) -> list[str]:
    """The parts of a folded text, any of which means that a number of this kind was typed. A phone's last digits or
    any of its parts, since people remember them; of a СНИЛС the beginning alone."""
    number = BY_MASK[mask]
    return [number.fold(part) for part in number.asked(typed)]
