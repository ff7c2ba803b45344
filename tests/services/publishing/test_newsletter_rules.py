"""Issues of the newsletter (P1, P5, X6)."""

import json
from importlib.resources import files
from uuid import UUID

import pytest

from services.publishing.articles.rules import Article, Party, Review, State
from services.publishing.articles.rules import Kind as Check
from services.publishing.newsletters import rules
from services.publishing.newsletters.rules import Issue, Kind, Number
from shared.errors import Refused
from shared.identity.duties import Act, Caller, keep_apart
from shared.text import Text

ONE, TWO = UUID(int=1), UUID(int=2)
AUTHOR = Party(UUID(int=11), UUID(int=21))
COLLEAGUE = Party(UUID(int=12), UUID(int=21))
EDITOR = Party(UUID(int=13), None)
REVIEWED = Article(
    AUTHOR,
    State.REVIEWED,
    reviews=(
        Review(Check.EDITORIAL, EDITOR, 1, passed=True),
        Review(Check.FACTS, COLLEAGUE, 1, passed=True),
        Review(Check.SECRECY, EDITOR, 1, passed=True),
    ),
)


def issue_of_two() -> Issue:
    issue = rules.add(rules.open_issue(Kind.REGULAR), ONE, REVIEWED, stands_in=None)
    return rules.add(issue, TWO, REVIEWED, stands_in=None)


@pytest.mark.rule(id="P1")
def test_an_issue_is_put_together_published_and_numbered() -> None:
    issue = rules.publish(issue_of_two(), {ONE: REVIEWED, TWO: REVIEWED}, 2021, taken=[])
    assert issue.articles == (ONE, TWO)
    assert issue.number == Number(2021, Kind.REGULAR, 1)
    assert issue.number.text.zh == "2021年第1期"


@pytest.mark.rule(id="P1")
def test_regular_and_special_issues_each_count_from_one_in_every_year() -> None:
    taken = [Number(2020, Kind.REGULAR, 12), Number(2021, Kind.REGULAR, 1), Number(2021, Kind.REGULAR, 2)]
    assert rules.next_number(taken, Kind.REGULAR, 2021).serial == 3
    assert rules.next_number(taken, Kind.REGULAR, 2022).serial == 1
    special = rules.next_number(taken, Kind.SPECIAL, 2020)
    assert special.text == Text("2020年特刊第1期", "Special issue No. 1 of 2020")


@pytest.mark.rule(id="P1")
def test_an_empty_issue_is_refused() -> None:
    emptied = rules.remove(rules.remove(issue_of_two(), ONE), TWO)
    with pytest.raises(Refused) as refused:
        rules.publish(emptied, {}, 2021, taken=[])
    assert (refused.value.rule, refused.value.code) == ("P1", "empty-issue")


@pytest.mark.rule(id="P1")
def test_a_published_issue_is_closed() -> None:
    articles = {ONE: REVIEWED, TWO: REVIEWED}
    issue = rules.publish(issue_of_two(), articles, 2021, taken=[])
    with pytest.raises(Refused, match=r"No\. 1 of 2021") as added:
        rules.add(issue, UUID(int=3), REVIEWED, stands_in=None)
    with pytest.raises(Refused) as removed:
        rules.remove(issue, ONE)
    with pytest.raises(Refused) as published:
        rules.publish(issue, articles, 2021, taken=[])
    assert {refusal.value.code for refusal in (added, removed, published)} == {"issue-closed"}


@pytest.mark.rule(id="P5")
@pytest.mark.parametrize("state", [State.SUBMITTED, State.REJECTED, State.PUBLISHED, State.RETRACTED])
def test_only_a_reviewed_article_goes_in(state: State) -> None:
    with pytest.raises(Refused) as refused:
        rules.add(rules.open_issue(Kind.REGULAR), ONE, Article(AUTHOR, state), stands_in=None)
    assert refused.value.rule == "P5"


@pytest.mark.rule(id="P5")
def test_an_article_sent_back_after_it_was_placed_holds_the_issue_up() -> None:
    sent_back = Article(AUTHOR, State.REJECTED, reviews=REVIEWED.reviews)
    with pytest.raises(Refused) as refused:
        rules.publish(issue_of_two(), {ONE: REVIEWED, TWO: sent_back}, 2021, taken=[])
    assert refused.value.code == "not-reviewed"


@pytest.mark.rule(id="P1")
def test_an_article_stands_in_one_issue_once() -> None:
    for issue, stands_in in ((issue_of_two(), None), (rules.open_issue(Kind.REGULAR), UUID(int=9))):
        with pytest.raises(Refused) as refused:
            rules.add(issue, ONE, REVIEWED, stands_in)
        assert refused.value.code == "article-placed"


@pytest.mark.rule(id="X8")
def test_nobody_chooses_the_rate_of_their_own_or_their_own_units_article() -> None:
    def placed(by: Party, author: Party) -> None:
        keep_apart(Act.APPROVES, Caller.of(by.person, units=[by.unit]), rules.whose_fee(author))

    placed(EDITOR, AUTHOR)
    placed(EDITOR, EDITOR)
    for by in (AUTHOR, COLLEAGUE, Party(AUTHOR.person, None)):
        with pytest.raises(Refused) as refused:
            placed(by, AUTHOR)
        assert (refused.value.rule, refused.value.code) == ("X8", "own-fee")


@pytest.mark.rule(id="P1")
def test_what_is_not_in_the_issue_is_not_taken_out() -> None:
    with pytest.raises(Refused) as refused:
        rules.remove(rules.open_issue(Kind.REGULAR), ONE)
    assert refused.value.code == "article-not-placed"


@pytest.mark.rule(id="P1")
def test_a_special_issue_names_its_theme() -> None:
    assert rules.open_issue(Kind.SPECIAL, " 众志成城战疫情 ").theme == "众志成城战疫情"
    with pytest.raises(Refused) as refused:
        rules.open_issue(Kind.SPECIAL, " \u3000")
    assert refused.value.code == "theme-needed"


@pytest.mark.rule(id="P1")
@pytest.mark.parametrize("text", ["本刊特稿", "致本刊读者", "欢迎向本刊投稿"])
def test_it_never_calls_itself_a_periodical(text: str) -> None:
    with pytest.raises(Refused) as refused:
        rules.open_issue(Kind.SPECIAL, text)
    assert refused.value.code == "calls-itself-periodical"


@pytest.mark.rule(id="P1")
@pytest.mark.parametrize("text", ["日本刊登的报道", "基本刊发完毕", "样本刊载", "本期要目"])
def test_other_words_that_hold_the_two_characters_pass(text: str) -> None:
    rules.check_front_matter(text)


@pytest.mark.rule(id="P1")
def test_no_print_edition_without_the_permit_number_that_the_document_lacks() -> None:
    data = json.loads((files("services.publishing") / "data" / "newsletter.json").read_text("utf-8"))
    imprint = Text(data["imprint"]["zh"], data["imprint"]["en"])
    assert data["title"]["zh"] == "山西通信行业简讯"
    assert imprint.zh == "内部资料，免费交流"
    assert data["audience"] == "members"
    with pytest.raises(Refused) as refused:
        rules.print_imprint(data["print_permit"], imprint)
    assert refused.value.code == "print-permit-missing"
    assert rules.print_imprint("（晋）K001", imprint).zh == "准印证号：（晋）K001　内部资料，免费交流"
