"""What can be wrong with the regulation's data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of the data: the file, its line (from 1; None when the whole file is at fault) and what is wrong."""

    file: str
    line: int | None
    text: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, строка {self.line}"
        return f"{place}: {self.text}"


class RegulationError(Exception):
    """The regulation's data cannot be used; `problems` lists every fault found, in Russian."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class NotInForceError(LookupError):
    """A rule has no value on the date asked for."""
