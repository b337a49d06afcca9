"""Long work that a person asked for: waiting, running or finished. Nobody else's to see (`Path.personal`)."""

from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.choices import Choice
from app.clock import utc_now
from app.models.base import Instant, Path, choice_type, field


class JobState(Choice):
    WAITING = "waiting", "Ждёт очереди"
    RUNNING = "running", "Выполняется"
    DONE = "done", "Готово"
    FAILED = "failed", "Не получилось"
    CANCELLED = "cancelled", "Отменено"


ACTIVE = (JobState.WAITING, JobState.RUNNING)
"""States that something still follows."""


class Job(Model):
    """One piece of long work. The worker (services/engine/worker.py) runs it as its owner."""

    __tablename__ = "job"
    __titles__ = ("Задание", "Задания")
    __path__ = Path(personal=True)
    __table_args__ = (
        Index("ix_job_account_id", "account_id"),
        Index("ix_job_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, info={"label": "№"})
    version: Mapped[int] = mapped_column(Integer, nullable=False, default=1, info={"label": "Версия"})
    """Grows with each change of state. A worker writes only to the version that it took: one that was believed dead,
    or whose job was cancelled, writes to nothing."""
    account_id: Mapped[int] = field("Учётная запись", ForeignKey("ab_user.id", ondelete="CASCADE"), nullable=False)
    kind: Mapped[str] = field("Вид задания", String(60), nullable=False)
    title: Mapped[str] = field("Название", String(200), nullable=False)
    parameters: Mapped[dict[str, Any]] = field("Параметры", JSON, nullable=False, default=dict)
    state: Mapped[JobState] = field("Состояние", choice_type(JobState), nullable=False, default=JobState.WAITING)
    done: Mapped[int] = field("Сделано", Integer, nullable=False, default=0)
    total: Mapped[int] = field("Всего", Integer, nullable=False, default=0)
    """0 while it is not known."""
    words: Mapped[str] = field("Ход работы", String(500), nullable=False, default="")
    """What is being done; of a job that failed or was cancelled, why."""
    attempts: Mapped[int] = field("Попытки", Integer, nullable=False, default=0)
    created_at: Mapped[datetime] = field("Поставлено", Instant, nullable=False, default=utc_now)
    started_at: Mapped[datetime | None] = field("Начато", Instant)
    heartbeat_at: Mapped[datetime | None] = field("Последний сигнал", Instant)
    finished_at: Mapped[datetime | None] = field("Закончено", Instant)
    seen_at: Mapped[datetime | None] = field("Просмотрено", Instant)
    """When its owner saw the end on the page of jobs."""
    file_name: Mapped[str] = field("Имя файла", String(200), nullable=False, default="")
    """As the person gets it; empty: there is no file."""
    stored_as: Mapped[str] = field("Файл на сервере", String(80), nullable=False, default="")
    """Its name in the folder of results."""
    file_size: Mapped[int | None] = field("Размер файла", BigInteger)
    """Bytes."""

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE
