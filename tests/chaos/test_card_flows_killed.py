"""The two flows of the card, a process a service on RabbitMQ, each killed in the middle of its steps: the batch of 2020
still ends with 262 certificates and each article with one fee, and the books are right (C7, F14, X6)."""

import base64
import itertools
import random
import secrets
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from services.certification import sample
from services.certification.data import BATCH_2020
from shared.identity.keys import Keyring
from shared.plugins import plugins
from shared.running import migrate
from shared.settings import Settings
from shared.store.embedded import EmbeddedPostgres
from shared.testing.apart import Apart
from shared.testing.association import Answer, Person, eventually
from shared.testing.counting import books_are_right
from shared.testing.rabbitmq import PrivateRabbitMQ

pytestmark = [pytest.mark.rabbitmq, pytest.mark.rule(id="X6")]

NAMES = ("certification", "publishing", "finance", "membership")
PATIENCE = 120.0
AGAIN = frozenset({503, 504})
ARTICLES = 6


class Card:
    """Three services apart, whoever works with them, and a killer."""

    def __init__(self, houses: Apart, node: PrivateRabbitMQ, url: str, urls: dict[str, str]) -> None:
        self.houses, self.node, self.url, self.urls = houses, node, url, urls
        self.kills = 0
        self._chance = random.Random(2020)
        self._pool = ThreadPoolExecutor(2)

    def at(self, moment: str) -> None:
        for house in self.houses.services.values():
            house.clock = f"{moment}+08:00"
            house.set_clock(house.clock)

    def do(self, service: str, operation: str, as_: Person, **arguments: Any) -> Answer:
        """A command, or a question, under one key until it is answered."""
        key, end = str(uuid.uuid4()), time.monotonic() + PATIENCE
        while True:
            asked = {"as_": as_, "key": key, "deadline": 5.0}
            answer = self.houses.desk.call(service, operation, **asked, **arguments)
            if answer.status not in AGAIN:
                assert answer.problem is None, answer.problem
                return answer
            assert time.monotonic() < end, answer.problem
            time.sleep(0.05)

    def killed(self, victim: str, operation: str, as_: Person, *, service: str = "", **arguments: Any) -> Answer:
        """The same, with ``victim`` killed somewhere in it, and started again."""
        done: Future[Answer] = self._pool.submit(self.do, service or victim, operation, as_, **arguments)
        self.kill(victim, within=0.15)
        return done.result(PATIENCE)

    def kill(self, victim: str, *, within: float) -> None:
        """SIGKILL a service at any moment within so many seconds, and start it again."""
        time.sleep(self._chance.random() * within)
        self.houses.kill(victim)
        self.kills += 1
        self.houses.back(victim)

    def right(self) -> None:
        books_are_right(
            [plugins()[name] for name in NAMES], self.urls, node=self.node, amqp_url=self.url, within=PATIENCE
        )


@pytest.fixture(scope="module")
def card(
    rabbitmq_node: PrivateRabbitMQ,
    postgres: EmbeddedPostgres,
    keys: Path,
    issuer: Keyring,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Card]:
    mark = secrets.token_hex(6)
    databases = {name: f"card_{name}_{mark}" for name in NAMES}
    for database in databases.values():
        postgres.create_database(database)
    urls = {name: postgres.url(database) for name, database in databases.items()}
    migrate(Settings(database_urls=urls, keys=keys), NAMES)
    url = rabbitmq_node.create_vhost(f"card-{mark}")
    settings: dict[str, Any] = {
        "amqp_url": url,
        "database_urls": urls,
        "keys": str(keys),
        "retry_delays": [0.2, 0.4],
        "poll_every": 0.5,
    }
    houses = Apart(NAMES, settings, tmp_path_factory.mktemp("card"), issuer, clock="2020-12-10T09:00:00+08:00")
    try:
        houses.open()
        yield Card(houses, rabbitmq_node, url, urls)
    finally:
        houses.close()
        rabbitmq_node.delete_vhost(f"card-{mark}")
        for database in databases.values():
            postgres.drop_database(database)


@pytest.mark.rule(id="C7")
def test_the_batch_of_2020_ends_with_262_certificates_though_its_service_is_killed_again_and_again(card: Card) -> None:
    officer, scorer, reviewer = map(card.houses.desk.person, ("exam_officer", "assessor", "exam_supervisor"))
    victim = "certification"

    def do(operation: str, as_: Person = officer, **arguments: Any) -> Answer:
        return card.do(victim, operation, as_, **arguments)

    def upload(operation: str, as_: Person = officer, **more: Any) -> Any:
        """The result of a job whose process was killed while it was at work."""
        sheet = {"filename": "284.xlsx", "content": base64.b64encode(sample.workbook()).decode()}
        job = do(operation, as_, id=batch, sheet=sheet, **more)["id"]
        card.kill(victim, within=0.5)
        ended = eventually(
            lambda: (it := do("get_job", as_, id=job).body)["state"] in ("done", "failed") and it, within=90
        )
        assert ended["state"] == "done", ended
        return ended["result"]

    card.at("2020-12-10T09:00:00")
    scope = [qualification._asdict() for qualification in sorted(BATCH_2020.scope)]
    batch = card.killed(victim, "plan_batch", officer, name=BATCH_2020.title.zh, scope=scope)["id"]
    for operation in ("report_plan", "announce_batch", "open_enrolment"):
        do(operation, id=batch)
    assert upload("enrol_candidates", identity_consent=True)["imported"] == 284
    card.at("2020-12-23T18:00:00")
    do("record_examination", id=batch, days=[day.isoformat() for day in BATCH_2020.examination_days])
    assert upload("import_scores", scorer)["scored"] == 284
    card.at("2020-12-24T09:00:00")
    do("close_scoring", scorer, id=batch)
    do("review_results", reviewer, id=batch)
    do("post_notice", id=batch)
    card.at("2020-12-31T09:00:00")
    card.killed(victim, "report_results", officer, id=batch)
    for _ in range(2):
        card.kill(victim, within=0.5)
    eventually(lambda: do("get_batch", id=batch)["state"] == "certified", within=PATIENCE, every=0.3)
    numbers = card.houses.rows(victim, "SELECT level, serial FROM certificates ORDER BY level, serial")
    assert len(numbers) == 262
    for _, series in itertools.groupby(numbers, key=lambda row: row["level"]):
        serials = [row["serial"] for row in series]
        assert serials == [*range(1, len(serials) + 1)]
    assert card.kills >= 6
    card.right()


@pytest.mark.rule(id="F14")
def test_each_article_becomes_one_fee_though_either_service_is_killed_again_and_again(card: Card) -> None:
    before, unit = card.kills, uuid.uuid4()
    author = card.houses.desk.person("correspondent", unit=unit)
    colleague = card.houses.desk.person("correspondent", unit=unit)
    editor, second = card.houses.desk.person("editor"), card.houses.desk.person("editor")
    reviewers = {"editorial": second, "facts": colleague, "secrecy": second}
    card.at("2021-02-01T09:00:00")

    def do(operation: str, as_: Person = editor, **arguments: Any) -> Answer:
        return card.do("publishing", operation, as_, **arguments)

    articles = []
    issue = do("open_issue")["id"]
    for number in range(ARTICLES):
        text = {"title": f"三晋通信人的一天{number}", "body": "通信保障无小事。" * 181 + "完毕"}
        article = do("submit_article", author, column="association_news", **text)["id"]
        for kind, by in reviewers.items():
            do("review_article", by, id=article, kind=kind, revision=1, passed=True)
        do("place_article", id=issue, article_id=article)
        articles.append(article)
    card.killed("publishing", "publish_issue", editor, id=issue)
    card.kill("finance", within=0.2)
    card.killed("finance", "retract_article", editor, service="publishing", id=articles[0], reason="数据有误")
    card.killed("publishing", "retract_article", editor, id=articles[1], reason="数据有误")

    def fees() -> list[tuple[str, int]]:
        sql = "SELECT state, amount FROM manuscript_fees ORDER BY state, amount"
        return [(row["state"], row["amount"]) for row in card.houses.rows("finance", sql)]

    eventually(lambda: fees() == [("accrued", 15000)] * (ARTICLES - 2) + [("reversed", 15000)] * 2, within=PATIENCE)
    assert card.kills - before == 4
    card.right()
