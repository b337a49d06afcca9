"""Every error is a page in Russian that says what happened and what to do. Never a stack trace."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, render_template, request
from flask.globals import request_ctx
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app.extensions import db
from app.security.guard import Denied
from app.services.engine.errors import Refused
from app.web.arguments import BadArgument

WORDS = {
    400: (
        "Запрос непонятен",
        "В адресе или в форме есть то, чего панель не понимает.",
        "Вернитесь и исправьте значение.",
    ),
    401: ("Нужен вход", "Сеанс закончился или вы ещё не вошли.", "Войдите ещё раз."),
    403: (
        "Недостаточно прав",
        "Ваша роль не даёт права на это действие (пункт 3.3 Регламента).",
        "Если право нужно для работы, обратитесь к администратору школы.",
    ),
    404: (
        "Не найдено",
        "Такой страницы или записи нет среди доступных вам.",
        "Проверьте адрес или найдите запись в списке.",
    ),
    405: (
        "Так нельзя",
        "Эта страница не принимает такое действие.",
        "Вернитесь и воспользуйтесь кнопками на странице.",
    ),
    409: ("Запись уже изменилась", "Пока вы работали, данные изменились.", "Откройте запись заново и повторите."),
    413: ("Слишком много данных", "Форма или файл больше допустимого.", "Разделите ввод на части."),
    422: ("Не принято", "В присланном есть ошибки.", "Вернитесь и исправьте значение."),
    429: ("Слишком часто", "Сделано слишком много попыток подряд.", "Подождите минуту и попробуйте ещё раз."),
    500: (
        "Ошибка панели",
        "Что-то пошло не так. Ничего не сохранено наполовину.",
        "Повторите позже; если не поможет, сообщите администратору время и что вы делали.",
    ),
    503: (
        "База данных недоступна",
        "Сейчас записать или прочитать данные не удалось (занята, нет места или связи).",
        "Ничего не сохранено наполовину. Повторите через минуту; если не поможет, сообщите администратору.",
    ),
}


def install(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(Denied, lambda error: page(403, str(error)))
    app.register_error_handler(BadArgument, lambda error: page(400, str(error)))
    app.register_error_handler(Refused, lambda error: page(409, str(error)))
    app.register_error_handler(StaleDataError, lambda error: page(409))
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(Exception, _unexpected)


def page(code: int, message: str = "") -> Any:
    title, said, hint = WORDS.get(code, WORDS[500] if code >= 500 else WORDS[400])
    if request.accept_mimetypes.best == "application/json":
        return {"error": message or said}, code
    if request_ctx.url_adapter is None:
        return f"{title}. {message or said}\n", code, {"Content-Type": "text/plain; charset=utf-8"}
    html = render_template(
        "pages/error.html", code=code, title=title, message=message or said, hint=hint, home_url="/", back_url=_back()
    )
    return html, code


def _back() -> str | None:
    """The page of ours that one came from: a way on besides the start page."""
    came = urlsplit(request.referrer or "")
    here = came.netloc == request.host and came.path != request.path
    return f"{came.path}?{came.query}".rstrip("?") if here else None


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    return page(error.code)


def _csrf(error: CSRFError) -> Any:
    return page(400, "Форма устарела: сеанс закончился или страница открыта давно. Вернитесь назад, обновите страницу.")


def _database(error: OperationalError) -> Any:
    current_app.logger.error("database: %s", error)
    db.session.rollback()
    return page(503)


def _unexpected(error: Exception) -> Any:
    current_app.logger.exception("unexpected")
    db.session.rollback()
    return page(500)
