"""Region and municipalities. Nothing hangs on an ОКТМО code but its look-up: codes are dated data."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from app.models import values
from app.models.base import Path, Record, Searchable, check, field
from app.models.dated import Dated
from app.regulation.rights import Resource


class Governed:
    """Who governs the schools there: what stands at the head of a form and who signs it."""

    name_genitive: Mapped[str | None] = field(
        "Наименование в родительном падеже", String(200), help="как в словах «школы Холмского городского округа»"
    )
    head_post: Mapped[str | None] = field(
        "Должность руководителя", String(300), help="полностью, как в подписи: «Начальник управления образования …»"
    )
    head_name: Mapped[str | None] = field("Руководитель (ФИО)", String(200), help="как в подписи: «И. О. Фамилия»")
    phone: Mapped[str | None] = field("Телефон", String(25), normalise=values.normalise_phone, mask="phone")


class Region(Governed, Record):
    """The subject of the federation whose ministry issued the regulation."""

    __tablename__ = "region"
    __titles__ = ("Регион", "Регионы")
    __rights__ = (Resource.TERRITORY,)
    __path__ = Path(common=True)

    name: Mapped[str] = field("Наименование", String(200), nullable=False, unique=True)
    authority: Mapped[str] = field("Орган управления образованием", String(300), nullable=False)

    @property
    def caption(self) -> str:
        return self.name


class Municipality(Governed, Searchable, Record):
    """A municipality of the region; its authority (МОУО) controls the schools (3.3.9)."""

    __tablename__ = "municipality"
    __titles__ = ("Муниципалитет", "Муниципалитеты")
    __rights__ = (Resource.TERRITORY,)
    __path__ = Path(common=True)
    __search__ = ("name",)

    region_id: Mapped[int] = field("Регион", ForeignKey("region.id"), nullable=False, index=True)
    name: Mapped[str] = field("Наименование", String(200), nullable=False, unique=True)
    authority: Mapped[str] = field("Орган управления образованием (МОУО)", String(300), nullable=False)

    region: Mapped[Region] = relationship(info={"label": "Регион"})
    codes: Mapped[list["MunicipalityCode"]] = relationship(
        back_populates="municipality", order_by="MunicipalityCode.valid_from", info={"label": "Коды ОКТМО"}
    )

    @property
    def caption(self) -> str:
        return self.name


class MunicipalityCode(Dated, Record):
    """An ОКТМО code of a municipality and the days on which it was in force."""

    __tablename__ = "municipality_code"
    __titles__ = ("Код ОКТМО", "Коды ОКТМО")
    __one_of__ = ("municipality_id",)
    __rights__ = (Resource.TERRITORY,)
    __path__ = Path(common=True)
    __table_args__ = (
        UniqueConstraint("oktmo", "valid_from"),
        check(
            "valid_to IS NULL OR valid_to >= valid_from", "period", field="valid_to", words="Окончание раньше начала."
        ),
    )

    municipality_id: Mapped[int] = field("Муниципалитет", ForeignKey("municipality.id"), nullable=False, index=True)
    oktmo: Mapped[str] = field("Код ОКТМО", String(8), nullable=False, normalise=values.normalise_oktmo)

    municipality: Mapped[Municipality] = relationship(back_populates="codes", info={"label": "Муниципалитет"})

    @property
    def caption(self) -> str:
        return self.oktmo
