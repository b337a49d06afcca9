"""Accounts, the persons behind them, and appointments to roles (1.5, 3.3.1, 3.3.2.4)."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from flask_appbuilder.security.sqla.models import User, assoc_user_role
from sqlalchemy import (
    Boolean,
    Date,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    event,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from app.clock import utc_now, zone
from app.models import values
from app.models.accounts.officials import Official
from app.models.accounts.uses import owner_kind_of, use_of
from app.models.base import Instant, Path, Record, Searchable, check, field, keep_keys, labelled
from app.models.computed import computed, day_of
from app.models.kinds import CHOICE
from app.models.people import Employee, Guardianship, Parent, Pupil, pupils_in
from app.models.references import named
from app.models.schools import School
from app.models.territory import Municipality
from app.regulation.rights import Resource, Scope
from app.russian import format_date

OWNERS = ("employee", "pupil", "parent", "official")
"""The relations of an account's tie to the card of its owner: one of them leads to it."""
ONE_PERSON = "Укажите одного человека: сотрудника, обучающегося, родителя или сотрудника органа управления."


class Account(Searchable, User):
    """A login. It is never reused: a closed account keeps its login, its reason and its history (ИАФ.3)."""

    __tablename__ = "ab_user"
    __titles__ = ("Учётная запись", "Учётные записи")
    __rights__ = (Resource.ACCOUNTS, Resource.ACCOUNTS_BRIEF)
    __search__ = ("last_name", "first_name", "username")
    __search_index__ = True
    __keys__: ClassVar[Mapping[str, Any]] = MappingProxyType({"login_key": (("username",), values.login_key)})
    __path__ = Path(
        scopes={
            Scope.OWN: lambda m, who: m.id == who.account_id,
            Scope.OWN_CLASS: lambda m, who: m.id.in_(of_classes(who)),
        },
        within=lambda m, schools, day: _gives_nothing_beyond(m, schools, day),
    )
    __table_args__ = {"extend_existing": True}

    # The stamps of schools point back to accounts: these two keys are added when both tables stand.
    school_id: Mapped[int | None] = field("Школа", ForeignKey("school.id", use_alter=True), index=True)
    municipality_id: Mapped[int | None] = field("Муниципалитет", ForeignKey("municipality.id", use_alter=True))
    login_key: Mapped[str] = mapped_column(
        String(130), nullable=False, default="", server_default="", info={"label": "Вид логина"}
    )
    """Logins that are taken for each other have one: no second one is given."""
    must_change_password: Mapped[bool] = field("Сменить пароль при входе", Boolean, nullable=False, default=True)
    session_key: Mapped[str] = mapped_column(String(32), nullable=False, default="", info={"label": "Ключ сеанса"})
    """Changes with the password and on closing: every session opened before ends (УПД.10)."""
    failed_logins: Mapped[int] = mapped_column(nullable=False, default=0, info={"label": "Неудачные входы подряд"})
    locked_until: Mapped[datetime | None] = field("Заблокирована до", Instant)
    version: Mapped[int] = mapped_column(nullable=False, default=1, info={"label": "Версия"})
    """Goes up when somebody changes the account, not when its owner signs in: no mapper's version (accounts.save)."""
    handed_over_on: Mapped[date | None] = field("Передана владельцу", Date)
    reset_at: Mapped[datetime | None] = field("Пароль сброшен", Instant)
    reset_by: Mapped[str | None] = field("Кто сбросил пароль", String(200))
    """The last time somebody else has set the password: the owner is told."""
    closed_on: Mapped[date | None] = field("Закрыта", Date)
    closed_reason: Mapped[str | None] = field("Причина закрытия", String(200))

    school: Mapped[School | None] = relationship(foreign_keys=[school_id], info={"label": "Школа"})
    municipality: Mapped[Municipality | None] = relationship(
        foreign_keys=[municipality_id], info={"label": "Муниципалитет"}
    )

    @labelled("ФИО", "last_name", "first_name")
    def full_name(self) -> str:
        return f"{self.last_name} {self.first_name}".strip()

    @property
    def caption(self) -> str:
        return self.full_name

    @labelled("Состояние")
    def state(self) -> str:
        if self.is_closed(day_of(object_session(self))):
            return "закрыта"
        if not self.active:
            return "отключена"
        locked = f", вход закрыт до {_clock(self.locked_until)}" if self.locked_until and self.is_locked else ""
        until = f", закроется {format_date(self.closed_on)}" if self.closed_on else ""
        return f"действует{locked}{until}"

    @property
    def is_locked(self) -> bool:
        """Whether failures keep it shut just now (УПД.6)."""
        return self.locked_until is not None and self.locked_until > utc_now()

    @labelled("Роли")
    def roles_now(self) -> str:
        """Told by the list for a page at once (services/accounts/roles_now.py)."""
        return ""

    use = computed("Вход", CHOICE, use_of, shows=("last_login",))
    owner_kind = computed("Чья", CHOICE, owner_kind_of, past=lambda: (AccountPerson,))

    def is_closed(self, day: date) -> bool:
        """Whether the account is closed on a local day: from the day of closing on."""
        return self.closed_on is not None and self.closed_on <= day

    def __str__(self) -> str:
        return self.caption


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(zone()):%H:%M}"


# Flask-AppBuilder wants an address of everybody, each another one; a family has one between them, or none.
_email = User.__table__.c["email"]
_email.nullable, _email.unique = True, None
User.__table__.constraints = {
    each
    for each in User.__table__.constraints
    if not (isinstance(each, UniqueConstraint) and set(each.columns) == {_email})
}
# «Имя Отчество» of a card.
User.__table__.c["first_name"].type = String(130)
event.listen(Account, "before_insert", keep_keys)
event.listen(Account, "before_update", keep_keys)

# Lists are ordered by the folded name. Here, because the table was declared by Flask-AppBuilder.
Index("uq_ab_user_login_key", Account.login_key, unique=True)
Index("ix_ab_user_search_text", Account.search_text, Account.id)
Index("ix_ab_user_school_search_text", Account.school_id, Account.search_text, Account.id)

for _name, _label in {
    "username": "Логин",
    "last_name": "Фамилия",
    "first_name": "Имя, отчество",
    "email": "Электронная почта",
    "active": "Включена",
    "last_login": "Последний вход",
}.items():
    User.__table__.c[_name].info["label"] = _label
User.__table__.c["email"].info["kind"] = "email"
User.__table__.c["active"].info["tick"] = True


def of_classes(who: Any) -> Select[tuple[int]]:
    """Accounts of the pupils of the own classes and of their parents: what a class teacher hands over (3.3.5.2)."""
    person, kin, children = AccountPerson.__table__.c, Guardianship.__table__, pupils_in(who.class_ids, who.day)
    parents = select(kin.c.parent_id).where(kin.c.pupil_id.in_(children))
    return select(person.account_id).where(or_(person.pupil_id.in_(children), person.parent_id.in_(parents)))


def _gives_nothing_beyond(account: Any, schools: frozenset[int], day: date) -> Any:
    """Every role in force or to come and every person behind the account lies in these schools; none is above them."""
    from app.models.accounts.appointments import Appointment

    given, person, keys = Appointment.__table__.c, AccountPerson.__table__.c, sorted(schools)
    lasts = or_(given.valid_to.is_(None), given.valid_to >= day)
    outside = or_(given.school_id.is_(None), given.school_id.not_in(keys))
    found = (
        exists().where(given.account_id == account.id, lasts, outside),
        exists().where(person.account_id == account.id, or_(person.school_id.is_(None), person.school_id.not_in(keys))),
        exists().where(assoc_user_role.c.user_id == account.id),
    )
    return ~or_(*found)


class AccountPerson(Record):
    """Whose account it is: an employee, an official, a pupil or a parent. A pupil's and a parent's role follows."""

    __tablename__ = "account_person"
    __titles__ = ("Владелец учётной записи", "Владельцы учётных записей")
    __rights__ = (Resource.ACCOUNTS,)
    __gives_rights__ = True
    # The card at the other end need only be seen: who gives out accounts keeps no cards (3.3.2.4).
    __links__ = frozenset({"account"})
    __path__ = Path(
        scopes={
            Scope.OWN: lambda m, who: m.account_id == who.account_id,
            Scope.OWN_CLASS: lambda m, who: m.account_id.in_(of_classes(who)),
        }
    )
    __table_args__ = (
        check(
            " + ".join(f"(CASE WHEN {name}_id IS NULL THEN 0 ELSE 1 END)" for name in OWNERS) + " = 1",
            "one_person",
            field="employee_id",
            words=ONE_PERSON,
        ),
        check(
            "(official_id IS NULL) = (school_id IS NOT NULL)",
            "school",
            field="official_id",
            words="Сотрудник органа управления – не из школы, все остальные из школы.",
        ),
        UniqueConstraint("account_id", "employee_id"),
        UniqueConstraint("account_id", "pupil_id"),
        UniqueConstraint("account_id", "parent_id"),
        UniqueConstraint("account_id", "official_id"),
    )

    school_id: Mapped[int | None] = field("Школа", ForeignKey("school.id"), index=True)
    """An official's account belongs to no school."""
    account_id: Mapped[int] = field("Учётная запись", ForeignKey("ab_user.id"), nullable=False)
    employee_id: Mapped[int | None] = field("Сотрудник", ForeignKey("employee.id"), index=True)
    pupil_id: Mapped[int | None] = field("Обучающийся", ForeignKey("pupil.id"), index=True)
    parent_id: Mapped[int | None] = field("Родитель", ForeignKey("parent.id"), index=True)
    official_id: Mapped[int | None] = field("Сотрудник органа управления", ForeignKey("official.id"), index=True)

    school: Mapped[School | None] = relationship(info={"label": "Школа"})
    account: Mapped[Account] = relationship(foreign_keys=[account_id], info={"label": "Учётная запись"})
    employee: Mapped[Employee | None] = relationship(info={"label": "Сотрудник"})
    pupil: Mapped[Pupil | None] = relationship(info={"label": "Обучающийся"})
    parent: Mapped[Parent | None] = relationship(info={"label": "Родитель"})
    official: Mapped[Official | None] = relationship(info={"label": "Сотрудник органа управления"})

    if TYPE_CHECKING:
        was_called: str
    else:
        was_called = ""  # no column: SQLAlchemy reads annotations
    """How the account was called before this link named it; told once, after linking, and not stored."""

    @property
    def card(self) -> Any:
        """Of its owner; nothing where who asks does not see it."""
        return next(filter(None, (getattr(self, name) for name in OWNERS)), None)

    @labelled("Владелец", *OWNERS)
    def person(self) -> str:
        return str(next(filter(None, (named(self, name) for name in OWNERS)), "—"))

    @property
    def caption(self) -> str:
        return self.person
