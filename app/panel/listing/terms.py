"""What is looked for: the words and numbers of what was typed, in either layout of the keyboard. No database."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.models import numbers
from app.models.names import search_key


@dataclass(frozen=True)
class Term:
    """A word or a number, to be found each by itself."""

    typed: str
    parts: tuple[str, ...]
    """Of the folded text, any of which will do."""
    is_number: bool = False

    @property
    def shortest(self) -> int:
        """Letters of its shortest part."""
        return min(map(len, self.parts))


@dataclass(frozen=True)
class Through:
    """Records that others are found by as well: a pupil by the phones of the parents, a line by its pupil."""

    path: str
    """Relations to them, of one or of many."""
    shape: re.Pattern[str] | None = None
    """Only words of this shape, which then begin a word there; None: all."""
    mask: str = ""
    """Only numbers of this kind (app/models/numbers.py)."""

    def fits(self, term: Term) -> Term | None:
        """The term as it is looked for there; None: it is not."""
        if self.mask:
            return Term(term.typed, tuple(numbers.asked(self.mask, term.typed)), True) if term.is_number else None
        if self.shape is None:
            return term
        if term.is_number or not self.shape.fullmatch(term.typed):
            return None
        return Term(term.typed, (f" {term.typed}",))


def terms(text: str, masks: Iterable[str] = ()) -> list[Term]:
    """`masks`: the kinds of numbers that are looked through; without any, digits are words."""
    masks = tuple(dict.fromkeys(masks))
    words, found = numbers.split(text) if masks else (text, [])
    return [*(Term(word, (word,)) for word in search_key(words).split()), *(_number(each, masks) for each in found)]


def _number(typed: str, masks: Iterable[str]) -> Term:
    """As it stands in a word (a number of a file) or as one of these kinds."""
    kinds = [part for mask in masks for part in numbers.asked(mask, typed)]
    return Term(typed, (search_key(typed), *kinds), is_number=True)
