"""An enumeration that knows its Russian titles."""

from enum import StrEnum


class Choice(StrEnum):
    """An enumeration that knows its Russian title, and a colour where it is a status to be seen at a glance:
    `ENROLLED = "enrolled", "обучается", "green"`."""

    title_ru: str
    color: str
    """A colour of the style sheet (`.st-green`), or nothing."""

    def __new__(cls, value: str, title: str = "", color: str = "") -> "Choice":
        member = str.__new__(cls, value)
        member._value_ = value
        member.title_ru, member.color = title, color
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        return [(member.value, member.title_ru) for member in cls]
