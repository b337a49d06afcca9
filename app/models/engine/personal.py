"""What a person keeps for himself: nobody else's to see, whatever his rights (`Path.personal`)."""

from datetime import datetime

from flask_appbuilder import Model
from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import utc_now
from app.models.base import Instant, Path, field


class Favourite(Model):
    """A record that its owner wants at hand. It only names the record: what he may see of it is decided when shown."""

    __tablename__ = "favourite"
    __titles__ = ("Избранная запись", "Избранное")
    __path__ = Path(personal=True)
    __mapper_args__ = {"confirm_deleted_rows": False}  # pressed twice: the second finds nothing, and that is well
    __table_args__ = (UniqueConstraint("account_id", "entity", "record_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, info={"label": "№"})
    account_id: Mapped[int] = field("Учётная запись", ForeignKey("ab_user.id", ondelete="CASCADE"), nullable=False)
    entity: Mapped[str] = field("Вид записи", String(60), nullable=False)
    """The table's name."""
    record_id: Mapped[int] = field("Запись", Integer, nullable=False)
    added_at: Mapped[datetime] = field("Добавлено", Instant, nullable=False, default=utc_now)


class SavedList(Model):
    """A list with its search, filters, columns and order, under a name."""

    __tablename__ = "saved_list"
    __titles__ = ("Сохранённый список", "Сохранённые списки")
    __path__ = Path(personal=True)
    __mapper_args__ = {"confirm_deleted_rows": False}  # pressed twice: the second finds nothing, and that is well
    __table_args__ = (UniqueConstraint("account_id", "route", "name"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, info={"label": "№"})
    account_id: Mapped[int] = field("Учётная запись", ForeignKey("ab_user.id", ondelete="CASCADE"), nullable=False)
    route: Mapped[str] = field("Раздел", String(60), nullable=False)
    name: Mapped[str] = field("Название", String(80), nullable=False)
    query: Mapped[str] = field("Условия", String(2000), nullable=False, default="")
