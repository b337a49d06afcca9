"""Strict reading of one YAML file: every value is asked for by type, every complaint names its file and line."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NoReturn, TypeVar

import yaml

from .errors import Problem, RegulationError
from .schema import MonthDay

# libyaml parses several times faster; a build of PyYAML without it gives the same nodes and lines.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = "tag:yaml.org,2002:null"
_CLAUSE = re.compile(r"\d+(\.\d+)*")
_MONTH_DAY = re.compile(r"(\d\d)-(\d\d)")
_NON_LEAP_YEAR = 2001  # 29 February is in no rule: most years do not have it
MAX_NUMBER = 366
T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class Value:
    """A YAML node that knows where it stands."""

    def __init__(self, node: yaml.Node, file: str, name: str) -> None:
        self.node, self.file, self.name = node, file, name
        self.line = node.start_mark.line + 1

    def fail(self, text: str) -> NoReturn:
        raise RegulationError(Problem(self.file, self.line, text))

    @property
    def is_null(self) -> bool:
        return isinstance(self.node, yaml.ScalarNode) and self.node.tag == _NULL

    @property
    def is_scalar(self) -> bool:
        return isinstance(self.node, yaml.ScalarNode)

    def text(self) -> str:
        if not self.is_scalar or self.is_null or not self.node.value.strip():
            self.fail(f"{self.name}: нужен непустой текст")
        return str(self.node.value).strip()

    def date(self) -> date:
        text = self.text()
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.fail(f"{self.name}: «{text}» — не дата (нужно ГГГГ-ММ-ДД)")

    def month_day(self) -> MonthDay:
        text = self.text()
        match = _MONTH_DAY.fullmatch(text)
        try:
            month, day = map(int, match.groups()) if match else (0, 0)
            date(_NON_LEAP_YEAR, month, day)
        except ValueError:
            self.fail(f"{self.name}: «{text}» — не день года (нужно ММ-ДД)")
        return MonthDay(month, day)

    def number(self, low: int = 1, high: int = MAX_NUMBER) -> int:
        text = self.text()
        if not re.fullmatch(r"-?\d{1,4}", text) or not low <= int(text) <= high:
            self.fail(f"{self.name}: «{text}» — нужно целое число от {low} до {high}")
        return int(text)

    def clause(self) -> str:
        text = self.text()
        if not _CLAUSE.fullmatch(text):
            self.fail(f"{self.name}: «{text}» — не номер пункта регламента")
        return text

    def member(self, kind: type[E]) -> E:
        return kind(self.one_of([one.value for one in kind]))

    def one_of(self, known: Iterable[str], what: str = "значение") -> str:
        text, known = self.text(), list(known)
        if text not in known:
            self.fail(f"{self.name}: неизвестное {what} «{text}»; есть: {', '.join(known)}")
        return text

    def items(self, empty: bool = False) -> list["Value"]:
        if not isinstance(self.node, yaml.SequenceNode):
            self.fail(f"{self.name}: нужен список")
        if not self.node.value and not empty:
            self.fail(f"{self.name}: список пуст")
        return [Value(node, self.file, self.name) for node in self.node.value]

    def table(self, *required: str, optional: Iterable[str] = ()) -> "Table":
        return Table(self, required, tuple(optional))

    def pairs(self) -> dict[str, "Value"]:
        """A mapping with free keys; a repeated key is an error."""
        if not isinstance(self.node, yaml.MappingNode):
            self.fail(f"{self.name}: нужен набор «ключ: значение»")
        found: dict[str, Value] = {}
        lines: dict[str, int] = {}
        for key_node, node in self.node.value:
            key = Value(key_node, self.file, self.name)
            if (name := key.text()) in found:
                key.fail(f"ключ «{name}» повторяется (первый раз в строке {lines[name]})")
            found[name], lines[name] = Value(node, self.file, name), key.line
        return found


class Table:
    """A mapping with known keys."""

    def __init__(self, value: Value, required: tuple[str, ...], optional: tuple[str, ...]) -> None:
        self.value, self.fail = value, value.fail
        self.pairs = value.pairs()
        known = required + optional
        for key_node, _ in value.node.value:
            if key_node.value not in known:
                key = Value(key_node, value.file, value.name)
                key.fail(f"неизвестный ключ «{key_node.value}»; допустимы: {', '.join(known)}")
        for name in required:
            if name not in self.pairs:
                self.fail(f"нет обязательного ключа «{name}»")

    def __getitem__(self, name: str) -> Value:
        return self.pairs[name]

    def get(self, name: str, read: Callable[[Value], T], default: T) -> T:
        """Read an optional key; an explicit null counts as absent."""
        value = self.pairs.get(name)
        return default if value is None or value.is_null else read(value)


def read_file(path: Path, name: str | None = None) -> Value:
    """The root of a YAML file, called `name` in complaints (by default as the file is).

    Raises RegulationError when there is no such file or it is not YAML.
    """
    name = name or path.name
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
    except OSError:
        raise RegulationError(Problem(name, None, "файл не найден")) from None
    except UnicodeDecodeError:
        raise RegulationError(Problem(name, None, "файл не в кодировке UTF-8")) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        raise RegulationError(Problem(name, line, f"ошибка разметки YAML: {error.problem}")) from None
    except yaml.YAMLError as error:
        raise RegulationError(Problem(name, None, f"ошибка разметки YAML: {error}")) from None
    if node is None:
        raise RegulationError(Problem(name, None, "файл пуст"))
    return Value(node, name, name)
