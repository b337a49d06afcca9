"""The kinds of movement orders (3.3.4.4), each described once.

The checks of the database, the form with its script, the checks of entering, the state of pupils, compliance and the
demo's data derive from these descriptions and say nothing of their own about a kind.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto

from app.choices import Choice
from app.models.people import PupilStatus


class OrderKind(Choice):
    ENROLMENT = "enrolment", "Зачисление"
    ENROLMENT_1 = "enrolment_1", "Зачисление в 1 класс"
    ENROLMENT_10 = "enrolment_10", "Зачисление в 10 класс"
    DEPARTURE = "departure", "Выбытие"
    PROMOTION = "promotion", "Перевод на следующий учебный год"
    REPEAT = "repeat", "Оставление на второй год"
    GRADUATION = "graduation", "Выпуск"
    REPEAT_9 = "repeat_9", "Оставление на повторное обучение в 9 классе"
    TRANSFER = "transfer", "Перевод в другой класс"

    @property
    def rules(self) -> "KindRules":
        return KINDS[self]

    @property
    def is_enrolment(self) -> bool:
        return self.rules.enrols


class Entered(Enum):
    """Whether a line names the class that the pupil enters."""

    NEVER = auto()
    IF_KNOWN = auto()
    """Next year's classes may not exist yet."""
    ALWAYS = auto()


@dataclass(frozen=True)
class KindRules:
    """What holds for every order of a kind."""

    event_label: str
    """What the date of a line is the date of."""
    to_class: Entered
    enrols: bool = False
    """The pupil was in no class before; otherwise a line has a class that is left."""
    before_year: bool = False
    """Only until the school year begins; later it is a plain enrolment."""
    to_grade: int | None = None
    """The only grade of the class entered."""
    needs_decision: bool = False
    """The term runs from the decision, so its date is required."""
    counterpart_label: str | None = None
    """What the other organisation is called; None: there is none."""
    year_end: bool = False
    """Owed at the end of the year, by the outcome of the pedagogical council."""
    repeating: bool = False
    """Of those at the end of the year: for pupils left in their grade; otherwise for all the others."""
    from_grades: frozenset[int] | None = None
    """Grades of the class left; None: any."""
    from_words: str = ""
    """The same in words, after «<вид>: …»."""
    step: int | None = None
    """Grade of next year's class less the grade of the class left; None: it does not lead to the next year."""
    leaves_as: PupilStatus | None = None
    """The status of a pupil who leaves the school by it."""

    @property
    def has_class(self) -> bool:
        return self.to_class is not Entered.NEVER

    @property
    def trigger(self) -> str | None:
        """The date, of a line or of its order, from which the term of that very line runs.

        None: the term runs from no date of the order. It is owed by a day of the calendar, or it is not owed.
        """
        if self.needs_decision:
            return "decision_date"
        moves = self.enrols or self.leaves_as
        return "event_date" if moves and not (self.year_end or self.before_year) else None


ALL_GRADES = frozenset(range(1, 12))
NINTH = frozenset({9})
FINAL_GRADES = frozenset({9, 11})
_FROM = "Откуда прибыл"

KINDS: dict[OrderKind, KindRules] = {
    OrderKind.ENROLMENT: KindRules("Дата зачисления", Entered.ALWAYS, enrols=True, counterpart_label=_FROM),
    OrderKind.ENROLMENT_1: KindRules(
        "Дата зачисления",
        Entered.ALWAYS,
        enrols=True,
        before_year=True,
        to_grade=1,
        needs_decision=True,
        counterpart_label=_FROM,
    ),
    OrderKind.ENROLMENT_10: KindRules(
        "Дата зачисления", Entered.ALWAYS, enrols=True, before_year=True, to_grade=10, counterpart_label=_FROM
    ),
    OrderKind.DEPARTURE: KindRules(
        "Дата выбытия", Entered.NEVER, counterpart_label="Куда выбыл", leaves_as=PupilStatus.DEPARTED
    ),
    OrderKind.PROMOTION: KindRules(
        "Дата перевода",
        Entered.IF_KNOWN,
        year_end=True,
        from_grades=ALL_GRADES - FINAL_GRADES,
        from_words="только из 1–8 и 10 классов",
        step=1,
    ),
    OrderKind.REPEAT: KindRules(
        "Дата оставления",
        Entered.IF_KNOWN,
        year_end=True,
        repeating=True,
        from_grades=ALL_GRADES - NINTH,
        from_words="кроме 9 класса (для него есть свой вид)",
        step=0,
    ),
    OrderKind.GRADUATION: KindRules(
        "Дата выпуска",
        Entered.NEVER,
        year_end=True,
        from_grades=FINAL_GRADES,
        from_words="только из 9 и 11 классов",
        leaves_as=PupilStatus.GRADUATED,
    ),
    OrderKind.REPEAT_9: KindRules(
        "Дата оставления",
        Entered.IF_KNOWN,
        year_end=True,
        repeating=True,
        from_grades=NINTH,
        from_words="только в 9 классе",
        step=0,
    ),
    OrderKind.TRANSFER: KindRules("Дата перевода", Entered.ALWAYS),
}


def kinds_where(holds: Callable[[KindRules], object]) -> tuple[OrderKind, ...]:
    """The kinds for whose description this holds, in the order of declaration."""
    return tuple(kind for kind, rules in KINDS.items() if holds(rules))


YEAR_END = kinds_where(lambda rules: rules.year_end)
LEAVING = kinds_where(lambda rules: rules.leaves_as)


def check_to_class() -> str:
    """CHECK of a line: kinds that always enter a class name it."""
    return f"{_other_than(kinds_where(lambda rules: rules.to_class is Entered.ALWAYS))} OR to_class_id IS NOT NULL"


def check_from_class() -> str:
    """CHECK of a line: whoever is not enrolled anew leaves a class."""
    return f"kind IN ({_quoted(kinds_where(lambda rules: rules.enrols))}) OR from_class_id IS NOT NULL"


def check_decision() -> str:
    """CHECK of an order: kinds whose term runs from the decision have its date."""
    return f"{_other_than(kinds_where(lambda rules: rules.needs_decision))} OR decision_date IS NOT NULL"


def _other_than(kinds: tuple[OrderKind, ...]) -> str:
    return f"kind <> {_quoted(kinds)}" if len(kinds) == 1 else f"kind NOT IN ({_quoted(kinds)})"


def _quoted(kinds: Iterable[OrderKind]) -> str:
    return ", ".join(f"'{kind.value}'" for kind in kinds)
