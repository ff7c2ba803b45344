"""Roles that nobody has together (X4, X8)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.membership.data import incompatible_roles, role_labels
from services.membership.roles.rules import Incompatibilities, Incompatible, check_compatible
from shared.errors import Refused
from shared.text import Text

DAY = date(2021, 3, 1)
LABELS = role_labels()
ROLES = st.sets(st.sampled_from(sorted(LABELS)))
LEDGER, AUDIT = {"cashier", "accountant"}, {"cashier", "inspector"}


def check(wanted: set[str], day: date = DAY) -> None:
    check_compatible(wanted, incompatible_roles(), day, LABELS)


@pytest.mark.rule(id="X8")
@given(ROLES)
def test_the_cashier_keeps_no_ledger_and_does_not_audit_and_nobody_else_is_refused(wanted: set[str]) -> None:
    if wanted >= LEDGER or wanted >= AUDIT:
        with pytest.raises(Refused) as refused:
            check(wanted)
        assert (refused.value.rule, refused.value.code) == ("X8", "incompatible-roles")
        assert "出纳" in refused.value.detail.zh
        assert set(refused.value.errors or {}) == {"roles"}
    else:
        check(wanted)


@pytest.mark.rule(id="X4")
def test_the_version_of_the_day_counts() -> None:
    (first,) = incompatible_roles()
    pair = Incompatible(frozenset({"editor", "clerk"}), Text("假设", "assumed"))
    later = Incompatibilities("next", date(2022, 1, 1), (pair,))
    for day, refused in ((date(2021, 12, 31), LEDGER), (date(2022, 1, 1), {"editor", "clerk"})):
        for wanted in (LEDGER, {"editor", "clerk"}):
            if wanted == refused:
                with pytest.raises(Refused):
                    check_compatible(wanted, [first, later], day, LABELS)
            else:
                check_compatible(wanted, [first, later], day, LABELS)


def test_the_data_names_roles_there_are_and_clauses() -> None:
    for version in incompatible_roles():
        for pair in version.pairs:
            assert pair.roles <= set(LABELS)
            assert pair.clause.zh
            assert pair.clause.en
    with pytest.raises(ValueError, match="two roles"):
        Incompatible(frozenset({"cashier"}), Text("一", "one"))
