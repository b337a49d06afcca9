"""Values as people type them, brought to the one stored form; a wrong one raises ValueError saying what is expected.

Pure functions: no database, no request, no clock. Every `normalise_…` accepts its own result unchanged.
"""

import re
from datetime import date, timedelta

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from stdnum.exceptions import ValidationError
from stdnum.ru import inn, ogrn

from app.models.names import normalise_name as normalise_name
from app.models.names import search_key as search_key
from app.models.names import visible as visible
from app.russian import format_date

SEPARATORS = re.compile(r"[\s\-‐‑‒–—−]+")
DASHES = re.compile(r"[‐‑‒–—−]")

# The Pension Fund counted the first numbers before it introduced check digits.
LAST_SNILS_WITHOUT_CHECK = 1_001_998
SNILS_WEIGHTS = range(9, 0, -1)

# The same glyph in both alphabets: what a Russian keyboard, a scanner or an old register gives for the other one.
LATIN_TO_CYRILLIC = str.maketrans("ABEKMHOPCTYX", "АВЕКМНОРСТУХ")
CYRILLIC_TO_LATIN = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")
# Registry offices without Latin letters typed roman numerals as 1, У, Х, Л, С.
ROMAN_LOOKALIKES = str.maketrans("1|ІӀУХЛС", "IIIIVXLC")

CERTIFICATE = re.compile(r"([IVXLC1|ІӀУХЛС]+)-*([А-ЯABEKMHOPCTYX]{2})-*(?:(?:№|N[O°º]?)-*)?([0-9]{6})")
CERTIFICATE_WORDS = re.compile(r"свидетельство( о рождении)?|сери[яи]:?|номер:?", re.IGNORECASE)
"""How the form itself names its parts: old and new forms write them before, between or not at all."""
CERTIFICATE_EXPECTED = (
    "Ожидается свидетельство о рождении: римские цифры, две русские буквы и шесть цифр, например «I-ФС № 512345». "
    "Иностранное свидетельство отметьте как иностранное."
)
ROMAN = re.compile(r"(?=.)C{0,3}(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")
FOREIGN_CERTIFICATE_LENGTH = range(3, 201)

CLASS_LETTER = re.compile("[А-ЯЁ]{1,3}")
GRADE_BEFORE = re.compile(r"^([0-9]{1,2})[\s\-‐‑‒–—−]*(?=[^0-9\s])")
QUOTES = re.compile("[«»\"'„“”‘’`]")
NUMBER_SIGN = re.compile(r"№|^\s*N[OО°º]?\.?(?=\s*[0-9])", re.IGNORECASE)

RUSSIAN_ZONES = {
    zone: f"{place} (UTC+{offset})"
    for offset, places in (
        (2, {"Europe/Kaliningrad": "Калининград"}),
        (3, {"Europe/Moscow": "Москва", "Europe/Kirov": "Киров", "Europe/Volgograd": "Волгоград"}),
        (4, {"Europe/Samara": "Самара", "Europe/Astrakhan": "Астрахань", "Europe/Saratov": "Саратов"}),
        (5, {"Asia/Yekaterinburg": "Екатеринбург"}),
        (6, {"Asia/Omsk": "Омск"}),
        (7, {"Asia/Krasnoyarsk": "Красноярск", "Asia/Novosibirsk": "Новосибирск", "Asia/Tomsk": "Томск"}),
        (8, {"Asia/Irkutsk": "Иркутск"}),
        (9, {"Asia/Yakutsk": "Якутск", "Asia/Chita": "Чита"}),
        (10, {"Asia/Vladivostok": "Владивосток"}),
        (11, {"Asia/Sakhalin": "Сахалин", "Asia/Srednekolymsk": "Северные Курилы", "Asia/Magadan": "Магадан"}),
        (12, {"Asia/Kamchatka": "Камчатка", "Asia/Anadyr": "Анадырь"}),
    )
    for zone, place in places.items()
}
"""Zones of Russia in the world's base, with the offset that holds since 2020; whoever lives by one knows its town."""

KPP = re.compile(r"[0-9]{4}[0-9A-Z]{2}[0-9]{3}")
OKTMO = re.compile(r"[0-9]{8}")
SCHOOL_CODE = re.compile(r"[0-9A-Z][0-9A-Z-]{1,15}")

PHONE_TYPED = re.compile(r"[0-9\s+()./‐‑‒–—−-]+((доб|ext)[.\s]*[0-9]+)?", re.IGNORECASE)
SEVERAL_PHONES = re.compile(r"[,;\n]|/(?=\s*[+78])|\s+и(?:ли)?\s+|(?<=[0-9])\s+(?=\+7|8[\s(-])")
PHONE_EXPECTED = "Ожидается телефон с кодом города или оператора, например +7 914 123-45-67 или 8 (4242) 12-34-56."
# The widths of the columns: an extension («доб. 123») has to fit as well.
PHONE_LENGTH = 25
EMAIL_LENGTH = 200

OLDEST_PERSON_YEARS = 110
OLDEST_DOCUMENT = date(1950, 1, 1)
YEAR_AHEAD = 366
"""Days that a person's own matters may lie ahead."""


def _digits(text: str, length: int, expected: str) -> str:
    digits = SEPARATORS.sub("", visible(text))
    # isdigit alone also accepts the digits of other scripts.
    if not (digits.isascii() and digits.isdigit() and len(digits) == length):
        raise ValueError(expected)
    if not digits.strip("0"):
        raise ValueError(f"Номер из одних нулей не бывает. {expected}")
    return digits


def normalise_snils(text: str) -> str:
    """СНИЛС with its checksum, stored as 112-233-445 95."""
    expected = "Ожидается СНИЛС: 11 цифр, например 112-233-445 95."
    digits = _digits(text, 11, expected)
    if int(digits[:9]) > LAST_SNILS_WITHOUT_CHECK and digits[9:] != snils_check_digits(digits[:9]):
        raise ValueError(f"Контрольное число СНИЛС не сходится: проверьте, нет ли опечатки. {expected}")
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}"


def snils_check_digits(number: str) -> str:
    """The two check digits of the nine digits; remainders 100 and 101 give 00."""
    total = sum(weight * int(digit) for weight, digit in zip(SNILS_WEIGHTS, number, strict=True))
    return f"{total % 101 % 100:02}"


def _inn(text: str, length: int, expected: str) -> str:
    digits = _digits(text, length, expected)
    if not inn.is_valid(digits):
        raise ValueError(f"Контрольная цифра ИНН не сходится: проверьте, нет ли опечатки. {expected}")
    return digits


def normalise_inn_organisation(text: str) -> str:
    """ИНН of an organisation, 10 digits."""
    return _inn(text, 10, "Ожидается ИНН организации: 10 цифр, например 6501020305.")


def normalise_inn_person(text: str) -> str:
    """ИНН of a person, 12 digits."""
    return _inn(text, 12, "Ожидается ИНН физического лица: 12 цифр, например 650100000147.")


def normalise_ogrn(text: str) -> str:
    """ОГРН of an organisation, 13 digits (a school is never a sole trader, whose number has 15)."""
    expected = "Ожидается ОГРН организации: 13 цифр, например 1026500000010."
    digits = _digits(text, 13, expected)
    try:
        return ogrn.validate(digits)
    except ValidationError:
        raise ValueError(f"Контрольная цифра ОГРН не сходится: проверьте, нет ли опечатки. {expected}")


def normalise_kpp(text: str) -> str:
    """КПП: four digits, two digits or Latin capitals, three digits."""
    value = SEPARATORS.sub("", text).upper().translate(CYRILLIC_TO_LATIN)
    if not KPP.fullmatch(value):
        raise ValueError("Ожидается КПП: 9 знаков, пятый и шестой могут быть латинскими буквами, например 650101001.")
    return value


def normalise_birth_certificate(text: str) -> str:
    """Russian birth certificate, stored as I-ФС № 512345 with Latin numerals and Cyrillic letters."""
    # A small L is what a person types for the numeral I.
    bare = CERTIFICATE_WORDS.sub(" ", visible(text)).replace("l", "I").strip(" :.,").upper()
    match = CERTIFICATE.fullmatch(SEPARATORS.sub("-", bare))
    if not match:
        raise ValueError(CERTIFICATE_EXPECTED)
    numerals, letters, number = match.groups()
    numerals = numerals.translate(ROMAN_LOOKALIKES)
    if not ROMAN.fullmatch(numerals):
        raise ValueError(f"«{numerals}» — не римское число. {CERTIFICATE_EXPECTED}")
    return f"{numerals}-{letters.translate(LATIN_TO_CYRILLIC)} № {number}"


def normalise_class_letter(text: str) -> str:
    """The letter of a class: Cyrillic capitals without quotes and without the grade; «A», «5А» and «а» are «А»."""
    letter = GRADE_BEFORE.sub("", _unquoted(text)).strip().upper().translate(LATIN_TO_CYRILLIC)
    if not CLASS_LETTER.fullmatch(letter):
        raise ValueError("Ожидается буква класса: русская, без номера и кавычек, например А.")
    return letter


def agree_with_grade(text: str, grade: int | None) -> bool:
    """Whether a letter as typed agrees with the grade beside it. False: a grade is typed, and none is known to compare.
    Raises ValueError for «5А» in another grade than 5."""
    typed = GRADE_BEFORE.match(_unquoted(text))
    if typed is None:
        return True
    named = int(typed[1])
    if grade is not None and named != grade:
        told = f"Вместе с литерой набран {named} класс, а параллель – {grade}."
        raise ValueError(f"{told} Исправьте литеру или параллель.")
    return grade is not None


def _unquoted(text: str) -> str:
    return QUOTES.sub("", visible(text)).strip()


def order_number_key(text: str) -> str:
    """How numbers of orders are compared: without case, «№», spaces, kinds of hyphens and look-alike letters."""
    bare = NUMBER_SIGN.sub("", visible(text))
    return DASHES.sub("-", re.sub(r"\s", "", bare)).upper().translate(LATIN_TO_CYRILLIC)


def person_key(*names: str) -> str:
    """How people's names are compared: without case, ё, hyphens, spaces, apostrophes and look-alike Latin letters; the
    parts (family name, first name) stay apart."""
    return " ".join(search_key(name).replace(" ", "").upper().translate(LATIN_TO_CYRILLIC) for name in names)


def normalise_foreign_certificate(text: str) -> str:
    """Birth certificate of another state: free text that at least names a number."""
    value = " ".join(text.split())
    readable = value.isprintable() and any(character.isdigit() for character in value)
    if len(value) not in FOREIGN_CERTIFICATE_LENGTH or not readable:
        raise ValueError("Ожидаются серия и номер, как в иностранном свидетельстве, например «AB-1234567, Казахстан».")
    return value


def _is_phone(text: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, "RU"))
    except phonenumbers.NumberParseException:
        return False


def normalise_phone(text: str) -> str:
    """Telephone, a Russian one unless it begins with + and another country; stored as +7 914 123-45-67."""
    text = visible(text)
    several = [part for part in SEVERAL_PHONES.split(text) if _is_phone(part)]
    if len(several) > 1:
        raise ValueError(f"Здесь телефонов – {len(several)}. Оставьте один: «{several[0].strip()}».")
    try:
        number = phonenumbers.parse(text, "RU")
        # The library skips what it does not understand, a note beside the number for one: nothing typed may get lost.
        valid = phonenumbers.is_valid_number(number) and PHONE_TYPED.fullmatch(text.strip())
    except phonenumbers.NumberParseException:
        valid = False
    if not valid:
        raise ValueError(PHONE_EXPECTED)
    formatted = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    formatted = formatted.replace(" ext. ", " доб. ")
    if len(formatted) > PHONE_LENGTH:
        raise ValueError(f"Слишком длинный номер. {PHONE_EXPECTED}")
    return formatted


LOOKS_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l"})


def login_key(login: str) -> str:
    """Two logins with one key are taken for each other on paper: «ivan0v» and «ivanov», «petrov1» and «petrovl»."""
    return login.strip().lower().translate(LOOKS_ALIKE).replace("rn", "m").replace("vv", "w")


def normalise_email(text: str) -> str:
    """Electronic address in lower case: no mail service of a school tells addresses apart by case."""
    try:
        address = validate_email(text.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        raise ValueError("Ожидается адрес электронной почты, например ivanova@school.ru.")
    if len(address) > EMAIL_LENGTH:
        raise ValueError(f"Слишком длинный адрес: ожидается не больше {EMAIL_LENGTH} знаков.")
    return address


def normalise_time_zone(text: str) -> str:
    """The name of a time zone of Russia in the world's base of them (`RUSSIAN_ZONES`)."""
    name = text.strip()
    found = next((zone for zone, title in RUSSIAN_ZONES.items() if name in (zone, title)), None)
    if found is None:
        raise ValueError("Ожидается часовой пояс России из списка, например Asia/Sakhalin.")
    return found


def normalise_school_code(text: str) -> str:
    """A school's code. Schools, ОКТМО and «region» share one name space, so a school may not look like those."""
    value = DASHES.sub("-", text.strip()).upper()
    if not SCHOOL_CODE.fullmatch(value) or OKTMO.fullmatch(value) or value == "REGION":
        raise ValueError(
            "Ожидается код школы: от 2 до 16 латинских букв и цифр, например 650123; "
            "восемь цифр подряд заняты под ОКТМО, слово region — под область."
        )
    return value


def normalise_oktmo(text: str) -> str:
    """ОКТМО of a municipality, 8 digits."""
    return _digits(text, 8, "Ожидается ОКТМО муниципального образования: 8 цифр, например 64754000.")


def check_birth_date(day: date, today: date) -> date:
    """A date on which a living person may have been born."""
    if day > today:
        raise ValueError(f"Дата рождения {format_date(day)} ещё не наступила.")
    earliest = today.year - OLDEST_PERSON_YEARS
    if day.year < earliest:
        raise ValueError(f"Проверьте год рождения: {day.year}. Ожидается не раньше {earliest} года.")
    return day


def check_document_date(day: date, today: date, days_ahead: int = 0) -> date:
    """The date of a document or of what it orders; `days_ahead` says how far into the future it may sensibly lie."""
    if day < OLDEST_DOCUMENT:
        raise ValueError(f"Проверьте год документа: {day.year}. Ожидается не раньше {OLDEST_DOCUMENT.year} года.")
    if day > today and not days_ahead:
        raise ValueError(f"Дата документа {format_date(day)} ещё не наступила.")
    latest = today + timedelta(days=days_ahead)
    if day > latest:
        raise ValueError(f"Проверьте дату {format_date(day)}: ожидается не позже {format_date(latest)}.")
    return day


def check_coming_date(day: date, today: date) -> date:
    """A date that may have been named ahead: of a hiring, a dismissal, an appointment."""
    return check_document_date(day, today, YEAR_AHEAD)
