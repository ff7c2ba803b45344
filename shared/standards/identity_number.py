"""居民身份证号, the resident identity number of GB 11643-1999 (X5).

Eighteen characters: region (6), birth date (8), serial (3, odd for men and even for women) and a check
character by ISO 7064 MOD 11-2. That code catches every single wrong character and every swap of neighbours.

The number is a secret: it is in no message, no ``repr``, no ``str`` and no chained exception of this module.
``reveal()`` is the only way to read it, so that a search for that word finds every place that does.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Self

from shared.errors import Refused

_SHAPE = re.compile(r"[1-9][0-9]{16}[0-9Xx]", re.ASCII)
_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
_CHECK_CHARACTERS = "10X98765432"
_FIRST_YEAR = 1900
_MASK = "*" * 14


class Sex(Enum):
    """The sex that the serial states: odd for men, even for women."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True)
class IdentityNumber:
    """A valid identity number. Equal where the number is equal; shows only its last four characters."""

    _number: str = field(repr=False)

    @classmethod
    def parse(cls, text: object, today: date) -> Self:
        """The number that ``text`` holds, with a final x read as X.

        ``today`` is the business date after which nobody can have been born. Refused by X5 with the code
        ``identity-number-shape`` when ``text`` is not a string of 18 ASCII characters (full-width digits,
        spaces and numbers are not), ``identity-number-birth-date`` when the birth date does not exist, lies
        before 1900 or after ``today``, ``identity-number-check-digit`` when the check character is wrong.
        """
        if not isinstance(text, str) or not _SHAPE.fullmatch(text):
            raise Refused(
                "X5",
                "身份证号须为18位：前17位为半角数字，末位为半角数字或X",
                "An identity number has 18 characters: 17 ASCII digits, then a digit or X",
                code="identity-number-shape",
                field="identity_number",
            )
        number = text.upper()
        born = _birth_date(number)
        if born is None or born.year < _FIRST_YEAR or born > today:
            raise Refused(
                "X5",
                "身份证号中的出生日期无效",
                "The birth date in the identity number is not valid",
                code="identity-number-birth-date",
                field="identity_number",
            )
        if check_character(number[:17]) != number[17]:
            raise Refused(
                "X5",
                "身份证号校验位不符，请核对",
                "The check digit of the identity number does not match",
                code="identity-number-check-digit",
                field="identity_number",
            )
        return cls(number)

    @classmethod
    def make(cls, region: str, birthday: date, serial: int) -> Self:
        """The number of that region (6 digits), birthday and serial (0–999), with its check character.

        For synthetic people; ValueError when a part has the wrong shape.
        """
        if not re.fullmatch(r"[1-9][0-9]{5}", region, re.ASCII):
            raise ValueError("a region code has six digits")
        if not 0 <= serial <= 999:
            raise ValueError("a serial has three digits")
        if birthday.year < _FIRST_YEAR:
            raise ValueError("a birthday is in 1900 or later")
        body = f"{region}{birthday:%Y%m%d}{serial:03d}"
        return cls(body + check_character(body))

    @property
    def birth_date(self) -> date:
        return date(int(self._number[6:10]), int(self._number[10:12]), int(self._number[12:14]))

    @property
    def sex(self) -> Sex:
        return Sex.MALE if int(self._number[16]) % 2 else Sex.FEMALE

    @property
    def last4(self) -> str:
        """The four characters that may be shown (X5)."""
        return self._number[14:]

    @property
    def masked(self) -> str:
        """Fourteen asterisks and the last four characters."""
        return _MASK + self.last4

    def reveal(self) -> str:
        """The whole number, for encryption and for papers that the law wants it on. Never for a log (X5)."""
        return self._number

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"IdentityNumber({self.masked})"


def check_character(body: str) -> str:
    """The 18th character for the first 17 digits, by ISO 7064 MOD 11-2."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def _birth_date(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
