"""What is asked for: how much, which years, until which day, and how well the schools keep their terms."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

DAY = timedelta(days=1)
LATEST = 20
"""The most calendar days that a planted entry is late."""


SMALLEST_SCHOOL, LARGEST_SCHOOL = 25, 3000


LEAST_WITH_LATE = 5
"""Schools of a region in which one may begin later than the others."""


class PlanError(ValueError):
    """The region asked for cannot be made; the message is Russian."""


@dataclass(frozen=True, slots=True)
class Discipline:
    """How a school keeps its terms, as shares: orders entered late, whole-class orders never entered, single pupils
    left out of them, orders annulled, dates typed wrong and corrected on another day."""

    name: str
    late: float
    missing: float
    forgotten: float
    annulled: float
    mistyped: float


DISCIPLINES = (
    Discipline("исполнительная", late=0.02, missing=0.0, forgotten=0.001, annulled=0.01, mistyped=0.01),
    Discipline("обычная", late=0.08, missing=0.015, forgotten=0.006, annulled=0.02, mistyped=0.03),
    Discipline("отстающая", late=0.25, missing=0.06, forgotten=0.02, annulled=0.03, mistyped=0.06),
)
DISCIPLINE_WEIGHTS = (50, 35, 15)
SIX_DAY_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Rates:
    """A year's movement as shares of a school's pupils."""

    departure: float = 0.04
    enrolment: float = 0.04
    transfer: float = 0.012
    repeat: float = 0.006
    repeat_9: float = 0.012
    conditional: float = 0.01


RATES = Rates()


@dataclass(frozen=True, slots=True)
class Plan:
    """`year` is the middle one of three school years: 2025 makes 2024/25, 2025/26 and 2026/27.

    The data stops on the morning of `on`: nothing entered on that day or later exists.
    """

    on: date
    schools: int = 40
    pupils: int = 12_000
    year: int = 2025
    seed: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.schools <= 400:
            raise PlanError("Число школ: от 1 до 400.")
        least, most = self.schools * SMALLEST_SCHOOL, self.schools * LARGEST_SCHOOL
        if not least <= self.pupils <= most:
            raise PlanError(f"Число обучающихся для {self.schools} школ: от {least} до {most}.")
        if not 2018 <= self.year <= 2035:
            raise PlanError("Учебный год: от 2018 до 2035.")
        first, last = date(self.year - 1, 9, 1), date(self.year + 2, 4, 30)
        if not first < self.on <= last:
            raise PlanError(
                f"Дата для {self.year} года: после {first:%d.%m.%Y} и не позже {last:%d.%m.%Y}: другие годы не созданы."
            )

    @property
    def years(self) -> tuple[int, int, int]:
        return self.year - 1, self.year, self.year + 1

    @property
    def horizon(self) -> date:
        """The last day on which anything was entered."""
        return self.on - DAY

    @property
    def started_on(self) -> date:
        """The day the region began to keep its data here: what had come before was brought in then."""
        return date(self.year - 1, 6, 3)

    @property
    def late_start(self) -> date | None:
        """The day in November on which one school began to keep its records here; None: it has not come yet, or the
        region is too small to spare one."""
        found = [day for year in self.years if self.started_on < (day := date(year, 11, 5)) <= self.on - 14 * DAY]
        return max(found, default=None) if self.schools >= LEAST_WITH_LATE else None

    def year_entered_on(self, year: int) -> date:
        """The day when the periods and classes of a school year are entered."""
        return max(self.started_on, date(year, 3, 20))

    def rng(self, *of: object) -> Random:
        """Chance of its own for each part, so that a change in one school does not move the others."""
        return Random(":".join(map(str, (self.seed, *of))))  # noqa: S311 - repeatable on purpose, nothing secret


def likely_year(on: date) -> int:
    """The middle year whose three years hold `on` as late as may be, and never before the project's own first."""
    return max(2025, on.year - (1 if on.month > 4 else 2))


def share_out(total: int, weights: list[float], least: int = 0) -> list[int]:
    """Whole parts of a total by weight, each not under `least`; the rounding goes to the largest remainders."""
    free, whole = total - least * len(weights), sum(weights)
    exact = [free * weight / whole for weight in weights]
    parts = [int(value) for value in exact]
    order = sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: free - sum(parts)]:
        parts[i] += 1
    return [least + part for part in parts]


def about(rng: Random, expected: float) -> int:
    """A whole number whose average is `expected`."""
    return int(expected) + (rng.random() < expected % 1)
