"""Issues of the newsletter through the bus: opened, filled, published; publication makes the fees (P1, P6, X4, X6, X8).

Numbers count by the year, so each test that looks at them publishes in a year of its own.
"""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.store.database import lock_key
from shared.testing.association import eventually

ARITHMETIC = "附件3第五条，fee-2021-01-18，封顶计法，字数1450：100.00元×1＋50.00元（余450字，不足500字计半）＝150.00元"


# --- opening and reading -------------------------------------------------------------------------------------


@pytest.mark.rule(id="X6")
def test_an_issue_opens_without_a_number(newsroom):
    opened = newsroom.do("open_issue", newsroom.editor)
    assert (opened.status, opened.etag) == (201, '"1"')
    assert (opened["kind"], opened["number"], opened["year"], opened["serial"]) == ("regular", None, None, None)
    assert (opened["articles"], opened["published_at"]) == ([], None)


@pytest.mark.rule(id="P1")
@pytest.mark.parametrize(
    ("asked", "code"),
    [({"kind": "special"}, "theme-needed"), ({"theme": "本刊专稿"}, "calls-itself-periodical")],
)
def test_an_issue_that_may_not_open_is_refused(newsroom, asked, code):
    issues = newsroom.count("issues")
    assert newsroom.refused(newsroom.do("open_issue", newsroom.editor, **asked)) == ("P1", code)
    assert newsroom.count("issues") == issues


def test_issues_are_listed_newest_first_page_by_page(newsroom):
    newsroom.at("2061-03-01T09:00:00+08:00")
    opened = [newsroom.open(theme=f"第{n}") for n in range(3)]
    first = newsroom.do("list_issues", newsroom.editor, limit=2)
    second = newsroom.do("list_issues", newsroom.editor, limit=1, cursor=first["next"])
    assert [issue["id"] for issue in first["items"] + second["items"]] == opened[::-1]


def test_an_issue_that_is_not_there(newsroom):
    for answer in (newsroom.issue(str(uuid.uuid4())), newsroom.publish(str(uuid.uuid4()))):
        assert newsroom.refused(answer, 404) == (None, "not-found")
    article = newsroom.reviewed()
    assert newsroom.refused(newsroom.place(str(uuid.uuid4()), article), 404) == (None, "not-found")
    answer = newsroom.place(newsroom.open(), str(uuid.uuid4()))
    assert newsroom.refused(answer, 404) == (None, "not-found")


# --- placing -------------------------------------------------------------------------------------------------


@pytest.mark.rule(id="P1")
def test_articles_stand_in_the_order_in_which_they_were_placed(newsroom):
    issue, articles = newsroom.open(), [newsroom.reviewed() for _ in range(3)]
    versions = [newsroom.place(issue, article).etag for article in articles]
    assert [placed["article_id"] for placed in newsroom.issue(issue)["articles"]] == articles
    assert versions == ['"2"', '"3"', '"4"']


@pytest.mark.rule(id="P5")
def test_an_article_that_lacks_a_review_is_not_placed(newsroom):
    issue, article = newsroom.open(), newsroom.submit()["id"]
    newsroom.review(article, "editorial", newsroom.editor)
    newsroom.review(article, "secrecy", newsroom.editor)
    answer = newsroom.place(issue, article)
    assert newsroom.refused(answer) == ("P5", "not-reviewed")
    assert answer.problem["detail"].endswith("尚缺：单位核实")
    assert newsroom.issue(issue)["articles"] == []


@pytest.mark.rule(id="P1")
def test_an_article_stands_in_one_issue_once(newsroom):
    first, second, article = newsroom.open(), newsroom.open(), newsroom.reviewed()
    newsroom.place(first, article)
    for issue in (first, second):
        assert newsroom.refused(newsroom.place(issue, article)) == ("P1", "article-placed")
    assert (len(newsroom.issue(first)["articles"]), newsroom.issue(second)["articles"]) == (1, [])


@pytest.mark.rule(id="P6")
@pytest.mark.parametrize("rate", [None, "29.99", "50.01"])
def test_a_short_article_needs_a_rate_within_the_terms(newsroom, rate):
    issue, article = newsroom.open(), newsroom.reviewed(body="短讯。" * 50)
    answer = newsroom.place(issue, article, rate=rate)
    assert newsroom.refused(answer) == ("P6", "fee-rate")
    assert list(answer.problem["errors"]) == ["rate"]
    assert newsroom.issue(issue)["articles"] == []


@pytest.mark.rule(id="X2")
@pytest.mark.parametrize("rate", ["30.005", "4e1", "４０", "-30.00", "+30", 40, ""])
def test_a_rate_that_is_no_amount_is_refused(newsroom, rate):
    answer = newsroom.place(newsroom.open(), newsroom.reviewed(body="短讯。" * 50), rate=rate)
    assert newsroom.refused(answer, 422) == (None, "invalid")
    assert list(answer.problem["errors"]) == ["rate"]


@pytest.mark.rule(id="X8")
def test_nobody_places_their_own_or_their_own_units_article(newsroom):
    issue, article = newsroom.open(), newsroom.reviewed()
    seconded = newsroom.association.person("editor", unit=newsroom.unit)
    author = newsroom.association.person("editor", person=newsroom.author.person)
    for by in (seconded, author):
        assert newsroom.refused(newsroom.place(issue, article, by)) == ("X8", "own-fee")
    assert newsroom.place(issue, article).status == 200


def test_two_editors_at_one_issue_see_each_others_articles_first(newsroom):
    # Neither placing nor taking out changes a column of the issue itself.
    issue, article, another = newsroom.open(), newsroom.reviewed(), newsroom.reviewed()
    seen = newsroom.issue(issue).etag
    newsroom.place(issue, article)
    answer = newsroom.place(issue, another, newsroom.second_editor, if_match=seen)
    assert newsroom.refused(answer, 412) == (None, "stale-version")


def test_an_article_is_taken_out_and_placed_elsewhere(newsroom):
    issue, article, staying = newsroom.open(), newsroom.reviewed(), newsroom.reviewed()
    newsroom.place(issue, article)
    seen = newsroom.place(issue, staying).etag

    def take_out(if_match, which=article):
        return newsroom.do("take_article_out", newsroom.editor, id=issue, article_id=which, if_match=if_match)

    assert newsroom.refused(take_out(None), 428) == (None, "version-required")
    assert newsroom.refused(take_out('"1"'), 412) == (None, "stale-version")
    left = take_out(seen)
    assert [placed["article_id"] for placed in left["articles"]] == [staying]
    assert left.etag != seen
    assert newsroom.refused(take_out(left.etag)) == ("P1", "article-not-placed")
    assert newsroom.place(newsroom.open(), article).status == 200


def test_the_same_key_places_an_article_once(newsroom):
    issue, article, key = newsroom.open(), newsroom.reviewed(), str(uuid.uuid4())
    first, again = newsroom.place(issue, article, key=key), newsroom.place(issue, article, key=key)
    assert (again.status, again.body) == (200, first.body)
    other = newsroom.place(issue, newsroom.reviewed(), key=key)
    assert newsroom.refused(other) == (None, "idempotency-conflict")
    assert len(newsroom.issue(issue)["articles"]) == 1


# --- publishing ----------------------------------------------------------------------------------------------


@pytest.mark.rule(id="P6")
def test_publication_numbers_the_issue_and_makes_the_fee(newsroom):
    newsroom.at("2052-02-01T09:00:00+08:00")
    article, issue = newsroom.reviewed(), newsroom.open()
    newsroom.place(issue, article)
    published = newsroom.publish(issue)
    assert (published["number"], published["year"], published["serial"]) == ("2052年第1期", 2052, 1)

    found = newsroom.article(article)
    assert (found["state"], found["fee"], found["fee_terms"]) == ("published", "150.00", "fee-2021-01-18")
    assert found["fee_arithmetic"]["zh"] == ARITHMETIC
    assert found["fee_arithmetic"]["en"].endswith(
        "100.00 × 1 + 50.00 (the other 450 are under 500: half) = 150.00 yuan"
    )
    assert (found["fee_warning"], found["published_at"]) == (None, published["published_at"])

    ((type_, told),) = newsroom.told(f"article/{article}")
    assert (type_, told) == (
        "article.published.v1",
        {
            "article_id": article,
            "issue_id": issue,
            "author_id": newsroom.author.person,
            "unit_id": newsroom.unit,
            "characters": 1450,
            "fee": "150.00",
            "fee_terms": "fee-2021-01-18",
            "fee_mode": "CAPPED",
            "published_at": published["published_at"],
        },
    )
    assert newsroom.told(f"issue/{issue}") == [
        ("issue.published.v1", {"issue_id": issue, "year": 2052, "kind": "regular", "serial": 1})
    ]


@pytest.mark.rule(id="P6")
@pytest.mark.parametrize(
    ("characters", "rate", "fee"),
    [
        (1, "30.00", "30.00"),
        (100, "50.00", "50.00"),
        (101, "50.00", "100.00"),
        (999, "30.00", "100.00"),
        (1000, None, "100.00"),
        (1499, None, "150.00"),
        (1500, "40.00", "200.00"),
    ],
)
def test_what_an_article_earns(newsroom, characters, rate, fee):
    article, issue = newsroom.reviewed(body="字" * characters), newsroom.open()
    newsroom.place(issue, article, rate=rate)
    newsroom.publish(issue)
    assert newsroom.article(article)["fee"] == fee


@pytest.mark.rule(id="P6")
def test_the_secretariats_own_article_earns_nothing(newsroom):
    article = newsroom.submit(newsroom.editor, column="association_news")["id"]
    for kind in ("editorial", "facts", "secrecy"):
        assert newsroom.review(article, kind, newsroom.second_editor).status == 200
    issue = newsroom.open()
    newsroom.place(issue, article)
    newsroom.publish(issue)
    found = newsroom.article(article)
    assert (found["unit_id"], found["fee"]) == (None, "0.00")
    assert found["fee_arithmetic"]["zh"] == "秘书处人员稿件未经批准，不计稿酬（P6）"
    ((_, told),) = newsroom.told(f"article/{article}")
    assert (told["fee"], told["unit_id"]) == ("0.00", None)


@pytest.mark.rule(id="P1")
def test_regular_and_special_issues_count_apart_and_a_refusal_burns_no_number(newsroom):
    newsroom.at("2053-12-31T23:59:00+08:00")

    def come_out(**asked):
        issue = newsroom.open(**asked)
        assert newsroom.refused(newsroom.publish(issue)) == ("P1", "empty-issue")
        newsroom.place(issue, newsroom.reviewed())
        return newsroom.publish(issue)["number"]

    special = {"kind": "special", "theme": "众志成城战疫情"}
    assert [come_out(), come_out(**special), come_out(), come_out(**special)] == [
        "2053年第1期",
        "2053年特刊第1期",
        "2053年第2期",
        "2053年特刊第2期",
    ]
    newsroom.at("2054-01-01T00:01:00+08:00")
    assert come_out() == "2054年第1期"


@pytest.mark.rule(id="X3")
def test_the_year_of_an_issue_is_the_year_in_shanghai(newsroom):
    newsroom.at("2054-12-31T16:30:00+00:00")
    issue = newsroom.open()
    newsroom.place(issue, newsroom.reviewed())
    assert newsroom.publish(issue)["number"] == "2055年第1期"


@pytest.mark.rule(id="P1")
def test_what_is_out_is_closed(newsroom):
    issue, article = newsroom.open(), newsroom.reviewed()
    newsroom.place(issue, article)
    published = newsroom.publish(issue)
    assert newsroom.refused(newsroom.publish(issue)) == ("P1", "issue-closed")
    assert newsroom.refused(newsroom.place(issue, newsroom.reviewed())) == ("P1", "issue-closed")
    answer = newsroom.do("take_article_out", newsroom.editor, id=issue, article_id=article, if_match=published.etag)
    assert newsroom.refused(answer) == ("P1", "issue-closed")
    assert newsroom.issue(issue).body == published.body
    assert len(newsroom.told(f"issue/{issue}")) == 1


@pytest.mark.rule(id="P5")
@pytest.mark.rule(id="X6")
def test_an_article_sent_back_holds_its_issue_up_whole(newsroom):
    newsroom.at("2056-02-01T09:00:00+08:00")
    issue, good, bad = newsroom.open(), newsroom.reviewed(), newsroom.reviewed()
    newsroom.place(issue, good)
    newsroom.place(issue, bad)
    newsroom.review(bad, "secrecy", newsroom.colleague, passed=False, note="涉及报价")
    assert newsroom.refused(newsroom.publish(issue)) == ("P5", "not-reviewed")
    assert newsroom.article(good)["state"] == "reviewed"
    assert newsroom.told(f"article/{good}") == []

    seen = newsroom.issue(issue).etag
    newsroom.do("take_article_out", newsroom.editor, id=issue, article_id=bad, if_match=seen)
    assert newsroom.publish(issue)["number"] == "2056年第1期"


@pytest.mark.rule(id="P6")
def test_a_text_cut_short_after_placing_needs_its_rate_before_publication(newsroom):
    issue, article = newsroom.open(), newsroom.reviewed()
    newsroom.place(issue, article)
    seen = newsroom.article(article).etag
    text = {"title": "短了", "body": "字" * 300, "column": "association_news"}
    newsroom.do("revise_article", newsroom.author, id=article, if_match=seen, **text)
    for kind, by in (
        ("editorial", newsroom.editor),
        ("facts", newsroom.colleague),
        ("secrecy", newsroom.editor),
    ):
        newsroom.review(article, kind, by, revision=2)
    assert newsroom.refused(newsroom.publish(issue)) == ("P6", "fee-rate")

    seen = newsroom.issue(issue).etag
    newsroom.do("take_article_out", newsroom.editor, id=issue, article_id=article, if_match=seen)
    newsroom.place(issue, article, rate="40.00")
    newsroom.publish(issue)
    assert newsroom.article(article)["fee"] == "100.00"


@pytest.mark.rule(id="X4")
def test_before_the_fee_terms_are_in_force_nothing_is_placed(newsroom):
    newsroom.at("2021-01-17T23:59:00+08:00")
    issue, article = newsroom.open(), newsroom.reviewed()
    assert newsroom.refused(newsroom.place(issue, article)) == ("X4", "no-terms")
    newsroom.at("2021-01-18T00:00:01+08:00")
    assert newsroom.place(issue, article).status == 200


@pytest.mark.rule(id="X6")
def test_the_same_key_publishes_once(newsroom):
    newsroom.at("2057-02-01T09:00:00+08:00")
    issue, article, key = newsroom.open(), newsroom.reviewed(), str(uuid.uuid4())
    newsroom.place(issue, article)
    first, again = newsroom.publish(issue, key=key), newsroom.publish(issue, key=key)
    assert (again.status, again.body, again.etag) == (200, first.body, first.etag)
    other = newsroom.publish(newsroom.open(), key=key)
    assert newsroom.refused(other) == (None, "idempotency-conflict")
    assert len(newsroom.told(f"article/{article}")) == 1
    second = newsroom.open()
    newsroom.place(second, newsroom.reviewed())
    assert newsroom.publish(second)["number"] == "2057年第2期"


@pytest.mark.rule(id="X6")
def test_two_issues_published_at_once_get_two_numbers(newsroom):
    newsroom.at("2058-02-01T09:00:00+08:00")
    first, second = newsroom.open(), newsroom.open()
    newsroom.place(second, newsroom.reviewed())
    waiting = """SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
                 WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"""
    with ThreadPoolExecutor(1) as pool, newsroom.association.database("publishing").begin() as other:
        # Somebody else is publishing the first issue and has not committed yet.
        key = lock_key("newsletter numbers")
        other.exec_driver_sql(f"SELECT pg_advisory_xact_lock({key})")
        other.exec_driver_sql(f"UPDATE issues SET year = 2058, serial = 1, published_at = now() WHERE id = '{first}'")
        published = pool.submit(newsroom.publish, second)
        eventually(lambda: newsroom.association.rows("publishing", waiting))
        other.commit()
        assert published.result(20)["number"] == "2058年第2期"


def test_an_editor_who_saw_an_older_issue_does_not_publish_it_unseen(newsroom):
    issue = newsroom.open()
    seen = newsroom.place(issue, newsroom.reviewed()).etag
    newsroom.place(issue, newsroom.reviewed())
    answer = newsroom.publish(issue, if_match=seen)
    assert newsroom.refused(answer, 412) == (None, "stale-version")
    assert newsroom.issue(issue)["number"] is None
