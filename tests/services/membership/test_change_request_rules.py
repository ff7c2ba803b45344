"""Changes that a unit proposes about itself (M1, X8)."""

from uuid import UUID

import pytest

from services.membership.change_requests import rules
from services.membership.change_requests.rules import State
from shared.errors import Refused
from shared.identity.duties import Act, Caller, keep_apart

UNIT: dict[str, str | None] = {"name": "汾河信息公司", "short_name": None, "credit_code": None, "place": "140100"}
THE_UNIT, PROPOSER, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize("wanted", [{}, {"name": "汾河信息公司"}, {"short_name": None, "place": "140100"}])
def test_a_proposal_changes_something(wanted: dict[str, str | None]) -> None:
    with pytest.raises(Refused) as refused:
        rules.check_proposal(UNIT, wanted, None)
    assert (refused.value.rule, refused.value.code) == ("M1", "nothing-changes")
    rules.check_proposal(UNIT, {**wanted, "place": "140200"}, None)


@pytest.mark.rule(id="M1")
def test_one_request_at_a_time() -> None:
    with pytest.raises(Refused) as refused:
        rules.check_proposal(UNIT, {"place": "140200"}, UUID(int=7))
    assert (refused.value.rule, refused.value.code) == ("M1", "request-open")


@pytest.mark.rule(id="M1")
@pytest.mark.parametrize("state", [state for state in State if state is not State.OPEN])
def test_a_request_is_settled_once(state: State) -> None:
    rules.check_open(State.OPEN)
    with pytest.raises(Refused) as refused:
        rules.check_open(state)
    assert (refused.value.rule, refused.value.code) == ("M1", "request-settled")


@pytest.mark.rule(id="X8")
def test_neither_the_units_people_nor_the_proposer_decide() -> None:
    bonds = rules.whose_request(THE_UNIT, [PROPOSER])
    keep_apart(Act.APPROVES, Caller.of(OTHER, units=[UUID(int=9)]), bonds)
    for caller, code in ((Caller.of(OTHER, units=[THE_UNIT]), "own-unit"), (Caller.of(PROPOSER), "proposed-before")):
        with pytest.raises(Refused) as refused:
            keep_apart(Act.APPROVES, caller, bonds)
        assert (refused.value.rule, refused.value.code) == ("X8", code)
