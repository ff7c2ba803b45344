"""Certificate numbers, when a certificate may be issued, and what a check of one tells (C7, X5, X12)."""

import re
from collections.abc import Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Self

from services.certification.batches.rules import STATE_NAMES, BatchState
from services.certification.results.rules import Standing
from services.certification.versions import Versioned
from shared.errors import NotFound, Refused
from shared.standards.person_name import same_name, tidy
from shared.text import Text

_CENTURY: Final = 2000
_FILLED: Final = ("site", "year", "level", "serial")


@dataclass(frozen=True)
class NumberPart:
    """A piece of the number: ``value`` where it is fixed, else ``width`` digits filled in by ``kind``.

    ``kind`` is site, year, level or serial for what is filled in; a fixed piece is called as the data likes.
    """

    kind: str
    width: int
    value: str | None
    meaning: str


@dataclass(frozen=True, kw_only=True)
class NumberPattern(Versioned):
    """证书编号规则: the parts from left to right, our site, and the digits that stand for a level.

    ValueError when a part is missing or twice, or when a fixed part does not have its width.
    """

    parts: tuple[NumberPart, ...]
    site: str
    levels: tuple[int, ...]

    def __post_init__(self) -> None:
        filled = sorted(part.kind for part in self.parts if part.value is None)
        if filled != sorted(_FILLED):
            raise ValueError("a number has one site, year, level and serial")
        if any(part.value is not None and len(part.value) != part.width for part in self.parts):
            raise ValueError("a fixed part is as long as its width")
        if len(self.site) != self._width("site") or not self.site.isascii() or not self.site.isdigit():
            raise ValueError("the site has the digits of its part")

    @property
    def length(self) -> int:
        """Characters in all: 22."""
        return sum(part.width for part in self.parts)

    @property
    def last_serial(self) -> int:
        return int(10 ** self._width("serial")) - 1

    def _width(self, kind: str) -> int:
        return next(part.width for part in self.parts if part.kind == kind)


@dataclass(frozen=True)
class CertificateNumber:
    """A number of ours. ``year`` is the four-digit year of issue, ``serial`` counts within year and level."""

    site: str
    year: int
    level: int
    serial: int
    text: str

    @classmethod
    def build(cls, pattern: NumberPattern, *, year: int, level: int, serial: int) -> Self:
        """The number of the ``serial``-th certificate of ``level`` in ``year`` at our site.

        Refused by C7 for a serial outside 1 to the last; ValueError for a year before 2000 or after 2099 or a
        level that the pattern has no digit for.
        """
        if not _CENTURY <= year < _CENTURY + 100:
            raise ValueError("the number holds years from 2000 to 2099")
        if level not in pattern.levels:
            raise ValueError("the number has no digit for this level")
        if not 1 <= serial <= pattern.last_serial:
            raise Refused(
                "C7",
                f"证书流水号须在1至{pattern.last_serial}之间",
                f"A serial is between 1 and {pattern.last_serial}",
                code="serial-range",
            )
        filled = {"site": int(pattern.site), "year": year - _CENTURY, "level": level, "serial": serial}
        text = "".join(
            part.value if part.value is not None else f"{filled[part.kind]:0{part.width}d}" for part in pattern.parts
        )
        return cls(pattern.site, year, level, serial, text)

    @classmethod
    def parse(cls, pattern: NumberPattern, text: str) -> Self:
        """The number that ``text`` is, exactly. Refused by C7 when it is none of our site's."""
        match = _regex(pattern).fullmatch(text)
        if match is None or match["site"] != pattern.site:
            raise _not_ours()
        level, serial = int(match["level"]), int(match["serial"])
        if level not in pattern.levels or serial == 0:
            raise _not_ours()
        return cls(match["site"], _CENTURY + int(match["year"]), level, serial, text)

    def __str__(self) -> str:
        return self.text


def not_found(pattern: NumberPattern, text: str) -> NotFound:
    """What to say of the canonical ``text`` when no certificate bears that number."""
    check = check_number(pattern, text)
    if check is NumberCheck.OURS:
        return NotFound(
            "查无此证书，请核对证书编号",
            "There is no such certificate; compare the number",
            code="certificate-unknown",
        )
    return NotFound(CHECK_NAMES[check].zh, CHECK_NAMES[check].en, code=f"certificate-{check.value}")


def check_printable(revoked_on: date | None, missing: Set[str], *, erased: bool = False) -> None:
    """Refuse by C7 to print a revoked certificate, and one that would show boxes for ``missing`` characters; by X11
    one whose holder's personal data were ``erased``."""
    if revoked_on is not None:
        raise Refused("C7", "该证书已注销，不再制证", "The certificate is revoked and not printed", code="revoked")
    if erased:
        raise Refused(
            "X11",
            "持证人的个人信息保存期满已删除，不再制证；证书仍可按编号查验",
            "The holder's personal data were erased in their time: it is not printed, but can be checked by number",
            code="holder-erased",
        )
    if missing:
        raise Refused(
            "C7",
            "姓名中有字库未收的字，请人工制证",
            "The name has characters that our typefaces lack; make this one by hand",
            code="missing-glyphs",
        )


def check_site(pattern: NumberPattern, site: str) -> None:
    """Refuse by C7 a site other than ours: the authority numbers sites, and certificates bear the number."""
    if site != pattern.site:
        raise Refused(
            "C7",
            f"站点代码须为本中心的 {pattern.site}",
            f"The site is ours, {pattern.site}",
            code="site",
            field="site",
        )


def check_revocable(revoked_on: date | None, reason: str) -> None:
    """Refuse by X7 to revoke a certificate twice or without a reason."""
    if revoked_on is not None:
        raise Refused("X7", "该证书已注销", "The certificate is revoked already", code="revoked-already")
    if not reason.strip():
        raise Refused("X7", "注销须说明理由", "Say why it is revoked", code="reason-required", field="reason")


class NumberCheck(StrEnum):
    """What a typed number is, before anybody looks for its certificate."""

    OURS = "ours"
    ELSEWHERE = "elsewhere"
    MALFORMED = "malformed"


CHECK_NAMES: Final[dict[NumberCheck, Text]] = {
    NumberCheck.OURS: Text("符合本中心证书编号规则", "The number follows our rule"),
    NumberCheck.ELSEWHERE: Text(
        "不是本中心颁发的证书，请向颁发机构查询", "Not a certificate of ours; ask the body that issued it"
    ),
    NumberCheck.MALFORMED: Text("证书编号格式有误，请核对", "This is not a certificate number; check it"),
}


def as_typed(text: str) -> str:
    """A number as people type or paste it, made canonical: no white space, S in upper case."""
    return "".join(text.split()).upper()


def check_number(pattern: NumberPattern, text: str) -> NumberCheck:
    """Whether the canonical ``text`` has the form of our numbers, of another body's, or of none."""
    try:
        CertificateNumber.parse(pattern, text)
    except Refused:
        shape = "".join(
            f"{'[A-Z]' if part.value is not None and part.value.isalpha() else '[0-9]'}{{{part.width}}}"
            for part in pattern.parts
        )
        elsewhere = re.fullmatch(shape, text) and not _says_ours(pattern, text)
        return NumberCheck.ELSEWHERE if elsewhere else NumberCheck.MALFORMED
    return NumberCheck.OURS


def check_may_issue(*, passed: bool, standing: Standing, batch: BatchState) -> None:
    """Refuse by C7 to issue unless passed, clear of the public notice, and reported."""
    if not passed:
        raise Refused("C7", "考核未通过，不予发证", "Not passed; no certificate", code="not-passed")
    if standing is Standing.FROZEN:
        raise Refused(
            "C7",
            "公示期间有异议尚未处理，暂不发证",
            "An objection is undecided; no certificate yet",
            code="objection-open",
        )
    if standing is Standing.VOID:
        raise Refused("C7", "异议成立，成绩已作废，不予发证", "The result is void; no certificate", code="result-void")
    if standing is not Standing.CLEAR:
        raise Refused("C7", "公示尚未期满，不能发证", "The notice still stands", code="publicity-running")
    if batch not in (BatchState.RESULTS_REPORTED, BatchState.CERTIFIED):
        here = STATE_NAMES[batch]
        raise Refused(
            "C7",
            f"批次现为“{here.zh}”，结果上报后方可发证",
            f"The batch is {here.en}; certificates follow the report of its results",
            code="not-reported",
        )


class Validity(StrEnum):
    """有效 or 已注销: what a certificate is worth today."""

    VALID = "valid"
    REVOKED = "revoked"


@dataclass(frozen=True)
class CertificateFacts:
    """What stands in our books about one certificate. Names are those shown, not codes."""

    number: str
    holder: str
    occupation: str
    work_type: str | None
    level: str
    issued_on: date
    revoked_on: date | None = None


@dataclass(frozen=True)
class Verification:
    """What a check tells. By number alone the last three are None, whatever the certificate says (X12).

    ``name_matches`` is None where no name was typed in.
    """

    number: str
    validity: Validity
    occupation: str
    level: str
    name_matches: bool | None
    name: str | None
    work_type: str | None
    issued_on: date | None


def verify(facts: CertificateFacts, *, name_typed: str | None = None, qr_token_holds: bool = False) -> Verification:
    """The answer to a check of ``facts``.

    Validity, occupation and level by number alone; the holder's name, work type and day of issue only with
    the token of the printed QR code, or with the name typed in exactly, white space apart (C7, X5). A wrong
    name is told that it is wrong and nothing else.
    """
    typed = tidy(name_typed) if name_typed else ""
    matches = same_name(typed, facts.holder) if typed else None
    known = qr_token_holds or bool(matches)
    return Verification(
        number=facts.number,
        validity=Validity.VALID if facts.revoked_on is None else Validity.REVOKED,
        occupation=facts.occupation,
        level=facts.level,
        name_matches=matches,
        name=facts.holder if known else None,
        work_type=facts.work_type if known else None,
        issued_on=facts.issued_on if known else None,
    )


def _regex(pattern: NumberPattern) -> re.Pattern[str]:
    return re.compile(
        "".join(
            re.escape(part.value) if part.value is not None else f"(?P<{part.kind}>[0-9]{{{part.width}}})"
            for part in pattern.parts
        ),
        re.ASCII,
    )


def _says_ours(pattern: NumberPattern, text: str) -> bool:
    match = _regex(pattern).fullmatch(text)
    return match is not None and match["site"] == pattern.site


def _not_ours() -> Refused:
    return Refused(
        "C7",
        "不是本中心的证书编号",
        "Not a certificate number of ours",
        code="certificate-number",
        field="number",
    )
