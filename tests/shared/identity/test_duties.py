"""Separation of duties (X8): whoever has a part in a thing is kept from deciding on it, and nobody else."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Refused
from shared.identity.duties import Act, Bond, Caller, Tie, acted, keep_apart, own, own_unit
from shared.identity.principals import Principal
from shared.text import Text

PAPER = Text("文件", "paper")
DRAFTED = Text("起草过", "drafted it")
ANN, BEN, UNIT, OTHER_UNIT = (UUID(int=number) for number in range(1, 5))

IDS = st.integers(1, 6).map(lambda number: UUID(int=number))
SOME = st.lists(st.none() | IDS, max_size=3)
BONDS = st.lists(
    st.builds(own, st.just(PAPER), SOME)
    | st.builds(own_unit, st.just(PAPER), SOME)
    | st.builds(acted, st.just(PAPER), st.just(DRAFTED), SOME),
    max_size=4,
)


def refusal(act: Act, caller: Caller, *bonds: Bond) -> Refused:
    with pytest.raises(Refused) as refused:
        keep_apart(act, caller, bonds)
    return refused.value


@pytest.mark.rule(id="X8")
@pytest.mark.parametrize(
    ("bond", "caller", "code", "zh", "en"),
    [
        (own(PAPER, [ANN]), Caller.of(ANN), "own", "不得签批本人的文件", "Nobody signs paper of their own"),
        (
            own_unit(PAPER, [UNIT]),
            Caller.of(ANN, units=[UNIT]),
            "own-unit",
            "不得签批本单位的文件",
            "Nobody signs the paper of their own unit",
        ),
        (
            acted(PAPER, DRAFTED, [ANN]),
            Caller.of(ANN),
            "acted-before",
            "起草过的人不得签批文件",
            "Whoever drafted it does not sign the paper",
        ),
    ],
)
def test_a_refusal_says_what_is_refused_and_which_tie_it_is(
    bond: Bond, caller: Caller, code: str, zh: str, en: str
) -> None:
    refused = refusal(Act.SIGNS, caller, bond)
    assert (refused.rule, refused.code, refused.detail) == ("X8", code, Text(zh, en))
    assert refused.errors is None


@pytest.mark.rule(id="X8")
def test_a_narrower_clause_is_named_with_x8_and_a_service_keeps_its_codes() -> None:
    bond = acted(PAPER, DRAFTED, [ANN], code="own-draft", clause="P9")
    refused = refusal(Act.SIGNS, Caller.of(ANN), bond)
    assert (refused.rule, refused.code) == ("P9", "own-draft")
    assert refused.detail.zh.endswith("（P9、X8）")
    assert refused.detail.en.endswith("(P9, X8)")
    named = refusal(Act.ENTERS, Caller.of(ANN), own(PAPER, [ANN], field="person_id"))
    assert named.errors == {"person_id": [named.detail]}


@pytest.mark.rule(id="X8")
def test_the_first_bond_that_holds_speaks() -> None:
    bonds = (own(PAPER, [BEN], code="first"), own(PAPER, [ANN], code="second"), own(PAPER, [ANN], code="third"))
    assert refusal(Act.JUDGES, Caller.of(ANN), *bonds).code == "second"


@pytest.mark.rule(id="X8")
def test_a_person_an_account_and_units_come_from_the_token() -> None:
    asking = Principal("person", account=str(ANN), person=str(BEN), units=frozenset({str(UNIT)}))
    for bond in (own(PAPER, [ANN]), own(PAPER, [BEN]), own_unit(PAPER, [UNIT])):
        refusal(Act.HANDLES, Caller.behind(asking), bond)
    keep_apart(Act.HANDLES, Caller.behind(asking), [own(PAPER, [UNIT]), own_unit(PAPER, [ANN, BEN])])
    keep_apart(Act.HANDLES, Caller.behind(Principal("service", service="post")), [own(PAPER, [None])])


@pytest.mark.rule(id="X8")
@given(st.sampled_from(list(Act)), SOME, SOME, BONDS)
def test_never_lets_the_own_through_and_never_refuses_a_stranger(
    act: Act, selves: list[UUID | None], units: list[UUID | None], bonds: list[Bond]
) -> None:
    people = {str(each) for bond in bonds if bond.tie is not Tie.OWN_UNIT for each in bond.ids}
    their_units = {str(each) for bond in bonds if bond.tie is Tie.OWN_UNIT for each in bond.ids}
    tied = any(str(each) in people for each in selves if each) or any(
        str(each) in their_units for each in units if each
    )
    caller = Caller.of(*selves, units=units)
    if tied:
        assert refusal(act, caller, *bonds).rule == "X8"
    else:
        keep_apart(act, caller, bonds)


@pytest.mark.rule(id="X8")
@given(st.sampled_from(list(Act)), IDS)
def test_an_id_as_text_is_the_same_id(act: Act, id: UUID) -> None:
    refusal(act, Caller.of(str(id)), own(PAPER, [id]))
    refusal(act, Caller.of(id), own(PAPER, [str(id)]))
    refusal(act, Caller.of(units=[id]), own_unit(PAPER, [str(id)]))


def test_every_act_reads_in_both_languages() -> None:
    for act in Act:
        assert act.label.zh
        assert act.value == f"{act.label.en}s", "as a sentence says it"
