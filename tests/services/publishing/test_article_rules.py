"""What must happen before an article is published, and who may do it (P1, P5, X7, X8)."""

import json
from importlib.resources import files
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.publishing.articles import rules
from services.publishing.articles.rules import Article, Kind, Party, Review, State
from shared.errors import Refused
from shared.identity.duties import Act, Caller, keep_apart

UNIT, OTHER_UNIT = UUID(int=1), UUID(int=2)
AUTHOR = Party(UUID(int=11), UNIT)
COLLEAGUE = Party(UUID(int=12), UNIT)
STRANGER = Party(UUID(int=13), OTHER_UNIT)
EDITOR = Party(UUID(int=14), None)
SECOND_EDITOR = Party(UUID(int=15), None)


def passed(kind: Kind, by: Party, revision: int = 1) -> Review:
    return Review(kind, by, revision, passed=True)


def refused(kind: Kind, by: Party, note: str = "数字有误", revision: int = 1) -> Review:
    return Review(kind, by, revision, passed=False, note=note)


def kept_apart(kind: Kind, by: Party, author: Party = AUTHOR) -> None:
    keep_apart(Act.REVIEWS, Caller.of(by.person, units=[by.unit]), rules.whose_article(kind, author))


def reviewed() -> Article:
    article = Article(AUTHOR)
    for kind, by in ((Kind.EDITORIAL, EDITOR), (Kind.FACTS, COLLEAGUE), (Kind.SECRECY, EDITOR)):
        article = rules.review(article, passed(kind, by))
    return article


@pytest.mark.rule(id="P5")
def test_the_third_pass_makes_it_reviewed_and_then_it_can_be_published() -> None:
    article = Article(AUTHOR)
    seen = []
    for kind, by in ((Kind.SECRECY, COLLEAGUE), (Kind.FACTS, COLLEAGUE), (Kind.EDITORIAL, EDITOR)):
        article = rules.review(article, passed(kind, by))
        seen.append(article.state)
    assert seen == [State.SUBMITTED, State.SUBMITTED, State.REVIEWED]
    assert rules.publish(article).state is State.PUBLISHED


@pytest.mark.rule(id="P5")
@pytest.mark.parametrize("left_out", list(Kind))
def test_nothing_is_published_without_all_three(left_out: Kind) -> None:
    article = Article(AUTHOR)
    for kind, by in ((Kind.EDITORIAL, EDITOR), (Kind.FACTS, COLLEAGUE), (Kind.SECRECY, EDITOR)):
        if kind is not left_out:
            article = rules.review(article, passed(kind, by))
    assert article.missing() == (left_out,)
    with pytest.raises(Refused) as refusal:
        rules.publish(article)
    assert (refusal.value.rule, refusal.value.code) == ("P5", "not-reviewed")
    assert left_out.label.zh in refusal.value.detail.zh


@pytest.mark.rule(id="P5")
def test_a_state_that_says_reviewed_does_not_stand_in_for_a_missing_review() -> None:
    by_the_author = Review(Kind.FACTS, AUTHOR, 1, passed=True)
    forged = Article(
        AUTHOR,
        State.REVIEWED,
        reviews=(passed(Kind.EDITORIAL, EDITOR), by_the_author, passed(Kind.SECRECY, EDITOR)),
    )
    with pytest.raises(Refused, match="facts attested"):
        rules.publish(forged)


@pytest.mark.rule(id="X8")
@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("acting_for", [UNIT, OTHER_UNIT, None])
def test_an_author_reviews_nothing_of_his_own(kind: Kind, acting_for: UUID | None) -> None:
    reviewer = Party(AUTHOR.person, acting_for)
    with pytest.raises(Refused) as refusal:
        kept_apart(kind, reviewer)
    assert (refusal.value.rule, refusal.value.code) == ("X8", "own-article")
    assert kind in Article(AUTHOR, reviews=(passed(kind, reviewer),)).missing(), "and it would not count"


@pytest.mark.rule(id="P5")
@pytest.mark.parametrize("by", [STRANGER, EDITOR])
def test_facts_are_attested_by_the_authors_unit(by: Party) -> None:
    with pytest.raises(Refused) as refusal:
        rules.review(Article(AUTHOR), passed(Kind.FACTS, by))
    assert (refusal.value.rule, refusal.value.code) == ("P5", "not-the-authors-unit")


@pytest.mark.rule(id="X8")
def test_the_editorial_review_is_not_the_own_units() -> None:
    with pytest.raises(Refused) as refusal:
        kept_apart(Kind.EDITORIAL, COLLEAGUE)
    assert (refusal.value.rule, refusal.value.code) == ("X8", "own-unit")
    assert Kind.EDITORIAL in Article(AUTHOR, reviews=(passed(Kind.EDITORIAL, COLLEAGUE),)).missing()
    for kind, by in ((Kind.EDITORIAL, EDITOR), (Kind.FACTS, COLLEAGUE), (Kind.SECRECY, COLLEAGUE)):
        kept_apart(kind, by)


@pytest.mark.rule(id="P5")
def test_another_unit_does_not_see_to_trade_secrets() -> None:
    for by in (COLLEAGUE, EDITOR):
        assert rules.review(Article(AUTHOR), passed(Kind.SECRECY, by)).missing() == (Kind.EDITORIAL, Kind.FACTS)
    with pytest.raises(Refused) as refusal:
        rules.review(Article(AUTHOR), passed(Kind.SECRECY, STRANGER))
    assert (refusal.value.rule, refusal.value.code) == ("P5", "another-units-secrets")


@pytest.mark.rule(id="X8")
@pytest.mark.parametrize("by", [COLLEAGUE, STRANGER, EDITOR])
def test_an_article_is_revised_by_its_author_so_that_nobody_reviews_a_text_of_their_own(by: Party) -> None:
    with pytest.raises(Refused) as refusal:
        rules.revise(Article(AUTHOR), by)
    assert (refusal.value.rule, refusal.value.code) == ("X8", "not-the-author")


@pytest.mark.rule(id="P5")
def test_the_secretariats_own_article_is_reviewed_by_a_colleague() -> None:
    article = Article(EDITOR)
    for kind in Kind:
        kept_apart(kind, SECOND_EDITOR, EDITOR)
        article = rules.review(article, passed(kind, SECOND_EDITOR))
    assert article.state is State.REVIEWED


@pytest.mark.rule(id="P5")
def test_a_refused_review_sends_it_back_and_a_new_text_starts_over() -> None:
    article = rules.review(Article(AUTHOR), passed(Kind.EDITORIAL, EDITOR))
    article = rules.review(article, refused(Kind.FACTS, COLLEAGUE))
    assert article.state is State.REJECTED
    with pytest.raises(Refused) as refusal:
        rules.review(article, passed(Kind.SECRECY, EDITOR))
    assert refusal.value.code == "not-under-review"

    article = rules.revise(article, AUTHOR)
    assert (article.state, article.revision, article.missing()) == (State.SUBMITTED, 2, tuple(Kind))
    assert len(article.reviews) == 2


@pytest.mark.rule(id="P5")
def test_it_can_still_be_sent_back_after_all_three_passes() -> None:
    article = rules.review(reviewed(), refused(Kind.SECRECY, COLLEAGUE, "涉及报价"))
    assert article.state is State.REJECTED


@pytest.mark.rule(id="P5")
def test_a_new_text_makes_a_reviewed_article_submitted_again() -> None:
    with pytest.raises(Refused):
        rules.publish(rules.revise(reviewed(), AUTHOR))


@pytest.mark.rule(id="P5")
def test_a_review_of_another_revision_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        rules.review(rules.revise(Article(AUTHOR), AUTHOR), passed(Kind.EDITORIAL, EDITOR, revision=1))
    assert refusal.value.code == "review-of-another-revision"


@pytest.mark.rule(id="P5")
def test_the_same_review_is_not_passed_twice() -> None:
    article = rules.review(Article(AUTHOR), passed(Kind.EDITORIAL, EDITOR))
    with pytest.raises(Refused) as refusal:
        rules.review(article, passed(Kind.EDITORIAL, SECOND_EDITOR))
    assert refusal.value.code == "already-reviewed"


@pytest.mark.rule(id="P5")
@pytest.mark.parametrize("note", ["", "  \u3000", "\u200b"])
def test_sending_back_needs_a_reason(note: str) -> None:
    with pytest.raises(Refused) as refusal:
        rules.review(Article(AUTHOR), refused(Kind.FACTS, COLLEAGUE, note))
    assert refusal.value.code == "reason-needed"


@pytest.mark.rule(id="X7")
def test_a_published_article_is_retracted_with_a_reason_and_never_changed() -> None:
    article = rules.publish(reviewed())
    with pytest.raises(Refused):
        rules.revise(article, AUTHOR)
    with pytest.raises(Refused):
        rules.publish(article)
    with pytest.raises(Refused) as refusal:
        rules.retract(article, " ")
    assert refusal.value.code == "reason-needed"
    retracted = rules.retract(article, "事实有误")
    assert retracted.state is State.RETRACTED
    with pytest.raises(Refused):
        rules.retract(retracted, "事实有误")
    with pytest.raises(Refused):
        rules.publish(retracted)


@pytest.mark.rule(id="X7")
@pytest.mark.parametrize("state", [State.SUBMITTED, State.REVIEWED, State.REJECTED])
def test_what_was_never_published_is_not_retracted(state: State) -> None:
    with pytest.raises(Refused) as refusal:
        rules.retract(Article(AUTHOR, state), "事实有误")
    assert refusal.value.code == "not-published"


STEPS = st.one_of(
    st.builds(
        Review,
        kind=st.sampled_from(Kind),
        by=st.sampled_from([AUTHOR, COLLEAGUE, STRANGER, EDITOR]),
        revision=st.integers(1, 2),
        passed=st.sampled_from([True, True, True, False]),
        note=st.just("理由"),
    ),
    st.sampled_from(["revise", "publish"]),
)


@pytest.mark.rule(id="P5")
@given(st.lists(STEPS, max_size=12))
def test_whatever_is_tried_only_three_admissible_passes_of_one_text_publish(
    steps: list[Review | str],
) -> None:
    article = Article(AUTHOR)
    for step in steps:
        try:
            if isinstance(step, Review):
                article = rules.review(article, step)
            else:
                article = rules.revise(article, AUTHOR) if step == "revise" else rules.publish(article)
        except Refused:
            continue
    if article.state is State.PUBLISHED:
        of_this_text = [r for r in article.reviews if r.revision == article.revision]
        assert {r.kind for r in of_this_text} == set(Kind)
        assert all(r.passed and r.by != AUTHOR for r in of_this_text)
        assert {r.by for r in of_this_text if r.kind is Kind.FACTS} == {COLLEAGUE}
        assert {r.by for r in of_this_text if r.kind is Kind.SECRECY} <= {COLLEAGUE, EDITOR}


@pytest.mark.rule(id="P5")
@pytest.mark.parametrize(
    ("title", "body", "field"),
    [
        ("", "正文", "title"),
        ("\u200b", "正文", "title"),
        ("标题", " \n\u3000", "body"),
        ("标题", "a\0b", "body"),
        ("标题\ud800", "正文", "title"),
    ],
)
def test_an_article_needs_a_title_and_a_text_that_can_be_kept(title: str, body: str, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        rules.check_text(title, body)
    assert list(refusal.value.errors or {}) == [field]


@pytest.mark.rule(id="P1")
def test_articles_stand_in_the_three_columns_of_the_document() -> None:
    data = json.loads((files("services.publishing") / "data" / "columns.json").read_text("utf-8"))
    columns = {column["code"]: column["label"]["zh"] for column in data["columns"]}
    assert list(columns.values()) == ["行业发展", "行业专题", "协会动态"]
    rules.check_text("标题", "正文")
    for code in columns:
        rules.check_column(code, columns)
    with pytest.raises(Refused) as refusal:
        rules.check_column("advertising", columns)
    assert refusal.value.rule == "P1"
