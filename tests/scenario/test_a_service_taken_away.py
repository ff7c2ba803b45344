"""A service whose folder is gone is gone, and nothing else: the system starts, and serves the others."""

import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.identity.keys import TOKENS, Keyring, make_keys
from shared.plugins import plugins
from shared.testing.processes import Caller, Started

ROOT = Path(__file__).parents[2]
GONE = "membership"
LEFT = sorted(set(plugins()) - {GONE})
RUN = """\
import sys
sys.path[:0] = {path}
from shared.cli import main
main()
"""


@pytest.fixture(scope="module")
def anybody() -> Iterator[Caller]:
    """Anybody who calls an association without its membership service. Its keys were made while that was there."""
    place = Path(tempfile.mkdtemp(prefix="xiehui-without-"))
    # PostgreSQL's own user must be able to enter.
    place.chmod(0o711)
    try:
        for folder in ("shared", "gateway", "services", "demo"):
            shutil.copytree(ROOT / folder, place / "code" / folder, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.rmtree(place / "code" / "services" / GONE)
        keys = place / "data" / "keys"
        make_keys(keys, {name: [TOKENS] if name == GONE else [] for name in plugins()})
        # Without site-packages' hooks, which would find the folder that is still in the project.
        path = [str(place / "code"), sysconfig.get_paths()["purelib"]]
        program = (sys.executable, "-S", "-P", "-c", RUN.format(path=path))
        where = ["--data", place / "data", "--port", 0]
        with Started("run", "--all", "--embedded", *where, log=place / "said", program=program) as process:
            address = process.says(r"(http://127\.0\.0\.1:\d+)\s")[1]
            process.says("Ctrl-C 停止 / stops")
            yield Caller(address, Keyring.load(keys, GONE))
            process.stop()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def test_the_others_are_served(anybody: Caller) -> None:
    assert anybody.get("/v1/certification/occupations")["items"]
    assert anybody.as_("clerk").get("/v1/governance/bodies")["items"]
    assert anybody.as_("accountant").get("/v1/finance/expenditures")["items"] == []
    article = {"title": "通信保障", "body": "通信保障无小事。", "column": "association_news"}
    assert anybody.as_("correspondent").post("/v1/publishing/articles", article)["id"]


def test_what_is_gone_is_not_there_and_not_spoken_of(anybody: Caller) -> None:
    assert anybody.problem("GET", f"/v1/{GONE}/units", 404)["status"] == 404
    described = anybody.get("/openapi.json")
    assert {path.split("/")[2] for path in described["paths"]} == set(LEFT)
