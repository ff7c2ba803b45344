"""What the founding document and the national rules give, read from the JSON beside this file.

Each file names its source, and its note says what the source does not state. A new version is a new entry in
its list with a later ``effective_from``; rules receive the version in force as an argument (X4).
"""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from services.certification.batches.rules import PassRate
from services.certification.catalogue.rules import (
    Accreditation,
    Catalogue,
    Level,
    Occupation,
    Qualification,
    WorkType,
)
from services.certification.certificates.rules import NumberPart, NumberPattern
from services.certification.examinations.rules import PassMarks, ResitPeriod
from services.certification.results.rules import PublicityPeriod
from shared.effective import in_force
from shared.personal.terms import load
from shared.text import Text

Document = dict[str, Any]


@dataclass(frozen=True)
class HistoricBatch:
    """A batch as the documents tell it: when it was held, what it examined, how it ended per occupation."""

    title: Text
    examination_days: tuple[date, ...]
    posted_on: date
    certified_on: date
    scope: frozenset[Qualification]
    results: dict[str, PassRate]


def _read(name: str) -> Document:
    document: Document = json.loads(files(__name__).joinpath(name).read_text("utf-8"))
    return document


def _text(entry: Document) -> Text:
    return Text(entry["zh"], entry["en"])


def _version(entry: Document) -> Document:
    return {
        "version": entry["version"],
        "effective_from": date.fromisoformat(entry["effective_from"]),
        "clause": entry["clause"],
        "assumption": entry["assumption"],
    }


def _occupation(entry: Document) -> Occupation:
    work_types = tuple(WorkType(item["code"], _text(item["name"])) for item in entry["work_types"])
    return Occupation(entry["code"], _text(entry["name"]), tuple(entry["also"]), work_types)


def _catalogue(entry: Document) -> Catalogue:
    return Catalogue(
        **_version(entry),
        occupations=tuple(map(_occupation, entry["occupations"])),
        levels=tuple(Level(item["number"], _text(item["name"])) for item in entry["levels"]),
        work_types_stated=entry["work_types_stated"],
    )


def _accreditation(entry: Document) -> Accreditation:
    expires_on, levels = entry["expires_on"], entry["levels"]
    return Accreditation(
        **_version(entry),
        expires_on=None if expires_on is None else date.fromisoformat(expires_on),
        occupations=frozenset(entry["occupations"]),
        levels=None if levels is None else frozenset(levels),
    )


def _pass_marks(entry: Document) -> PassMarks:
    return PassMarks(
        **_version(entry),
        theory=Decimal(entry["theory"]),
        practical=Decimal(entry["practical"]),
        review=Decimal(entry["review"]),
        review_levels=frozenset(entry["review_levels"]),
        review_panel_minimum=entry["review_panel_minimum"],
    )


def _publicity_period(entry: Document) -> PublicityPeriod:
    return PublicityPeriod(
        **_version(entry),
        working_days=entry["working_days"],
        posting_day_counts=entry["posting_day_counts"],
    )


def _number_pattern(entry: Document) -> NumberPattern:
    return NumberPattern(
        **_version(entry),
        parts=tuple(NumberPart(**part) for part in entry["parts"]),
        site=entry["site"],
        levels=tuple(entry["levels"]),
    )


def _historic_batch(document: Document) -> HistoricBatch:
    return HistoricBatch(
        title=_text(document["title"]),
        examination_days=tuple(map(date.fromisoformat, document["examination_days"])),
        posted_on=date.fromisoformat(document["posted_on"]),
        certified_on=date.fromisoformat(document["certified_on"]),
        scope=frozenset(Qualification(**item) for item in document["scope"]),
        results={code: PassRate(**counts) for code, counts in document["results"].items()},
    )


@dataclass(frozen=True)
class Issuer:
    """Who stands on a certificate: the accredited association, and its centre that does the work."""

    issuer: Text
    centre: Text


def _issuer(document: Document) -> Issuer:
    return Issuer(_text(document["issuer"]), _text(document["centre"]))


_EXAMINATION = _read("examination.json")

CATALOGUES: Final = tuple(map(_catalogue, _read("catalogue.json")["catalogues"]))
ACCREDITATIONS: Final = tuple(map(_accreditation, _read("accreditation.json")["accreditations"]))
PASS_MARKS: Final = tuple(map(_pass_marks, _EXAMINATION["pass_marks"]))
RESIT_PERIODS: Final = tuple(
    ResitPeriod(**_version(entry), months=entry["months"]) for entry in _EXAMINATION["resit_periods"]
)
PUBLICITY_PERIODS: Final = tuple(map(_publicity_period, _read("publicity.json")["publicity_periods"]))
NUMBER_PATTERNS: Final = tuple(map(_number_pattern, _read("certificate_number.json")["patterns"]))
BATCH_2020: Final = _historic_batch(_read("batch_2020.json"))
PERSONAL_DATA: Final = load(Path(str(files(__name__).joinpath("personal_data.json"))))
ISSUER: Final = _issuer(_read("issuer.json"))


def catalogue(day: date) -> Catalogue:
    """The catalogue in force on ``day`` (C1)."""
    return in_force(CATALOGUES, day, Text("职业目录", "occupations"))


def accreditation(day: date) -> Accreditation:
    """What the authority lets us examine on ``day`` (C1)."""
    return in_force(ACCREDITATIONS, day, Text("备案资格", "accreditations"))


def pass_marks(day: date) -> PassMarks:
    """The pass marks for what is sat on ``day`` (C5)."""
    return in_force(PASS_MARKS, day, Text("合格线", "pass marks"))


def publicity_period(day: date) -> PublicityPeriod:
    """How long a notice posted on ``day`` stands (C6)."""
    return in_force(PUBLICITY_PERIODS, day, Text("公示期限", "publicity periods"))


def number_pattern(day: date) -> NumberPattern:
    """How a certificate issued on ``day`` is numbered (C7)."""
    return in_force(NUMBER_PATTERNS, day, Text("证书编号规则", "certificate numbers"))
