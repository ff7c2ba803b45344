"""Which body decides which matter (G1), by a small matrix and by the association's own."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.governance.bodies.rules import Kind
from services.governance.data.matrix import matters
from services.governance.matters.rules import Matter, check_matter
from shared.errors import Refused
from shared.text import Text

ADOPTED = date(2021, 3, 1)
BY_CODE = {matter.code: matter for matter in matters()}
VOTING = ("assembly", "council", "standing-council", "supervisory-board")


def a_matter(version: int, *bodies: Kind, since: date | None = None) -> Matter:
    return Matter(
        UUID(int=version), "seal", Text("印章", "Seals"), bodies, Text("第一条", "Article 1"), in_force_from=since
    )


@pytest.mark.rule(id="G1")
@pytest.mark.parametrize("day", [date(2021, 1, 18), ADOPTED, date(2030, 1, 1)])
@pytest.mark.parametrize("code", ["dues-standard", "charter"])
def test_dues_and_charter_are_the_assemblys_and_never_the_councils(code: str, day: date) -> None:
    assert check_matter(code, "assembly", matters(), day) == BY_CODE[code]
    for body in VOTING[1:]:
        with pytest.raises(Refused) as refused:
            check_matter(code, body, matters(), day)
        assert (refused.value.rule, refused.value.code) == ("G1", "wrong-body")


@pytest.mark.rule(id="G1")
def test_the_refusal_names_the_right_body_and_the_clause_in_both_languages() -> None:
    with pytest.raises(Refused) as refused:
        check_matter("dues-standard", "council", matters(), ADOPTED)
    assert refused.value.detail == (
        "“会费标准”由会员代表大会决定（附件2《会员代表大会制度》一（四）），不得提交理事会",
        "This is decided by the assembly (Annex 2, Assembly, article 1 (4)), not by the council: The dues standard",
    )


@pytest.mark.rule(id="G10")
def test_either_council_decides_on_heads_of_bodies_and_nobody_else() -> None:
    for body in ("council", "standing-council"):
        assert check_matter("heads-of-bodies", body, matters(), ADOPTED).code == "heads-of-bodies"
    with pytest.raises(Refused) as refused:
        check_matter("heads-of-bodies", "assembly", matters(), ADOPTED)
    assert "理事会或常务理事会" in refused.value.detail.zh
    assert "council or the standing council" in refused.value.detail.en


@pytest.mark.rule(id="F4")
@pytest.mark.parametrize("code", ["large-expenditure", "presidents-expenditure"])
def test_large_expenditure_is_the_standing_councils(code: str) -> None:
    assert check_matter(code, "standing-council", matters(), ADOPTED).payload == "expenditure"
    with pytest.raises(Refused) as refused:
        check_matter(code, "council", matters(), ADOPTED)
    assert "常务理事会" in refused.value.detail.zh


@pytest.mark.rule(id="G15")
@pytest.mark.parametrize("body", ["party-branch", "secretariat", "working-body", "nobody", ""])
def test_bodies_without_powers_decide_nothing(body: str) -> None:
    for code in BY_CODE:
        with pytest.raises(Refused) as refused:
            check_matter(code, body, matters(), ADOPTED)
        assert refused.value.rule == "G1"


@pytest.mark.rule(id="G1")
def test_a_matter_outside_the_matrix_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        check_matter("weather", "assembly", matters(), ADOPTED)
    assert (refused.value.rule, refused.value.code) == ("G1", "matter-unknown")


@pytest.mark.rule(id="X9")
def test_the_powers_of_annex_2_begin_with_its_adoption() -> None:
    check_matter("large-expenditure", "standing-council", matters(), ADOPTED)
    with pytest.raises(Refused) as refused:
        check_matter("large-expenditure", "standing-council", matters(), ADOPTED - timedelta(days=1))
    assert (refused.value.rule, refused.value.code) == ("X9", "matter-not-in-force")
    assert "2021-03-01" in refused.value.detail.zh
    assert "2021-03-01" in refused.value.detail.en


@pytest.mark.rule(id="X4")
def test_a_new_version_moves_a_matter_from_its_first_day_on() -> None:
    versions = [a_matter(1, Kind.COUNCIL), a_matter(2, Kind.STANDING_COUNCIL, since=ADOPTED)]
    before, after = ADOPTED - timedelta(days=1), ADOPTED
    assert check_matter("seal", "council", versions, before).version == UUID(int=1)
    assert check_matter("seal", "standing-council", versions, after).version == UUID(int=2)
    for body, day in (("standing-council", before), ("council", after)):
        with pytest.raises(Refused):
            check_matter("seal", body, versions, day)


@pytest.mark.rule(id="G1")
@given(st.sampled_from(sorted(BY_CODE)), st.sampled_from(VOTING))
def test_a_body_decides_exactly_what_the_matrix_gives_it(code: str, body: str) -> None:
    if body in BY_CODE[code].decided_by:
        assert check_matter(code, body, matters(), ADOPTED) == BY_CODE[code]
        return
    with pytest.raises(Refused) as refused:
        check_matter(code, body, matters(), ADOPTED)
    assert all(kind.label.zh in refused.value.detail.zh for kind in BY_CODE[code].decided_by)
