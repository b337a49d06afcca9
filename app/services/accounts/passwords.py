"""Which passwords are refused, and how one is kept (ИАФ.4): Cyrillic is welcome, what is guessed first is not.

How many guesses a password takes is counted by zxcvbn: lists of common passwords, words, dates, runs of the keyboard.
Its lists are Latin, and people type Russian words without changing the layout and Latin ones with it changed: each
password is read both ways.
"""

import unicodedata
from collections.abc import Iterable, Iterator

from flask import current_app
from zxcvbn import matching, scoring

from app.demo.accounts.accounts import DEMO_PASSWORD
from app.keyboard import TO_ENGLISH, TO_RUSSIAN

SHORTEST = 10
LOOKED_AT = 72
"""So much of a password is weighed: if that is good, so is the whole."""
FEWEST_GUESSES = 10**8
"""More than anybody tries through a panel that locks."""
OF_OWNER = 10**9
"""Of whom one knows, one tries more: name, dot and birth date too."""
WORDS = (
    *(
        "пароль",
        "школа",
        "сахалин",
        "йцукен",
        "привет",
        "любовь",
        "россия",
        "учитель",
        "директор",
        "ученик",
        "солнышко",
    ),
    *("сетевой", "город", "образование", "электронный", "журнал", "дневник", "лицей", "гимназия", "класс", "родина"),
    *("холмск", "корсаков", "южно", "сахалинск", "оха", "невельск", "поронайск", "долинск", "тымовское", "ноглики"),
    *("макаров", "анива", "углегорск", "томари", "курильск", "смирных", "спартак", "зенит", "мама", "папа", "семья"),
    *(
        "school",
        "sakhalin",
        "sahalin",
        "holmsk",
        "kholmsk",
        "yuzhno",
        "korsakov",
        "uchitel",
        "direktor",
        "administrator",
    ),
)
"""What is common in the schools of this region and in no list."""
PHRASE = "Возьмите фразу из нескольких слов."
EASY = f"Такой пароль легко угадать: он собран из частых паролей, слов, дат или соседних клавиш. {PHRASE}"
OTHER_LAYOUT = f"Это частый пароль, набранный в другой раскладке клавиатуры: его пробуют среди первых. {PHRASE}"
OWN = f"Пароль собран из логина, имени, даты рождения или школы владельца: их пробуют первыми. {PHRASE}"
PUBLISHED = f"Это пароль демонстрации, он опубликован. {PHRASE}"

_DEMO = tuple(word for word in DEMO_PASSWORD.split("-") if word.isalpha()), ("кедр", "туман", "сопка")


def kept(typed: str) -> str:
    """A password as it is kept: what comes along when one is pasted from a page or a PDF is no part of it.

    Blanks around it, soft hyphens and other unseen characters go, each run of blanks is one, «й» is one character.
    """
    seen = (one for one in unicodedata.normalize("NFC", typed) if unicodedata.category(one) != "Cf")
    return " ".join("".join(seen).split())


def typed_ways(typed: str) -> list[str]:
    """What may have been meant: as it came, for passwords of before, and as one is kept."""
    return list(dict.fromkeys((typed, kept(typed))))


def problem(password: str, login: str = "", own: Iterable[str] = ()) -> str | None:
    """Why a password is refused, in Russian, or None. `own`: words that whoever knows the owner tries first."""
    password = kept(password)
    if len(password) < SHORTEST:
        return f"Пароль короче {SHORTEST} знаков. {PHRASE}"
    ways = _ways(password)
    if not current_app.config["SGO_DEMO"] and any(_is_published(way) for way in ways):
        return PUBLISHED
    if _is_weak(ways[0], WORDS):
        return EASY
    if any(_is_weak(way, WORDS) for way in ways):
        return OTHER_LAYOUT
    if login and any(_folded(login) in way for way in ways):
        return "Пароль не должен содержать логин."
    words = [word for each in own for word in _parts(each)]
    return OWN if any(_is_weak(way, (*words, *WORDS), OF_OWNER) for way in ways) else None


def _ways(password: str) -> list[str]:
    """As it is, and as the same keys give it in the other layout."""
    folded = _folded(password)
    return list(dict.fromkeys((folded, folded.translate(TO_ENGLISH), folded.translate(TO_RUSSIAN))))


def _folded(text: str) -> str:
    return text.casefold().replace("ё", "е")


def _is_published(way: str) -> bool:
    """Whatever stands between and after its words."""
    return any(all(word in way for word in words) for words in _DEMO)


def _is_weak(way: str, words: Iterable[str], fewest: int = FEWEST_GUESSES) -> bool:
    """zxcvbn's own entrance puts the words into a dictionary that all threads share."""
    known = {**matching.RANKED_DICTIONARIES, "user_inputs": matching.build_ranked_dict(list(dict.fromkeys(words)))}
    looked_at = way[:LOOKED_AT]
    found = scoring.most_guessable_match_sequence(looked_at, matching.omnimatch(looked_at, known))
    return bool(found["guesses"] < fewest)


def _parts(text: str) -> Iterator[str]:
    """The words of a text, and it whole: a login «ivanov.petr» is both."""
    folded = _folded(text)
    words = "".join(one if one.isalnum() else " " for one in folded).split()
    yield from (word for word in (folded, *words) if len(word) > 2)
