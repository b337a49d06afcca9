"""An enumeration that knows its Russian titles."""

from enum import StrEnum


class Choice(StrEnum):
    """An enumeration that knows its Russian title: `DEPARTURE = "departure", "Выбытие"`."""

    title_ru: str

    def __new__(cls, value: str, title: str = "") -> "Choice":
        member = str.__new__(cls, value)
        member._value_ = value
        member.title_ru = title
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        return [(member.value, member.title_ru) for member in cls]
