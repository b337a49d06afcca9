"""Corrections that touch a verdict: what was asked to be set right, why, by whom, and what was decided of it.

A correction is about one judged record (`__judged__`), which it names by table and number. Who asked and when are its
entry stamps. What a confirmed one does to the judgement stands in `corrected_entry`
(app/models/engine/entries.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, relationship, validates

from app.choices import Choice
from app.models import papers, values
from app.models.base import Instant, Owner, Path, Record, Searchable, check, choice_type, field, labelled
from app.models.rows import ShowFor
from app.models.schools import School
from app.models.states import States, Transition
from app.regulation import load_regulation
from app.regulation.rights import Action, Resource, Scope
from app.russian import format_date

MOST_TEXT = 500


class CorrectionState(Choice):
    WAITING = "waiting", "ждёт подтверждения", "orange"
    CONFIRMED = "confirmed", "подтверждено", "green"
    REFUSED = "refused", "отказано", "gray"


class CorrectionKind(Choice):
    DATE = "date", "опечатка в дате"
    PERSON = "person", "ошибка в обучающемся"
    NO_EVENT = "no_event", "событие не состоялось"
    TWICE = "twice", "внесён дважды"
    REPLACED = "replaced", "заменён приказом"
    WITHDRAWN = "withdrawn", "отозвано по ошибке"
    KNOWN_LATER = "known_later", "стало известно позже"
    MOVED = "moved", "событие перенесено"
    CONDITIONS = "conditions", "уточнены условия"
    BETTERING = "bettering", "изменение, улучшающее показатель"

    @property
    def frees(self) -> bool:
        """Whether the record that it is about counts nowhere once it is confirmed."""
        return self in (self.PERSON, self.NO_EVENT, self.TWICE, self.REPLACED)

    @property
    def asks(self) -> "Asks":
        return ASKS.get(self, Asks())


@dataclass(frozen=True)
class Asks:
    """What a kind is asked with besides the reason."""

    other: str = ""
    """What the other record is called, of a kind that names one."""
    day: str = ""
    """What `trigger_on` is the date of, of a kind that names one."""
    document: bool = False


ASKS = MappingProxyType({
    CorrectionKind.DATE: Asks(day="Верная дата события"),
    CorrectionKind.PERSON: Asks(other="Приказ, где указан верный обучающийся"),
    CorrectionKind.TWICE: Asks(other="Приказ, который остаётся"),
    CorrectionKind.REPLACED: Asks(other="Заменяющий приказ"),
    CorrectionKind.KNOWN_LATER: Asks(day="Стало известно", document=True),
    CorrectionKind.CONDITIONS: Asks(document=True),
})  # fmt: skip


def _asked(what: str) -> Callable[[Any], Any]:
    return lambda kind: getattr(kind.asks, what)


def rules_in_words(rules: list[str]) -> str:
    """The titles of the regulation's rules, for the history of the card."""
    known = load_regulation().rules
    return ", ".join(known[rule].title if rule in known else rule for rule in rules) or "нет"


def effect_in_words(effect: dict[str, Any]) -> str:
    """Of which rules the numbers were counted; the numbers stand on the card itself."""
    return f"посчитаны: {rules_in_words(list(effect))}"


class Correction(Searchable, Record):
    """Asked by who enters, confirmed or refused by who controls; closed by that."""

    __tablename__ = "correction"
    __titles__ = ("Исправление", "Исправления")
    __rights__ = (Resource.CORRECTIONS,)
    __search__ = ("about", "reason")
    __path__ = Path(scopes={Scope.OWN: Owner("entered_by_id", "account_id")})
    __states__ = States(
        "state",
        (
            Transition(
                "confirm",
                (CorrectionState.WAITING,),
                CorrectionState.CONFIRMED,
                action=Action.APPROVE,
                barred="involved",
            ),
            Transition(
                "refuse",
                (CorrectionState.WAITING,),
                CorrectionState.REFUSED,
                action=Action.APPROVE,
                reason="refusal",
                barred="involved",
            ),
        ),
        closed=frozenset({CorrectionState.CONFIRMED, CorrectionState.REFUSED}),
    )
    __show_for__ = MappingProxyType({
        "trigger_on": ShowFor("kind", _asked("day"), _asked("day")),
        "document_number": ShowFor("kind", _asked("document")),
        "document_date": ShowFor("kind", _asked("document")),
    })  # fmt: skip
    __table_args__ = (
        UniqueConstraint("id", "school_id"),
        check("state <> 'refused' OR refusal IS NOT NULL", "refusal", field="refusal", words="Укажите причину отказа."),
        Index(
            "uq_correction_waiting",
            "subject",
            "subject_id",
            "kind",
            unique=True,
            info={"field": "kind", "words": "Такое исправление уже запрошено и ждёт подтверждения."},
            sqlite_where=text("state = 'waiting' AND kind <> 'bettering'"),
            postgresql_where=text("state = 'waiting' AND kind <> 'bettering'"),
        ),
        Index("ix_correction_subject", "subject", "subject_id"),
        Index("ix_correction_school", "school_id", "state", "id"),
        Index("ix_correction_entered_by", "entered_by_id", "state", "id"),
    )

    school_id: Mapped[int] = field("Школа", ForeignKey("school.id"), nullable=False)
    kind: Mapped[CorrectionKind] = field("Что случилось", choice_type(CorrectionKind), nullable=False)
    subject: Mapped[str] = field("Вид записи", String(60), nullable=False)
    subject_id: Mapped[int] = field("Номер записи", Integer, nullable=False)
    about: Mapped[str] = field("О чём", String(MOST_TEXT), nullable=False)
    """The caption of the record as it was when asked: it is told in lists without reading every table."""
    rule: Mapped[str | None] = field("Правило", String(60))
    """By which the record is judged: the first of `rules`."""
    rules: Mapped[list[str]] = field("Обязанности", JSON, nullable=False, default=list, info={"words": rules_in_words})
    """All that it is about: one act may better several."""
    changed_rules: Mapped[list[str]] = field(
        "Изменились показатели", JSON, nullable=False, default=list, info={"words": rules_in_words}
    )
    """Of those whose numbers its confirmation changed."""
    other_id: Mapped[int | None] = field("Номер другой записи", Integer)
    """Another record of the same table: the one that replaces it, or that remains."""
    other_about: Mapped[str | None] = field("Другая запись", String(MOST_TEXT))
    trigger_on: Mapped[date | None] = field("Верная дата", Date)
    document_number: Mapped[str | None] = field(
        "Номер документа", String(50), normalise=papers.normalise_document_number
    )
    document_date: Mapped[date | None] = field("Дата документа", Date, info={"check": values.check_document_date})
    reason: Mapped[str] = field(
        "Причина",
        String(MOST_TEXT),
        nullable=False,
        help="Как вышло и чем подтверждается: её прочтёт контролирующий",
    )
    state: Mapped[CorrectionState] = field(
        "Состояние", choice_type(CorrectionState), nullable=False, default=CorrectionState.WAITING
    )
    refusal: Mapped[str | None] = field("Причина отказа", String(MOST_TEXT))
    decided_at: Mapped[datetime | None] = field("Время решения", Instant)
    decided_on: Mapped[date | None] = field("Дата решения", Date)
    decided_by: Mapped[str | None] = field("Кто решил", String(200))
    decided_by_id: Mapped[int | None] = field("Номер решившего", ForeignKey("ab_user.id"))
    involved_ids: Mapped[list[int]] = field("Номера внёсших", JSON, nullable=False, default=list)
    """Accounts that entered the record, each of its entries, or did what is to be confirmed."""
    effect: Mapped[dict[str, Any] | None] = field("Показатели до и после", JSON, info={"words": effect_in_words})
    """Of the school on the day of confirmation: rule → {"before": {status: number}, "after": {…}}."""

    school: Mapped[School] = relationship(info={"label": "Школа"})

    @validates("rule")
    def _about_it(self, key: str, rule: str | None) -> str | None:
        self.rules = self.rules or ([rule] if rule else [])
        return rule

    @validates("effect")
    def _changed(self, key: str, effect: dict[str, Any] | None) -> dict[str, Any] | None:
        told = effect or {}
        self.rules = list(dict.fromkeys([*(self.rules or []), *told]))
        self.changed_rules = [rule for rule, counted in told.items() if counted["before"] != counted["after"]]
        return effect

    @property
    def caption(self) -> str:
        return f"{self.kind.title_ru.capitalize()}: {self.about}" if self.kind else self.__titles__[0]

    @labelled("Запрошено", "entered_on")
    def asked_on(self) -> date:
        return self.entered_on

    @labelled("Кто запросил", "entered_by")
    def asked_by(self) -> str:
        return self.entered_by

    @property
    def involved(self) -> frozenset[int]:
        """Accounts that may not decide: who asked, who entered."""
        return frozenset({*(self.involved_ids or ()), self.entered_by_id} - {None})

    @property
    def document(self) -> str:
        """«№ 5 от 01.03.2026», or nothing."""
        day = f"от {format_date(self.document_date)}" if self.document_date else ""
        number = f"№ {self.document_number}" if self.document_number else ""
        return f"{number} {day}".strip()
