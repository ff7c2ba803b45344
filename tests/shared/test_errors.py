"""Problems as documents: what programs and people read of them."""

from collections.abc import Iterator

import pytest

from shared import errors
from shared.errors import Invalid, Problem, Refused, Unavailable
from shared.text import Text

STATUS = {
    "Malformed": 400,
    "Unauthenticated": 401,
    "Forbidden": 403,
    "NotFound": 404,
    "Refused": 409,
    "IdempotencyConflict": 409,
    "AnswerNotKept": 409,
    "StaleVersion": 412,
    "TooLarge": 413,
    "Invalid": 422,
    "VersionRequired": 428,
    "TooMany": 429,
    "Broken": 500,
    "Unavailable": 503,
    "DeadlineExceeded": 504,
}


def leaves() -> Iterator[type[Problem]]:
    for found in vars(errors).values():
        if isinstance(found, type) and issubclass(found, Problem) and found is not Problem:
            yield found


def test_each_kind_has_its_status_and_a_code_of_its_own() -> None:
    assert {leaf.__name__: leaf.status for leaf in leaves()} == STATUS
    assert len({leaf.code for leaf in leaves()}) == len(STATUS)


@pytest.mark.parametrize("leaf", list(leaves()), ids=lambda leaf: leaf.__name__)
def test_a_document_says_type_title_status_detail_and_code(leaf: type[Problem]) -> None:
    problem = Refused("X6", "不行", "No") if leaf is Refused else leaf("不行", "No")
    for language, detail in (("zh", "不行"), ("en", "No")):
        document = problem.as_dict(language)  # type: ignore[arg-type]
        assert document["type"] == f"urn:xiehui:problem:{leaf.code}"
        assert document["title"] == leaf.title.in_(language)  # type: ignore[arg-type]
        assert (document["status"], document["detail"], document["code"]) == (leaf.status, detail, leaf.code)
    assert leaf.title.zh != leaf.title.en


def test_what_does_not_apply_is_left_out() -> None:
    assert set(Unavailable("不在", "Away").as_dict("zh")) == {"type", "title", "status", "detail", "code"}
    full = Unavailable("不在", "Away", code="away", rule="X1", errors={}, retry_after=0).as_dict("zh")
    assert (full["code"], full["rule"], full["errors"], full["retry_after"]) == ("away", "X1", {}, 0)


def test_a_refusal_names_its_rule_and_the_field() -> None:
    refused = Refused("C5", "不及格", "Failed", code="failed", field="score")
    assert refused.as_dict("zh")["errors"] == {"score": ["不及格"]}
    assert refused.as_dict("en")["errors"] == {"score": ["Failed"]}
    assert (refused.as_dict("en")["rule"], refused.code) == ("C5", "failed")
    assert "errors" not in Refused("C5", "不及格", "Failed").as_dict("zh")


def test_the_messages_of_fields_are_in_the_language_asked_for() -> None:
    problem = Invalid("有误", "Wrong", errors={"a": [Text("甲", "A"), "plain"]})
    assert problem.as_dict("zh")["errors"] == {"a": ["甲", "plain"]}
    assert problem.as_dict("en")["errors"] == {"a": ["A", "plain"]}


def test_a_problem_is_an_exception_that_reads_in_english() -> None:
    assert str(Refused("X6", "不行", "No")) == "No"
