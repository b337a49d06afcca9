"""The bin: what was deleted, as it was, until somebody restores it (docs/adr/0012-deleted-records-go-to-a-bin.md)."""

from datetime import date, datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import JSON, Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Instant, Path, Searchable, field, labelled
from app.models.schools import School
from app.regulation.rights import Resource


class DeletedRecord(Searchable, Model):
    """One deleted record with the rows that went with it. Written and marked by `app.services.engine.trash` alone."""

    __tablename__ = "deleted_record"
    __titles__ = ("Удалённая запись", "Удалённые записи")
    __rights__ = (Resource.DELETED,)
    __search__ = ("name",)
    __path__ = Path()
    __table_args__ = (
        Index("ix_deleted_record_record", "entity", "record_id"),
        Index("ix_deleted_record_school", "school_id", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, info={"label": "№"})
    version: Mapped[int] = mapped_column(Integer, nullable=False, default=1, info={"label": "Версия"})
    __mapper_args__ = {"version_id_col": version}

    entity: Mapped[str] = field("Таблица", String(60), nullable=False)
    kind: Mapped[str] = field("Вид записи", String(100), nullable=False)
    """What a person calls the entity, as it was called then."""
    record_id: Mapped[int] = field("№ записи", Integer, nullable=False)
    school_id: Mapped[int | None] = field("Школа", ForeignKey("school.id"))
    name: Mapped[str] = field("Название", String(300), nullable=False)
    data: Mapped[list[dict[str, Any]]] = field("Данные", JSON, nullable=False)
    """[{"entity": table, "values": {column: value}}, …]: the record first, then what went with it."""
    batch: Mapped[str] = field("Удалены вместе", String(32), nullable=False, index=True)
    """One for all that one act deleted: «Отменить» takes back the whole act."""
    deleted_at: Mapped[datetime] = field("Удалена", Instant, nullable=False)
    deleted_on: Mapped[date] = field("Дата удаления", Date, nullable=False)
    deleted_by: Mapped[str] = field("Кто удалил", String(200), nullable=False)
    deleted_by_id: Mapped[int | None] = field("Кто удалил", ForeignKey("ab_user.id"))
    restored_at: Mapped[datetime | None] = field("Восстановлена", Instant)
    restored_by: Mapped[str | None] = field("Кто восстановил", String(200))
    restored_by_id: Mapped[int | None] = field("Кто восстановил", ForeignKey("ab_user.id"))

    school: Mapped[School | None] = relationship(info={"label": "Школа"})

    readable = False
    """Whether who loaded the row may see the record itself; the services set it as they load. Shut until then."""

    @labelled("Запись")
    def caption(self) -> str:
        return self.name if self.readable else f"{self.kind} № {self.record_id}"

    def __str__(self) -> str:
        return self.caption
