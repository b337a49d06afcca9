"""Made-up numbers of documents: valid by their checksums, but from ranges that are never issued, so nobody's own."""

from itertools import count

from stdnum.ru import inn, ogrn

from app.models.values import snils_check_digits

# Neither СНИЛС beginning with 9 nor a tax office 6599 exists; the telephones share one made-up prefix.
SNILS_FROM = 900_000_000
SNILS_ROOM = 99_999_989  # a prime: stepping through it in long strides meets every number once
STRIDE = 48_271_021
TAX_OFFICE = "6599"
CERTIFICATES = ("I", "II", "III", "IV", "V")
SERIES = ("ФС", "СХ", "ФЖ")
PHONES = 10_000_000


class Numbers:
    """Numbers of one region, each given out once. The same start gives the same numbers."""

    def __init__(self, seed: int) -> None:
        self._start = seed * 7919
        self._persons, self._phones, self._certificates = count(), count(), count()
        self._taxpayers, self._organisations = count(1), count(1)

    def snils(self) -> str:
        digits = str(SNILS_FROM + (self._start + next(self._persons) * STRIDE) % SNILS_ROOM)
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]} {snils_check_digits(digits)}"

    def phone(self) -> str:
        digits = f"{(self._start + next(self._phones) * 6_700_417) % PHONES:07}"
        return f"+7 900 {digits[:3]}-{digits[3:5]}-{digits[5:]}"

    def birth_certificate(self) -> str:
        n = next(self._certificates)
        kind, number = divmod((self._start + n * 611_953) % 15_000_000, 1_000_000)
        numeral, series = divmod(kind, len(SERIES))
        return f"{CERTIFICATES[numeral]}-{SERIES[series]} № {number:06}"

    def personal_inn(self) -> str:
        digits = f"{TAX_OFFICE}{next(self._taxpayers):06}"
        return digits + inn.calc_personal_check_digits(digits)

    def organisation(self) -> dict[str, str]:
        """ИНН, КПП and ОГРН of one organisation."""
        n = next(self._organisations)
        taxpayer, register = f"{TAX_OFFICE}{n:05}", f"10265{n:07}"
        return {
            "inn": taxpayer + inn.calc_company_check_digit(taxpayer),
            "kpp": f"{TAX_OFFICE}01001",
            "ogrn": register + ogrn.calc_check_digit(register + "0"),
        }
