"""Terms of office through the bus (G3)."""

import pytest

from shared.testing.association import Association


@pytest.mark.rule(id="G3")
@pytest.mark.parametrize(
    ("on", "standing"),
    [("2021-03-01", "running"), ("2025-06-01", "may-have-expired"), ("2025-12-31", "expired")],
)
def test_the_third_term_and_how_it_stands(association: Association, on: str, standing: str) -> None:
    terms = association.call("governance", "list_terms", as_=association.person(), on=on)["items"]
    third, board = terms
    assert [(term["number"], term["standing"]) for term in terms] == [(3, standing), (1, standing)]
    assert third["name"] == {"zh": "第三届", "en": "Third term"}
    assert (third["years"], third["extension_years_at_most"], len(third["body_ids"])) == (5, 1, 3)
    assert (third["began_precision"], third["began_earliest"], third["began_latest"]) == (
        "year",
        "2020-01-01",
        "2020-12-31",
    )
    assert third["assumption"]["rule"] == board["assumption"]["rule"] == "G3"


def test_without_a_day_it_is_today(association: Association) -> None:
    association.set_clock("2026-01-05T09:00:00+08:00")
    terms = association.call("governance", "list_terms", as_=association.person())["items"]
    assert {term["standing"] for term in terms} == {"expired"}


def test_terms_are_for_those_who_have_signed_in(association: Association) -> None:
    assert association.call("governance", "list_terms").status == 401
