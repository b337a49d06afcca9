"""The reference pages of docs/reference, made from the data and the code they describe. `make docs` writes them.

tests/docs holds the committed pages equal to what this makes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

import click
import yaml
from flask import Flask

from app import cli
from app.compliance import duties
from app.compliance.explain import term_text
from app.regulation import Regulation, load_regulation
from app.regulation.rights import WHOLE, Action, Resource, Scope
from app.regulation.schema import Basis, Grant, OpeningKind, Role, Rule, RuleValue, Shape
from app.russian import counted, format_date
from app.services.monitoring import clause_map
from app.services.monitoring import forms as printed

FOLDER = Path(__file__).parent.parent / "docs" / "reference"
GUIDE, GLOSSARY = FOLDER.parent / "guide", FOLDER.parent / "glossary.yaml"
OF_REGULATION = (
    "Определения сокращены; точные – в самом Регламенте. КТП, портфолио, учебный план, расписание, журнал и дневник в "
    "панели ещё не ведутся."
)
NOTICE = "Страница составлена командой `make docs` по данным программы. Правьте данные, а не страницу."
WIDTH = 120
LETTERS = {action: action.letters for action in Action}
SHAPES = {
    Shape.RECORD: "за каждую запись; судится по дате её внесения",
    Shape.EXPECTED: "есть, даже если ничего не внесено: поэтому видно и то, чего нет",
    Shape.YEARLY: "раз в учебный год за школу",
}
ACTING_AS = {"subject_teacher": "учитель-предметник", "class_teacher": "классный руководитель"}


def rights() -> str:
    regulation = load_regulation()
    parts = [
        "# Права ролей",
        NOTICE,
        (
            "Кто что может по пункту 3.3 Регламента. Чего нет в таблице, то запрещено. Те же права показывает панель: "
            "«Школа и доступ» → «Права ролей»."
        ),
        "## Все роли сразу",
        "; ".join(f"**{letter}** – {action.title_ru}" for action, letter in LETTERS.items() if _is_granted(action))
        + ". В скобках – чьи записи, если не все записи своего уровня: своей школы, своего муниципалитета, региона.",
        _matrix(regulation),
        "## По ролям",
        (
            "«По тексту» – право названо в самом пункте. «По смыслу» – пункт его не называет, право выведено из "
            "обязанности руководить, контролировать или вести работу."
        ),
        *(_role(role) for role in regulation.roles.values()),
        "## Оператор системы",
        (
            "Устанавливает систему и заводит первые учётные записи. В Регламенте такой роли нет, поэтому пунктов нет. "
            "В базе это роль `Admin`."
        ),
        _grants(regulation.operator, with_basis=False),
        "## Права, которые нельзя передать другой роли",
        _table(
            ("Сведения", "Действие", "Роль", "Пункт"),
            (
                (
                    regulation.resources[one.resource].title,
                    one.action.title_ru,
                    regulation.roles[one.role].title,
                    one.clause,
                )
                for one in regulation.exclusive.values()
            ),
        ),
        "## Чего школа не изменяет",
        (
            "Администратор изменяет права ролей своей школы (пункт 3.3.2.2). Этих прав он не даёт другой роли; не даёт "
            "и закрытых сведений и того, что Регламент не даёт ни одной роли школы."
        ),
        _table(
            ("Сведения", "Действия", "Пункт"),
            ((row.title, _actions(row.reserved), row.clause) for row in regulation.resources.values() if row.reserved),
        ),
        "А этих прав не изымает: контроль не отключают снизу.",
        _table(("Сведения", "Роль", "Действия", "Пункт"), _held(regulation)),
    ]
    return _page(parts)


def _actions(actions: Iterable[Action]) -> str:
    return ", ".join(action.title_ru for action in Action if action in set(actions))


def _held(regulation: Regulation) -> Iterator[tuple[str, str, str, str]]:
    for row in regulation.resources.values():
        for code, role in regulation.roles.items():
            if actions := [action for holder, action in row.held if holder == code]:
                yield row.title, role.title, _actions(actions), row.clause


def _is_granted(action: Action) -> bool:
    regulation = load_regulation()
    grants = (grant for role in (*regulation.roles.values(), regulation.operator) for grant in role.grants)
    return any(action in grant.actions for grant in grants)


def _matrix(regulation: Regulation) -> str:
    roles = regulation.roles.values()
    rows = ((regulation.resources[resource].title, *(_cell(role, resource) for role in roles)) for resource in Resource)
    return _table(("Сведения", *(role.title for role in roles)), rows)


def _cell(role: Role, resource: Resource) -> str:
    own = [grant for grant in role.grants if grant.resource == resource.value]
    said = [letter for action, letter in LETTERS.items() if any(action in grant.actions for grant in own)]
    narrow = [scope.title_ru for scope in Scope if scope not in WHOLE and any(scope in grant.scopes for grant in own)]
    return " ".join(said) + (f" ({', '.join(narrow)})" if narrow else "")


def _role(role: Role) -> str:
    return f"### {role.title}\n\n`{role.code}`, пункт {role.clause} Регламента.\n\n{_grants(role)}"


def _grants(role: Role, with_basis: bool = True) -> str:
    heads = ("Сведения", "Действия", "Чьи записи") + (("Пункт", "Основание") if with_basis else ())
    order = list(Resource)
    grants = sorted(role.grants, key=lambda grant: order.index(Resource(grant.resource)))
    return _table(heads, (_grant(grant)[: len(heads)] for grant in grants))


def _grant(grant: Grant) -> tuple[str, ...]:
    return (
        load_regulation().resources[grant.resource].title,
        ", ".join(action.title_ru for action in grant.actions),
        ", ".join(scope.title_ru for scope in Scope if scope in grant.scopes),
        grant.clause or "",
        "по тексту" if grant.basis is Basis.TEXT else "по смыслу",
    )


def rules() -> str:
    found = load_regulation().rules
    parts = [
        "# Сроки Регламента",
        NOTICE,
        (
            f"Всего правил: {len(found)}. Панель уже судит по {len(duties.rules())} из них. "
            "Срок по любому правилу считает команда `flask deadline due`."
        ),
        _table(
            ("Правило", "Что", "Пункт", "Срок", "Судится"),
            (
                (f"[`{rule.id}`](#{rule.id})", rule.title, ", ".join(rule.clauses), _terms(rule), _judged(rule))
                for rule in found.values()
            ),
        ),
        *(_rule(rule) for rule in found.values()),
    ]
    return _page(parts)


def _terms(rule: Rule) -> str:
    return "; ".join(term_text(value) for value in rule.values)


def _judged(rule: Rule) -> str:
    return "да" if rule.id in duties.rules() else "пока нет"


def _rule(rule: Rule) -> str:
    roles = load_regulation().roles
    enters = ", ".join(roles[code].title for code in rule.enters)
    if rule.acting_as:
        enters += f" ({ACTING_AS[rule.acting_as]})"
    facts = [
        f"- **Что:** {rule.title}.",
        f"- **Обязанность:** {SHAPES[rule.shape]}.",
        f"- **Отсчёт:** {rule.trigger.title}. **Появляется:** {_opening(rule)}.",
        f"- **Чем исполняется:** {rule.evidence}.",
        (
            f"- **Вносит:** {enters}. **Контролирует:** {', '.join(roles[code].title for code in rule.controls)}; "
            f"сверху – {', '.join(roles[code].title for code in rule.supervisors)}."
        ),
    ]
    if rule.spares_what_began_before:
        facts.append("- **До начала ведения:** за то, что началось раньше начала ведения в панели, не требуется.")
    if rule.back_within is not None:
        days = counted(rule.back_within, "календарного дня", "календарных дней", "календарных дней")
        facts.append(f"- **Выбыл и вернулся:** кто вернулся в течение {days} после срока, остаётся должен.")
    values = [line for value in rule.values for line in _value(value)]
    return f"## {rule.id}\n\n" + "\n".join([*facts, *values])


def _value(value: RuleValue) -> Iterator[str]:
    until = f" по {format_date(value.valid_to)}" if value.valid_to else ""
    yield f"- **Срок:** {term_text(value)}; действует с {format_date(value.valid_from)}{until}."
    yield f"- **Пункт {', '.join(value.clauses)}:** «{value.quote}»."
    for reading in value.readings:
        yield f"- **Чтение:** {reading.title} – {reading.chosen(None).title} ({reading.basis})."


def _opening(rule: Rule) -> str:
    if rule.opens.kind is OpeningKind.TRIGGER:
        return "в день события"
    if rule.opens.kind is OpeningKind.DUE:
        return "в последний день срока"
    if rule.opens.kind is OpeningKind.YEAR_END:
        return f"в последний день последнего учебного периода класса; где периодов нет – {_year_ends(rule)}"
    day = rule.opens.day
    return f"{day.day:02}.{day.month:02} перед началом учебного года"


def _year_ends(rule: Rule) -> str:
    days = ((f"{one.day.day:02}.{one.day.month:02}", one.grades) for one in rule.year_ends)
    told = (f"{day} ({', '.join(map(str, grades))} класс)" if grades else f"{day} (остальные)" for day, grades in days)
    return ", ".join(told)


def forms() -> str:
    rows = (
        (f"`{one.id}`", one.title, one.clause, "альбомный" if one.wide else "книжный")
        for one in printed.forms().values()
    )
    parts = [
        "# Печатные формы",
        NOTICE,
        "Форма строится для школы, муниципалитета или региона на выбранную дату и печатается в PDF.",
        _table(("Код", "Форма", "Пункты Регламента", "Лист"), rows),
    ]
    return _page(parts)


def commands() -> str:
    app = Flask("docs")
    cli.install(app)
    # `flask db` is Flask-Migrate's, told in its own documentation.
    groups = [group for name, group in sorted(app.cli.commands.items()) if name != "db"]
    rows = ((f"[`flask {path}`](#{_anchor(path)})", _short(one)) for group in groups for path, one in leaves(group))
    parts = [
        "# Команды",
        NOTICE,
        (
            "Команды панели запускаются из папки проекта: `.venv/bin/flask …`. Ошибка в аргументе – одна строка и код "
            "возврата 2. Схемой базы управляет `flask db` (Flask-Migrate): `flask db upgrade`, `flask db current`."
        ),
        _table(("Команда", "Что делает"), rows),
        *(_command(path, one) for group in groups for path, one in leaves(group)),
    ]
    return _page(parts)


def leaves(command: click.Command, before: str = "") -> Iterator[tuple[str, click.Command]]:
    path = f"{before} {command.name}".strip()
    if isinstance(command, click.Group):
        for _, inner in sorted(command.commands.items()):
            yield from leaves(inner, path)
    else:
        yield path, command


def _anchor(path: str) -> str:
    return f"flask-{path.replace(' ', '-')}"


def _short(command: click.Command) -> str:
    return _words(command.help).split(". ")[0].removesuffix(".")


def _words(text: str | None) -> str:
    return " ".join((text or "").split())


def _command(path: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"flask {path}")
    usage = " ".join([f"flask {path}", *command.collect_usage_pieces(context)])
    rows = [_option(option, context) for option in command.params if isinstance(option, click.Option)]
    table = "\n\n" + _table(("Параметр", "Что значит"), rows) if rows else ""
    return f"## flask {path}\n\n{_words(command.help)}\n\n```\n{usage}\n```{table}"


def _option(option: click.Option, context: click.Context) -> tuple[str, str]:
    names = ", ".join((*option.opts, *option.secondary_opts))
    argument = "" if option.is_flag else f" {option.make_metavar(context)}"
    said = [_words(option.help)]
    if option.required:
        said.append("Обязателен.")
    if option.show_default and option.default is not None:
        said.append(f"По умолчанию {option.default}.")
    return f"`{names}{argument}`", " ".join(part for part in said if part)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _page(parts: Iterable[str]) -> str:
    lines = (line for part in parts for line in (*part.splitlines(), ""))
    return "\n".join(map(_wrapped, lines)).rstrip() + "\n"


def _wrapped(line: str) -> str:
    """Prose of at most 120 characters a line; tables, code and headings stay whole."""
    if len(line) <= WIDTH or line.startswith(("|", "#")):
        return line
    indent = "  " if line.startswith("- ") else ""
    return fill(line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def glossary() -> str:
    words = yaml.safe_load(GLOSSARY.read_text(encoding="utf-8"))
    return (
        "\n\n".join(
            [
                "# Словарь",
                "Страница составлена командой `make docs` по файлу `docs/glossary.yaml`. Правьте его, а не страницу.",
                "## Понятия Регламента (пункт 2.1)",
                _glossed(words["regulation"]),
                fill(OF_REGULATION, WIDTH),
                "## Слова панели",
                _glossed(words["panel"]),
            ]
        )
        + "\n"
    )


def _glossed(words: Iterable[dict[str, Any]]) -> str:
    rows = (f"| {each['word']} | {each['means']} |" for each in words)
    return "\n".join(["| Слово | Что это |", "|---|---|", *rows])


PAGES: dict[str, Callable[[], str]] = {
    "rights.md": rights,
    "rules.md": rules,
    "forms.md": forms,
    "commands.md": commands,
}


def regulation_map() -> str:
    found = clause_map.lines()
    numbers = ", ".join(f"{state} – {number}" for state, number in clause_map.summary(found).items())
    heads = (
        "Пункт",
        "Обязанность",
        "Состояние",
        "Сведения",
        "Права",
        "Сроки",
        "Формы",
        "Страницы",
        "Проверки",
        "Чего ещё нет",
    )
    parts = [
        "# Карта Регламента",
        NOTICE + " Данные – `app/regulation/clauses.yaml`.",
        (
            "Что панель даёт для каждой обязанности и чем это проверено. Слова обязанностей – краткие, точные – в "
            f"[самом Регламенте](regulation/reglament.md). Обязанностей: {numbers}. Звёздочка – срок, который ещё не "
            "считается."
        ),
        _table(heads, map(_mapped, found)),
    ]
    return _page(parts)


def _mapped(line: clause_map.Line) -> tuple[str, ...]:
    terms = (*line.counted, *(f"{title}*" for title in line.stated))
    tests = (f"`{name}`" for name in line.duty.tests)
    kinds = (line.data, line.rights, terms, line.forms, line.duty.pages.values(), tests)
    listed = ("; ".join(names) for names in kinds)
    return line.duty.clause, line.duty.duty, line.state, *listed, line.duty.awaits


ABOVE: dict[str, Callable[[], str]] = {"regulation_map.md": regulation_map}
"""Of the folder docs itself."""


GUIDE_PAGES: dict[str, Callable[[], str]] = {"glossary.md": glossary}
"""Of the guide, made from data too."""


def write() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, make in PAGES.items():
        (FOLDER / name).write_text(make(), encoding="utf-8")
        print(f"docs/reference/{name}")
    for name, make in ABOVE.items():
        (FOLDER.parent / name).write_text(make(), encoding="utf-8")
        print(f"docs/{name}")
    for name, make in GUIDE_PAGES.items():
        (GUIDE / name).write_text(make(), encoding="utf-8")
        print(f"docs/guide/{name}")


if __name__ == "__main__":
    write()
