"""Words that speak of records: which those are is told beside the words, for whoever may open them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """A record that a message speaks of, one that the person may open; without a number it has no card yet."""

    entity: str
    """Its table."""
    id: int | None
    name: str


class About(str):
    """A message of a refusal with the record that it names."""

    card: Card | None

    def __new__(cls, words: str, card: Card | None = None) -> "About":
        told = super().__new__(cls, words)
        told.card = card
        return told
