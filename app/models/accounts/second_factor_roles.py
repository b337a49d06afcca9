"""Which roles sign in with a second factor: the region's setting (1.5, УПД.6)."""

from datetime import date

from sqlalchemy import Date, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from app.models.base import Path, Record, field, labelled
from app.regulation import load_regulation
from app.regulation.rights import OPERATOR_ROLE, Resource


def second_factor_roles() -> dict[str, str]:
    """With their titles. Of pupils and parents none is asked: a family need not have a telephone for each."""
    known = load_regulation()
    staff = {code: role.title for code, role in known.roles.items() if code not in ("student", "parent")}
    return staff | {OPERATOR_ROLE: known.operator.title}


def known_role(text: str) -> str:
    if text not in second_factor_roles():
        raise ValueError("Такой роли нет. Выберите из списка.")
    return text


class SecondFactorRole(Record):
    """From which day on who holds a role signs in with a second factor."""

    __tablename__ = "second_factor_role"
    __titles__ = ("Второй фактор по роли", "Второй фактор по ролям")
    __rights__ = (Resource.SIGN_IN,)
    __path__ = Path(common=True)
    __table_args__ = (UniqueConstraint("role"),)

    role: Mapped[str] = field("Роль", String(40), nullable=False, normalise=known_role)
    valid_from: Mapped[date] = field(
        "С какого дня", Date, nullable=False, help="У кого роль есть, а второго фактора нет, включит его при входе"
    )

    @labelled("Роль", "role")
    def caption(self) -> str:
        return second_factor_roles().get(self.role, self.role)
