"""The pact 自律公约: versions in order, signed by a unit through who represents it, once each (M12)."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from services.membership.representatives.rules import Term
from shared.errors import Refused


def check_version(adopted_on: date, effective_from: date, latest: date | None, today: date) -> None:
    """Refuse (M12) a version adopted in the future, in force before it was adopted, or not after the one before."""
    if adopted_on > today or effective_from < adopted_on:
        raise Refused(
            "M12",
            "公约不能在通过之前施行，通过日期不能晚于今天",
            "A pact is not in force before it was adopted, and was not adopted later than today",
            code="pact-days",
            field="effective_from",
        )
    if latest is not None and effective_from <= latest:
        raise Refused(
            "M12",
            f"已有{latest}起施行的公约，新版本须晚于它",
            f"There is a version in force from {latest}: a new one begins later",
            code="pact-order",
            field="effective_from",
        )


def check_signing(signed_on: date, adopted_on: date, today: date, terms: Iterable[Term], signed: UUID | None) -> None:
    """Refuse (M12) a signature before the pact was adopted or in the future, by somebody who does not represent the
    unit that day, or beside one that stands. ``terms`` are those in which the person represents the unit."""
    if not adopted_on <= signed_on <= today:
        raise Refused(
            "M12",
            "签署日期须在公约通过之后，不晚于今天",
            "A pact is signed from the day it was adopted, and not later than today",
            code="signing-day",
            field="signed_on",
        )
    if not any(term.covers(signed_on) for term in terms):
        raise Refused(
            "M12",
            "签署人在该日不是该单位代表",
            "Who signs does not represent the unit on that day",
            code="not-a-representative",
            field="person_id",
        )
    if signed is not None:
        raise Refused("M12", "该单位已签署此版公约", "The unit has signed this version", code="pact-signed")


def check_withdrawal(withdrawn_on: date, signed_on: date, today: date, withdrawn_before: date | None) -> None:
    """Refuse (M12) to withdraw a signature twice, before it was given, or in the future."""
    if withdrawn_before is not None:
        raise Refused("M12", "该签署已撤回", "The signature was withdrawn", code="signature-withdrawn")
    if not signed_on <= withdrawn_on <= today:
        raise Refused(
            "M12",
            "撤回日期须在签署之后，不晚于今天",
            "A signature is withdrawn after it was given, and not later than today",
            code="withdrawal-day",
            field="withdrawn_on",
        )
