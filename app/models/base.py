"""What every table of the panel has: a key, a version, entry stamps, Russian labels, a path to its school."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as field_of
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from flask_appbuilder import Model
from sqlalchemy import (
    CheckConstraint,
    Date,
    DateTime,
    Enum,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    String,
    TypeDecorator,
    event,
    inspect,
)
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.choices import Choice
from app.models import numbers, references
from app.models.judged import Judged
from app.models.names import search_key, visible
from app.models.rows import ChildRows, ShowFor
from app.models.states import States
from app.regulation.rights import Resource, Scope

Model.metadata.naming_convention = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
).naming_convention


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC on every database (SQLite has no time zones of its own)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs a time zone.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Exact(TypeDecorator[Decimal]):
    """A decimal number kept exactly: `Exact(10, 2)`. SQLite has none; up to 15 digits its floats come back the same."""

    impl = Numeric
    cache_ok = True

    def __init__(self, precision: int, scale: int) -> None:
        super().__init__(precision, scale)

    def load_dialect_impl(self, dialect: Any) -> Any:
        exact = dialect.name != "sqlite"
        return dialect.type_descriptor(Numeric(self.impl.precision, self.impl.scale, asdecimal=exact))

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> Any:
        return float(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Any) -> Decimal | None:
        return None if value is None else Decimal(str(value)).quantize(Decimal(1).scaleb(-self.impl.scale))


def choice_type(enum: type[Choice], name: str = "") -> Enum:
    """The column type of an enumeration: its codes, held by a CHECK constraint (`name`: of a second one in a table)."""
    return Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        length=max(32, *(len(member.value) for member in enum)),
        name=name or enum.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


def check(condition: str, name: str, *, field: str, words: str) -> CheckConstraint:
    """A check of the table and what a person is told who runs into it, at which column."""
    return CheckConstraint(condition, name=name, info={"field": field, "words": words})


def field(
    label: str,
    *args: Any,
    normalise: Callable[..., str] | None = None,
    help: str = "",
    kind: str = "",
    mask: str = "",
    asked: bool = False,
    **kwargs: Any,
) -> Any:
    """A column with its Russian label, help text and normaliser.

    `normalise` turns what was typed into what is stored or raises `ValueError` with a Russian message; it holds
    for every way in: form, service, import. `kind` names the kind of value where the column's type does not tell it
    (app/models/kinds.py), `mask` the way in which a form writes it while one types (static/panel/panel.js); `asked`:
    a form asks for it, though older rows are without.
    """
    given = {"help": help, "normalise": normalise, "kind": kind, "mask": mask, "asked": asked}
    info = {"label": label} | given | kwargs.pop("info", {})
    return mapped_column(*args, info=info, **kwargs)


@dataclass(frozen=True)
class Owner:
    """Own rows that whoever may edit them adds too: in `Path.scopes`, in place of a function.

    `column` names the owner, `keys` says which of the holder's numbers (`employee_ids`, `pupil_ids`, `class_ids`,
    `account_id` …) are his. A new row gets its owner unasked.
    """

    column: str
    keys: str

    def __call__(self, model: Any, who: Any) -> Any:
        return getattr(model, self.column).in_(self.of(who))

    def of(self, who: Any) -> frozenset[int]:
        """Whose rows the holder of a role adds."""
        found = getattr(who, self.keys)
        return found if isinstance(found, frozenset) else frozenset({found} - {None})


@dataclass(frozen=True)
class Path:
    """How rows of a model lead to those who may see them.

    `school` names the column that carries the school (`None`: the model has none; several: a row of several schools is
    reached from each). `common` data is seen by
    everyone who has the right on it. `scopes` says for each narrower scope of a grant how a holder of a role (with
    `class_ids`, `pupil_ids`, `parent_ids`, `employee_ids`, `account_id`) becomes a condition; one that the model
    cannot tell means «no rows» and stops the start where a grant names it. Rows of a function's scope are seen and
    edited, never added; those of an `Owner` are added too.
    """

    school: str | tuple[str, ...] | None = "school_id"
    common: bool = False
    scopes: Mapping[Scope, Callable[[Any, Any], Any]] = field_of(default_factory=dict)
    municipality: str | None = None
    """The column that carries the municipality, where rows belong to an authority: empty, they are the region's."""
    personal: bool = False
    """Every row is its owner's alone (`account_id`): no right gives anybody else a look at it."""
    within: Callable[[Any, frozenset[int], date], Any] | None = None
    """What gives rights is changed by whoever reaches all that it gives: a condition of the model, the schools that the
    actor reaches and his day. Of whoever reaches every school nothing is asked."""
    through: tuple[str, Callable[[], type]] | None = None
    """A column and the model it leads to: only rows whose target is seen are seen themselves."""

    @property
    def schools(self) -> tuple[str, ...]:
        """The columns that carry a school."""
        return (self.school,) if isinstance(self.school, str) else self.school or ()


class Stamped:
    """Who entered a record and who changed it last (clause 1.7). Set by the session's flush, never by a form.

    `entered_on` is the local date of the school at that instant: terms are judged by it. Names are kept as they
    were at the time, so that a later rename or a closed account does not rewrite history.
    """

    entered_at: Mapped[datetime] = field("Внесено", Instant, nullable=False)
    entered_on: Mapped[date] = field("Дата внесения", Date, nullable=False)
    entered_by: Mapped[str] = field("Кто внёс", String(200), nullable=False)
    changed_at: Mapped[datetime | None] = field("Изменено", Instant)
    changed_by: Mapped[str | None] = field("Кто изменил", String(200))

    @declared_attr
    def entered_by_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("ab_user.id"), info={"label": "Кто внёс"})

    @declared_attr
    def changed_by_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("ab_user.id"), info={"label": "Кто изменил"})


STAMPS = frozenset(
    {"entered_at", "entered_on", "entered_by", "entered_by_id", "changed_at", "changed_by", "changed_by_id", "version"}
)


class Record(Stamped, Model):
    """The base of every table of the panel."""

    __abstract__ = True
    __path__: ClassVar[Path] = Path()
    __titles__: ClassVar[tuple[str, str]] = ("Запись", "Записи")
    """One and many, as a person calls them."""
    __rights__: ClassVar[tuple[Resource, ...]] = ()
    """The rights that guard the table: the first guards writing, any of them reading. None: the system's alone."""
    __links__: ClassVar[frozenset[str]] = frozenset()
    """Relations whose ends this record ties together, so that one's rows become the other's: only who may edit both
    ends, and not merely as the own ones, makes or moves the link."""
    __states__: ClassVar[States | None] = None
    """The states that a record goes through, and which of them closes it."""
    __judged__: ClassVar[Judged | None] = None
    """A term is judged by when this record was entered: its entries are kept (judged.py)."""
    __first_day__: ClassVar[tuple[str, str]] = ("", "")
    """The date of a record that is no judged one, and from which its school may keep its records here: it is kept when
    it is moved or deleted (`security/entries.py`); and the column by which a judged record, if one made it, tells it.
    """
    __gives_rights__: ClassVar[bool] = False
    """Such a row gives somebody a role: only who may enter it may bring it back from the bin."""
    __part_of__: ClassVar[str] = ""
    """The relation to the record that this one comes and goes with: it is never added or deleted by itself, and who
    may delete the whole may delete the part with it."""
    __rows__: ClassVar[tuple[ChildRows, ...]] = ()
    """Records that are entered, changed and taken away together with this one, in its form (rows.py)."""
    __show_for__: ClassVar[Mapping[str, ShowFor]] = {}
    """Columns that belong to some of the choices of another column only."""
    __search__: ClassVar[tuple[str, ...]] = ()
    """Columns whose text the search box looks through; needs the `Searchable` mixin."""
    __keys__: ClassVar[Mapping[str, tuple[tuple[str, ...], Callable[..., str]]]] = {}
    """A column that keeps others in the form in which values are compared: (the others, how). Nobody writes it."""

    id: Mapped[int] = mapped_column(Integer, primary_key=True, info={"label": "№"})
    version: Mapped[int] = mapped_column(Integer, nullable=False, default=1, info={"label": "Версия"})

    def __init_subclass__(cls, **kwargs: Any) -> None:
        references.declare(cls)
        super().__init_subclass__(**kwargs)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}

    def __str__(self) -> str:
        return self.caption

    @property
    def caption(self) -> str:
        return f"{self.__titles__[0]} № {self.id}"


@event.listens_for(Record, "before_insert", propagate=True)
@event.listens_for(Record, "before_update", propagate=True)
def keep_keys(mapper: Any, connection: Any, target: Any) -> None:
    """Fill `__keys__` of what is written."""
    for name, (of, made) in target.__keys__.items():
        setattr(target, name, made(*(getattr(target, each) or "" for each in of)))


LONG_NUMBER = 7
"""Digits from which a value is a СНИЛС or a phone rather than a house number."""


BY_CODE_POINT = String(700).with_variant(String(700, collation="C"), "postgresql")
"""Compared as SQLite compares: a list has one order, whatever the collation of the cluster."""


class Searchable:
    """Keeps a folded copy of the searched columns (case-free, ё = е): SQLite's LIKE knows Cyrillic case not at all."""

    search_text: Mapped[str] = mapped_column(BY_CODE_POINT, nullable=False, default="", info={"label": "Поиск"})
    __search_index__: ClassVar[bool] = False
    """A trigram index stands over the text (migration 20261124_04): for tables of hundreds of thousands of rows."""

    @classmethod
    def search_text_of(cls, values: dict[str, Any]) -> str:
        """The stored text for these column values; bulk loaders that bypass the ORM use it too.

        First the words; a number without a kind of its own is kept with and without its separators: people paste both.
        Then the numbers of a kind (numbers.py).
        """
        masks, filled = cls.numbers(), {name: str(values.get(name) or "") for name in cls.__search__}
        texts = [text for name, text in filled.items() if name not in masks]
        long = [digits for digits in (re.sub(r"\D", "", text) for text in texts) if len(digits) >= LONG_NUMBER]
        kept = [numbers.folded(mask, filled[name]) for name, mask in masks.items() if filled[name]]
        return " ".join([search_key(" ".join([*texts, *long])), *kept])[:700]

    @classmethod
    def numbers(cls) -> dict[str, str]:
        """The searched columns that hold numbers of a kind: column → mask."""
        columns = inspect(cls).columns
        masks = {name: columns[name].info.get("mask", "") for name in cls.__search__ if name in columns}
        return {name: mask for name, mask in masks.items() if mask in numbers.BY_MASK}


@event.listens_for(Searchable, "before_insert", propagate=True)
@event.listens_for(Searchable, "before_update", propagate=True)
def _fold(mapper: Any, connection: Any, target: Any) -> None:
    target.search_text = target.search_text_of({name: getattr(target, name) for name in target.__search__})


@event.listens_for(Record, "attribute_instrument", propagate=True)
def _normalise_on_set(cls: type, key: str, inst: Any) -> None:
    """Every assignment of a text loses what nobody sees and goes through the column's normaliser, whoever assigns."""
    columns = getattr(inst.property, "columns", None)
    if not columns or not isinstance(columns[0].type, String) or isinstance(columns[0].type, Enum):
        return
    normalise = columns[0].info.get("normalise")

    @event.listens_for(inst, "set", retval=True)
    def _set(target: Any, value: Any, old: Any, initiator: Any) -> Any:
        value = visible(value) if isinstance(value, str) else value
        if normalise is None:
            return value
        return normalise(value) if isinstance(value, str) and value.strip() else value or None


def label_of(model: type, name: str) -> str:
    """The Russian label of a column, relation or property of a model."""
    attribute = getattr(model, name, None)
    info = getattr(attribute, "info", None) or {}
    return info.get("label") or getattr(getattr(attribute, "fget", None), "label", None) or name


def labelled(label: str, *shows: str) -> Callable[[Callable[..., Any]], property]:
    """A property with a Russian label, so that it may stand in a list or on a card; `shows` names what it tells."""

    def wrap(function: Callable[..., Any]) -> property:
        function.label, function.shows = label, shows
        return property(function)

    return wrap


def shown_by(model: type, name: str) -> tuple[str, ...]:
    """The columns that a column or what is computed lets one read."""
    attribute = getattr(model, name, None)
    return getattr(getattr(attribute, "fget", attribute), "shows", ()) or (name,)
