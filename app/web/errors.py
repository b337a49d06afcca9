"""Every error is a page in Russian that says what happened and what to do. Never a stack trace.

What the person did wrong is told on a page of the panel, with its menu. A fault of the panel's own is told on a page
that needs nothing: no database, no session, no template engine. An error inside the first ends in the second.
"""

from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import Any

from flask import Flask, current_app, render_template, request
from flask.globals import request_ctx
from flask_wtf.csrf import CSRFError
from markupsafe import Markup, escape
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app.regulation.rights import Action, Resource
from app.security.guard import Denied
from app.services.engine.errors import Changed, Refused
from app.services.engine.warnings import Unconfirmed
from app.web import addresses, resumed_form
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

OTHER_SCHEMA = "База данных не той версии, что панель: администратору нужно выполнить flask db upgrade."
NO_SUCH = ("no such table", "no such column", "has no column named")
NO_SUCH_STATES = frozenset({"42P01", "42703"})
"""PostgreSQL's codes of an unknown table and an unknown column."""

BOX = Markup('<input type="hidden" name="{}" value="{}">')
SAVE = Markup('<button class="btn btn-primary" type="submit">Сохранить ещё раз</button>')
AGAIN = Markup(
    '<div class="card-part"><form method="post" action="{}" class="stack">'
    '<p class="mb-0"><strong>Введённое не потеряно.</strong> Оно ждёт на этой странице: не закрывайте её.</p>'
    '{}<div class="acts">{}<button class="btn {}" type="submit" name="{}" value="{}">Вернуться к форме</button>'
    "</div></form></div>"
)
"""The form that was not saved, on the page of the fault."""

FAULT = Template((Path(__file__).parents[1] / "templates/pages/fault.html").read_text(encoding="utf-8"))


WHY = "why_refused"
Right = tuple[Resource, Action]


def install(app: Flask, why_refused: Callable[[Right | None], Any]) -> None:
    """`why_refused`: the missing right (None: the one that the route needs) → what the page says of it, or None."""
    app.extensions[WHY] = why_refused
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(Denied, lambda error: page(403, str(error), _why(error.right)))
    app.register_error_handler(BadArgument, lambda error: page(400, str(error)))
    app.register_error_handler(Refused, lambda error: page(409, str(error)))
    app.register_error_handler(Unconfirmed, lambda error: page(422, f"{error} Откройте запись и подтвердите."))
    for changed in (Changed, StaleDataError):
        app.register_error_handler(changed, lambda error: page(409))
    app.register_error_handler(Exception, _unexpected)
    # Flask's own record of an error inside an error page; `_http` makes the one record of it.
    app.log_exception = lambda exc_info: None


def _why(right: Right | None = None) -> Any:
    return current_app.extensions[WHY](right)


def page(code: int, message: str = "", why: Any = None) -> Any:
    title, said, hint = WORDS.get(code, WORDS[500] if code >= 500 else WORDS[400])
    if request.accept_mimetypes.best == "application/json":
        return {"error": message or said}, code
    if request_ctx.url_adapter is None:
        return f"{title}. {message or said}\n", code, {"Content-Type": "text/plain; charset=utf-8"}
    if code >= 500:
        return _fault(code, title, message or said, hint)
    html = render_template(
        "pages/error.html",
        code=code,
        title=title,
        message=message or said,
        hint=hint,
        why=why,
        home_url="/",
        back_url=_back(),
    )
    return html, code


def _back() -> str | None:
    """The page of ours that one came from: a way on besides the start page."""
    before = addresses.page_before()
    return before if before is not None and before.partition("?")[0] != request.path else None


def _fault(code: int, title: str, said: str, hint: str) -> tuple[str, int]:
    again = _again(outage=code == 503)
    texts = {
        "title": title,
        "said": said,
        "hint": hint,
        "back": _back() or "/",
        "again": again,
        "home": "btn-plain" if again else "btn-primary",
    }
    return FAULT.substitute({name: escape(text) for name, text in texts.items()}, code=code), code


def _again(outage: bool) -> Markup:
    """The form that was not saved, to be seen, or sent once more after an outage (an error of the panel would but come
    again): all that was typed but passwords."""
    if not resumed_form.can_come_back():
        return Markup("")
    sent = [pair for pair in request.form.items(multi=True) if pair[0] != resumed_form.RESUME]
    typed = [pair for pair in sent if "password" not in pair[0]]
    boxes = Markup("").join(BOX.format(name, value) for name, value in typed)
    save = SAVE if outage and len(typed) == len(sent) else Markup("")
    after = resumed_form.AFTER_FAULT if outage else resumed_form.AFTER_ERROR
    look = "btn-plain" if save else "btn-primary"
    return AGAIN.format(request.full_path.rstrip("?"), boxes, save, look, resumed_form.RESUME, after)


def _http(error: HTTPException) -> Any:
    original = getattr(error, "original_exception", None)
    if original is not None:
        return _unexpected(original)
    if error.code is None or error.code < 400:
        return error
    return page(error.code, why=_why() if error.code == 403 else None)


def _csrf(error: CSRFError) -> Any:
    return page(400, "Форма устарела: сеанс закончился или страница открыта давно. Вернитесь назад, обновите страницу.")


def _unexpected(error: Exception) -> Any:
    """One record a fault: a line where the database is to blame, the stack where the panel is."""
    if is_outage(error):
        note_outage(error)
        return page(503, OTHER_SCHEMA if is_of_schema(error) else "")
    current_app.logger.error("unexpected: %s", request.path, exc_info=error)
    return page(500)


def note_outage(error: BaseException) -> None:
    current_app.logger.error("database: %s: %s", request.path, _first_line(error))


def is_outage(error: BaseException) -> bool:
    """Whether the database does not answer, is full, busy or not the one that the panel knows."""
    broken = isinstance(error, (OperationalError, InterfaceError, PoolTimeout))
    return broken or type(error) is DatabaseError or is_of_schema(error)


def is_of_schema(error: BaseException) -> bool:
    """Whether a table or a column is not there: the database is older or newer than the panel."""
    original = getattr(error, "orig", None)
    state = getattr(original, "sqlstate", None)
    return isinstance(error, SQLAlchemyError) and (
        state in NO_SUCH_STATES or any(words in str(original) for words in NO_SUCH)
    )


def _first_line(error: BaseException) -> str:
    """What the driver says, without the statement and its values: those are personal data."""
    return next(iter(str(getattr(error, "orig", None) or error).splitlines()), type(error).__name__)
