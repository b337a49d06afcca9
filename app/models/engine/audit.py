"""The audit trail: who did what and when (1.5, РСБ.1–3). Appended in the writing transaction, never changed."""

from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import JSON, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.choices import Choice
from app.models.base import Instant, Path, choice_type, field
from app.regulation.rights import Resource, Scope


class AuditAction(Choice):
    CREATE = "create", "Создание"
    CHANGE = "change", "Изменение"
    DELETE = "delete", "Удаление"
    RESTORE = "restore", "Восстановление"
    LOGIN = "login", "Вход"
    LOGIN_FAILED = "login_failed", "Неудачный вход"
    LOGOUT = "logout", "Выход"
    PASSWORD = "password", "Смена пароля"
    SECOND_FACTOR = "second_factor", "Второй фактор"
    PRINT = "print", "Печать"
    EXPORT = "export", "Выгрузка"
    SYSTEM = "system", "Системная операция"


class AuditEvent(Model):
    """One line of the trail. Kept as text so that it outlives the record it speaks of."""

    __tablename__ = "audit_event"
    __titles__ = ("Событие журнала действий", "Журнал действий")
    __rights__ = (Resource.AUDIT,)
    __search__ = ()
    __path__ = Path(scopes={Scope.OWN: lambda m, who: m.account_id == who.account_id})
    __table_args__ = (
        Index("ix_audit_event_record", "entity", "record_id", "id"),
        Index("ix_audit_event_school", "school_id", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, info={"label": "№"})
    at: Mapped[datetime] = field("Когда", Instant, nullable=False)
    action: Mapped[AuditAction] = field("Действие", choice_type(AuditAction), nullable=False)
    account_id: Mapped[int | None] = field("Учётная запись", ForeignKey("ab_user.id"), index=True)
    actor: Mapped[str] = field("Кто", String(200), nullable=False)
    entity: Mapped[str] = field("Вид записи", String(60), nullable=False, default="")
    record_id: Mapped[int | None] = field("№ записи", Integer)
    record: Mapped[str] = field("Запись", String(300), nullable=False, default="")
    school_id: Mapped[int | None] = field("Школа", ForeignKey("school.id"))
    changes: Mapped[dict[str, Any]] = field("Изменения", JSON, nullable=False, default=dict)
    address: Mapped[str | None] = field("Адрес в сети", String(60))

    @property
    def caption(self) -> str:
        """Without the name of the record: not everybody who reads the trail may know it."""
        return f"{self.action.title_ru}, событие № {self.id}"

    def __str__(self) -> str:
        return self.caption
