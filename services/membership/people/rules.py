"""People: how a name is kept, shown and searched. A name never says who somebody is; the id does (X5)."""

import re
import unicodedata
from uuid import UUID

from shared.errors import Refused
from shared.standards.person_name import tidy

MAX_LENGTH = 50
# Dots that keyboards and systems put between the parts of a transliterated name: 阿卜杜拉·买买提.
_DOTS = re.compile(r"\s*[·•‧∙・･⋅]\s*")
_NOT_TEXT = frozenset({"Cc", "Cf", "Cs", "Co"})


def display_name(name: str) -> str:
    """The name as it is shown: "赵 进" is 赵进, a dot between parts is ·, other scripts keep one space.

    Refused: nothing left, more than 50 characters, or characters that nobody can see or that are not text.
    """
    shown = _DOTS.sub("·", tidy(name))
    if not 0 < len(shown) <= MAX_LENGTH or any(unicodedata.category(c) in _NOT_TEXT for c in shown):
        raise Refused(
            "X5",
            f"姓名不能为空，不超过{MAX_LENGTH}个字，不含不可见字符",
            f"A name has 1 to {MAX_LENGTH} characters, all of them visible",
            code="person-name",
            field="name",
        )
    return shown


def search_key(name: str) -> str:
    """What a search compares: width, case, white space and dots apart. For finding people, never for telling
    them apart: two people may share one.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"\s+", "", _DOTS.sub("", folded))


def check_consent(identity_number: str | None, consent: bool) -> None:
    """Refuse to keep an identity number without a consent of its own (X10)."""
    if identity_number is not None and not consent:
        raise Refused(
            "X10",
            "登记身份证号须另行取得本人同意",
            "An identity number is kept only with the person's separate consent",
            code="consent-needed",
            field="identity_consent",
        )


def check_new(holder: UUID | None) -> None:
    """Refuse an identity number that ``holder``, a person known already, has: a person exists once (X5)."""
    if holder is not None:
        raise Refused(
            "X5",
            "持此身份证号的人员已登记",
            "The person with this identity number is registered already",
            code="identity-number-taken",
            field="identity_number",
        )
