"""Articles through the bus, from submission to retraction (P1, P5, X5, X7, X8)."""

import uuid

import pytest

from services.publishing.service import PublishingService
from shared.api.administration import Administration
from shared.api.operations import operations_of
from shared.identity.principals import issue_access
from shared.testing.association import Person

OPERATIONS = {
    name: spec
    for name, spec in operations_of(PublishingService).items()
    if not spec.permission.startswith("administration.") and not hasattr(Administration, name)
}


def arguments_of(name):
    """Arguments that are well formed, so that only the right to call is in question."""
    text = {"title": "题", "body": "正文", "column": "association_news"}
    own = {
        "submit_article": text,
        "revise_article": text,
        "review_article": {"kind": "secrecy", "revision": 1, "passed": True},
        "retract_article": {"reason": "误"},
        "place_article": {"article_id": uuid.uuid4()},
    }
    return {parameter: uuid.uuid4() for parameter in OPERATIONS[name].parameters} | own.get(name, {})


# --- submitting ----------------------------------------------------------------------------------------------


@pytest.mark.rule(id="P5")
def test_an_article_is_submitted_in_the_name_of_whoever_is_signed_in(newsroom):
    article = newsroom.submit()
    assert (article.status, article.etag) == (201, '"1"')
    assert (article["author_id"], article["unit_id"]) == (newsroom.author.person, newsroom.unit)
    assert (article["state"], article["revision"], article["characters"]) == ("submitted", 1, 1450)
    assert article["missing_reviews"] == ["editorial", "facts", "secrecy"]
    assert article["submitted_at"].startswith("2021-02-01T09:0")
    assert (article["fee"], article["published_at"], article["reviews"]) == (None, None, [])


def test_the_author_is_not_for_the_sender_to_say(newsroom):
    articles = newsroom.count("articles")
    answer = newsroom.submit(author_id=str(uuid.uuid4()))
    assert newsroom.refused(answer, 422) == (None, "invalid")
    assert list(answer.problem["errors"]) == ["author_id"]
    assert newsroom.count("articles") == articles


@pytest.mark.parametrize(
    ("changed", "status", "rule", "field"),
    [
        ({"title": " \u3000"}, 409, "P5", "title"),
        ({"body": "\u200b"}, 409, "P5", "body"),
        ({"body": "稿\0"}, 422, None, "body"),
        ({"title": "长" * 201}, 422, None, "title"),
        ({"body": "长" * 100_001}, 422, None, "body"),
        ({"column": "advertising"}, 422, None, "column"),
        ({"title": None}, 422, None, "title"),
    ],
)
def test_a_text_that_is_none_is_refused_and_nothing_is_kept(newsroom, changed, status, rule, field):
    articles = newsroom.count("articles")
    answer = newsroom.submit(**changed)
    assert newsroom.refused(answer, status)[0] == rule
    assert list(answer.problem["errors"]) == [field]
    assert newsroom.count("articles") == articles


def test_the_same_key_submits_one_article(newsroom):
    key = str(uuid.uuid4())
    first, again = newsroom.submit(key=key), newsroom.submit(key=key)
    assert (again.status, again.body, again.etag) == (first.status, first.body, first.etag)
    assert len(newsroom.do("list_articles", newsroom.author)["items"]) == 1
    other = newsroom.submit(title="另一篇", key=key)
    assert newsroom.refused(other) == (None, "idempotency-conflict")
    assert newsroom.submit(newsroom.colleague, key=key)["id"] != first["id"]


def test_a_refused_submission_leaves_its_key_free(newsroom):
    key = str(uuid.uuid4())
    assert newsroom.submit(title=" ", key=key).status == 409
    assert newsroom.submit(key=key).status == 201


# --- reading -------------------------------------------------------------------------------------------------


@pytest.mark.rule(id="P5")
def test_another_units_articles_are_closed_even_when_they_came_out(newsroom):
    article = newsroom.published()
    own = newsroom.submit(newsroom.stranger)["id"]
    assert newsroom.refused(newsroom.do("get_article", newsroom.stranger, id=article), 404) == (None, "not-found")
    assert [line["id"] for line in newsroom.do("list_articles", newsroom.stranger)["items"]] == [own]
    for reader in (newsroom.author, newsroom.colleague, newsroom.editor):
        assert newsroom.do("get_article", reader, id=article)["fee"] == "150.00"
        found = newsroom.do("list_articles", reader, limit=200)["items"]
        assert article in [line["id"] for line in found]


def test_articles_are_found_by_state_and_column(newsroom):
    waiting = newsroom.submit(column="industry_focus")["id"]
    reviewed = newsroom.reviewed(column="industry_focus")
    newsroom.submit(column="industry_development")

    def ids(**asked):
        return [line["id"] for line in newsroom.do("list_articles", newsroom.author, **asked)["items"]]

    assert ids(column="industry_focus") == [reviewed, waiting]
    assert ids(column="industry_focus", state="reviewed") == [reviewed]
    assert len(ids()) == 3
    answer = newsroom.do("list_articles", newsroom.author, state="burnt")
    assert newsroom.refused(answer, 422) == (None, "invalid")


def test_articles_are_listed_page_by_page_and_newcomers_shift_nothing(newsroom):
    submitted = [newsroom.submit(title=f"第{n}篇")["id"] for n in range(5)]
    first = newsroom.do("list_articles", newsroom.author, limit=2)
    newsroom.submit(title="新来的")
    second = newsroom.do("list_articles", newsroom.author, limit=2, cursor=first["next"])
    third = newsroom.do("list_articles", newsroom.author, limit=2, cursor=second["next"])
    pages = [[line["id"] for line in page["items"]] for page in (first, second, third)]
    assert pages == [submitted[:2:-1], submitted[2:0:-1], submitted[:1]]
    assert third["next"] is None


def test_articles_are_sorted_by_title_either_way(newsroom):
    for title in ("b", "c", "a"):
        newsroom.submit(title=title)

    def titles(sort):
        return [line["title"] for line in newsroom.do("list_articles", newsroom.author, sort=sort)["items"]]

    assert (titles("title"), titles("-title")) == (["a", "b", "c"], ["c", "b", "a"])


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"limit": 0}, "limit"), ({"limit": 201}, "limit"), ({"sort": "fee"}, "sort"), ({"cursor": "abc"}, "cursor")],
)
def test_a_page_that_cannot_be_is_refused(newsroom, asked, field):
    answer = newsroom.do("list_articles", newsroom.author, **asked)
    assert newsroom.refused(answer, 422) == (None, "invalid")
    assert list(answer.problem["errors"]) == [field]


def test_an_article_that_is_not_there(newsroom):
    answer = newsroom.article(str(uuid.uuid4()))
    assert newsroom.refused(answer, 404) == (None, "not-found")
    assert answer.problem["detail"] == "没有这个稿件"


# --- revising ------------------------------------------------------------------------------------------------


def revise(newsroom, article, if_match, as_=None, **changed):
    text = {"title": "改题", "body": "改后的正文", "column": "industry_focus", **changed}
    return newsroom.do("revise_article", as_ or newsroom.author, id=article, if_match=if_match, **text)


@pytest.mark.rule(id="P5")
def test_a_revision_starts_without_reviews(newsroom):
    article = newsroom.reviewed()
    revised = revise(newsroom, article, newsroom.article(article).etag)
    assert (revised["title"], revised["characters"], revised["column"]) == ("改题", 5, "industry_focus")
    assert (revised["state"], revised["revision"]) == ("submitted", 2)
    assert revised["missing_reviews"] == ["editorial", "facts", "secrecy"]
    assert [review["revision"] for review in revised["reviews"]] == [1, 1, 1]


def test_a_revision_names_the_version_it_changes(newsroom):
    article = newsroom.submit()
    assert newsroom.refused(revise(newsroom, article["id"], None), 428) == (None, "version-required")
    assert newsroom.refused(revise(newsroom, article["id"], '"7"'), 412) == (None, "stale-version")
    assert newsroom.article(article["id"]).body == article.body
    assert revise(newsroom, article["id"], article.etag)["revision"] == 2
    assert newsroom.refused(revise(newsroom, article["id"], article.etag), 412) == (None, "stale-version")


@pytest.mark.rule(id="P5")
def test_a_verdict_makes_a_revision_begun_before_it_stale(newsroom):
    # The verdict changes no column of the article itself, and still the author must see it first.
    article = newsroom.submit()
    verdict = newsroom.review(article["id"], "secrecy", newsroom.colleague)
    assert verdict["state"] == "submitted"
    assert verdict.etag != article.etag
    assert newsroom.refused(revise(newsroom, article["id"], article.etag), 412) == (None, "stale-version")
    assert revise(newsroom, article["id"], verdict.etag).status == 200


@pytest.mark.rule(id="X8")
def test_nobody_but_its_author_revises_an_article(newsroom):
    article = newsroom.submit()
    for by in (newsroom.colleague, newsroom.editor):
        answer = revise(newsroom, article["id"], article.etag, as_=by)
        assert newsroom.refused(answer) == ("X8", "not-the-author")
    stranger = revise(newsroom, article["id"], article.etag, as_=newsroom.stranger)
    assert newsroom.refused(stranger, 404) == (None, "not-found")
    assert newsroom.article(article["id"]).body == article.body


@pytest.mark.rule(id="P5")
def test_what_came_out_is_not_revised(newsroom):
    article = newsroom.published()
    answer = revise(newsroom, article, newsroom.article(article).etag)
    assert newsroom.refused(answer) == ("P5", "article-closed")


# --- reviewing -----------------------------------------------------------------------------------------------


@pytest.mark.rule(id="P5")
def test_three_reviews_make_an_article_reviewed(newsroom):
    article = newsroom.submit()["id"]
    seen = []
    for kind, by in (
        ("facts", newsroom.colleague),
        ("secrecy", newsroom.colleague),
        ("editorial", newsroom.editor),
    ):
        answer = newsroom.review(article, kind, by, note="已核")
        seen.append((answer["state"], answer["missing_reviews"]))
    assert seen == [("submitted", ["editorial", "secrecy"]), ("submitted", ["editorial"]), ("reviewed", [])]
    reviews = newsroom.article(article)["reviews"]
    assert [(review["kind"], review["reviewer_id"], review["note"]) for review in reviews] == [
        ("facts", newsroom.colleague.person, "已核"),
        ("secrecy", newsroom.colleague.person, "已核"),
        ("editorial", newsroom.editor.person, "已核"),
    ]


@pytest.mark.parametrize(
    ("who", "kind", "refusal"),
    [
        ("author", "facts", ("X8", "own-article")),
        ("author", "secrecy", ("X8", "own-article")),
        ("editor", "facts", ("P5", "not-the-authors-unit")),
        ("seconded", "secrecy", ("P5", "another-units-secrets")),
    ],
)
@pytest.mark.rule(id="X8")
@pytest.mark.rule(id="P5")
def test_a_reviewer_who_may_not_is_refused_by_name_of_the_rule(newsroom, who, kind, refusal):
    article = newsroom.submit()
    reviews = newsroom.count("reviews")
    seconded = newsroom.association.person("editor", unit=newsroom.other_unit)
    by = {"author": newsroom.author, "editor": newsroom.editor, "seconded": seconded}[who]
    assert newsroom.refused(newsroom.review(article["id"], kind, by)) == refusal
    assert newsroom.article(article["id"]).etag == article.etag
    assert newsroom.count("reviews") == reviews


@pytest.mark.rule(id="P5")
@pytest.mark.parametrize("kind", ["facts", "secrecy"])
def test_another_units_article_is_not_there_to_be_reviewed(newsroom, kind):
    article = newsroom.submit()
    answer = newsroom.review(article["id"], kind, newsroom.stranger)
    assert newsroom.refused(answer, 404) == (None, "not-found")
    assert newsroom.article(article["id"])["reviews"] == []


@pytest.mark.rule(id="P5")
@pytest.mark.parametrize("who", ["author", "colleague", "stranger"])
def test_the_editorial_review_is_an_editors(newsroom, who):
    article = newsroom.submit()["id"]
    answer = newsroom.review(article, "editorial", getattr(newsroom, who))
    assert newsroom.refused(answer, 403) == (None, "not-permitted")
    assert newsroom.article(article)["reviews"] == []


@pytest.mark.rule(id="X8")
def test_an_editor_of_the_authors_unit_does_not_edit_it(newsroom):
    article = newsroom.submit()["id"]
    seconded = newsroom.association.person("editor", unit=newsroom.unit)
    assert newsroom.refused(newsroom.review(article, "editorial", seconded)) == ("X8", "own-unit")


@pytest.mark.rule(id="P5")
def test_a_refused_review_sends_the_article_back_with_its_reason(newsroom):
    article = newsroom.submit()["id"]
    answer = newsroom.review(article, "facts", newsroom.colleague, passed=False)
    assert newsroom.refused(answer) == ("P5", "reason-needed")
    answer = newsroom.review(article, "facts", newsroom.colleague, passed=False, note="数字有误")
    assert (answer["state"], answer["reviews"][0]["note"]) == ("rejected", "数字有误")
    answer = newsroom.review(article, "editorial", newsroom.editor)
    assert newsroom.refused(answer) == ("P5", "not-under-review")


@pytest.mark.rule(id="P5")
def test_a_review_is_of_the_text_as_it_stands_and_passed_once(newsroom):
    article = newsroom.submit()["id"]
    answer = newsroom.review(article, "editorial", newsroom.editor, revision=2)
    assert newsroom.refused(answer) == ("P5", "review-of-another-revision")
    newsroom.review(article, "editorial", newsroom.editor)
    answer = newsroom.review(article, "editorial", newsroom.second_editor)
    assert newsroom.refused(answer) == ("P5", "already-reviewed")
    assert len(newsroom.article(article)["reviews"]) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"kind": "spelling"}, "kind"), ({"revision": "一"}, "revision"), ({"passed": "maybe"}, "passed")],
)
def test_a_verdict_that_is_none_is_refused(newsroom, changed, field):
    article = newsroom.submit()["id"]
    answer = newsroom.review(article, **{"kind": "secrecy", "as_": newsroom.colleague, **changed})
    assert newsroom.refused(answer, 422) == (None, "invalid")
    assert list(answer.problem["errors"]) == [field]


def test_the_same_key_gives_one_verdict(newsroom):
    article, key = newsroom.submit()["id"], str(uuid.uuid4())
    first = newsroom.review(article, "secrecy", newsroom.colleague, key=key)
    again = newsroom.review(article, "secrecy", newsroom.colleague, key=key)
    assert (again.status, again.body) == (200, first.body)
    assert len(newsroom.article(article)["reviews"]) == 1


def test_a_verdict_on_an_old_version_is_refused_where_the_client_says_so(newsroom):
    article = newsroom.submit()
    newsroom.review(article["id"], "secrecy", newsroom.colleague)
    answer = newsroom.review(article["id"], "facts", newsroom.colleague, if_match=article.etag)
    assert newsroom.refused(answer, 412) == (None, "stale-version")


# --- retracting ----------------------------------------------------------------------------------------------


@pytest.mark.rule(id="X7")
def test_a_retracted_article_stays_on_file_with_its_reason(newsroom):
    article = newsroom.published()
    newsroom.at("2021-02-03T10:00:00+08:00")
    retracted = newsroom.retract(article)
    assert (retracted["state"], retracted["retraction_reason"]) == ("retracted", "数据有误")
    assert retracted["retracted_at"].startswith("2021-02-03T10:0")
    assert (retracted["fee"], retracted["missing_reviews"]) == ("150.00", [])
    assert newsroom.told(f"article/{article}")[1:] == [
        ("article.retracted.v1", {"article_id": article, "retracted_at": retracted["retracted_at"]})
    ]


@pytest.mark.rule(id="X7")
def test_what_did_not_come_out_or_has_no_reason_is_not_retracted(newsroom):
    waiting, article = newsroom.reviewed(), newsroom.published()
    assert newsroom.refused(newsroom.retract(waiting)) == ("X7", "not-published")
    assert newsroom.refused(newsroom.retract(article, reason=" ")) == ("X7", "reason-needed")
    assert newsroom.retract(article).status == 200
    assert newsroom.refused(newsroom.retract(article)) == ("X7", "not-published")
    assert [type_ for type_, _ in newsroom.told(f"article/{article}")] == [
        "article.published.v1",
        "article.retracted.v1",
    ]
    assert newsroom.told(f"article/{waiting}") == []


# --- rights --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPERATIONS)
def test_nothing_without_signing_in(newsroom, name):
    assert newsroom.refused(newsroom.do(name, None, **arguments_of(name)), 401) == (None, "unauthenticated")


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("role", ["accountant", "clerk", "exam_officer", "administrator"])
def test_nothing_for_other_roles(newsroom, name, role):
    answer = newsroom.do(name, newsroom.association.person(role), **arguments_of(name))
    assert newsroom.refused(answer, 403) == (None, "not-permitted")


@pytest.mark.parametrize(
    "name",
    [
        "retract_article",
        "open_issue",
        "list_issues",
        "get_issue",
        "place_article",
        "take_article_out",
        "publish_issue",
    ],
)
def test_what_is_an_editors_is_not_a_correspondents(newsroom, name):
    answer = newsroom.do(name, newsroom.author, **arguments_of(name))
    assert newsroom.refused(answer, 403) == (None, "not-permitted")


def test_whoever_represents_two_units_signs_in_for_one_of_them(newsroom):
    token = issue_access(
        newsroom.association.issuer,
        account=newsroom.author.account,
        person=newsroom.author.person,
        session=str(uuid.uuid4()),
        roles=["correspondent"],
        units=[newsroom.unit, newsroom.other_unit],
    )
    answer = newsroom.submit(Person(token, newsroom.author.account, newsroom.author.person))
    assert newsroom.refused(answer, 403) == (None, "several-units")


@pytest.mark.rule(id="X5")
@pytest.mark.rule(id="X11")
def test_neither_the_text_nor_a_name_is_in_an_event_or_an_audit_row(newsroom):
    article = newsroom.published(title="独一无二的题目")
    ((_, told),) = newsroom.told(f"article/{article}")
    assert set(told) == {
        "article_id",
        "issue_id",
        "author_id",
        "unit_id",
        "characters",
        "fee",
        "fee_terms",
        "fee_mode",
        "published_at",
    }
    audit = newsroom.association.rows("publishing", "SELECT * FROM chassis.audit")
    assert any(row["principal"] == f"account:{newsroom.author.account}" for row in audit)
    assert not any("独一无二" in str(row) for row in audit)
