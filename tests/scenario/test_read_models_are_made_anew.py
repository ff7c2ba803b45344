"""A read model of a running association is emptied and told everything again: it comes out the same, and nobody counts
anything twice (X7)."""

import json
import shutil
import tempfile
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from rich.progress import Progress

from demo import article_fee
from demo.findings import Findings
from demo.office import open_office
from shared.plugins import plugins
from shared.testing.association import eventually
from shared.testing.processes import Started, xiehui

ENTRIES = "SELECT fact_id, unit_id, kind, happened_on, reference, ended_on FROM profile_entries ORDER BY fact_id"


@pytest.mark.rule(id="M1")
def test_a_profile_made_anew_comes_out_the_same() -> None:
    place = Path(tempfile.mkdtemp(prefix="xiehui-anew-"))
    # PostgreSQL's own user must be able to enter.
    place.chmod(0o711)
    where = ["--data", place / "data", "--port", 0, "--clock", "2020-12-01T08:00:00+08:00"]
    try:
        with Started("run", "--all", "--embedded", *where, log=place / "said") as process:
            secret = process.says(r"one-time secret: (\S+)")[1]
            address = process.says(r"http://127\.0\.0\.1:\d+")[0]
            findings = Findings()
            with closing(open_office(address, secret)) as office, Progress(disable=True) as progress:
                article_fee.run(office, findings, progress)
            assert findings.all_as_expected
            passwords = json.loads((place / "data" / "postgres" / "passwords.json").read_text())
            there = f"?host={place}/data/postgres/socket&port=5432"
            urls = {name: f"://{name}:{passwords[name]}@/{name}{there}" for name in plugins()}
            environment = {f"XIEHUI_DATABASE_URL_{name.upper()}": f"postgresql+psycopg{urls[name]}" for name in urls}
            environment["XIEHUI_KEYS"] = str(place / "data" / "keys")
            with psycopg.connect(f"postgresql{urls['membership']}", autocommit=True) as membership:
                before = membership.execute(ENTRIES).fetchall()
                assert before, "the article of the demonstration is in its unit's profile"
                # What only a mistake could have put there does not survive.
                membership.execute("UPDATE profile_entries SET happened_on = '1999-01-01'")
                said = xiehui("read-models", "rebuild", "membership", "unit-profiles", **environment)
                assert said.returncode == 0, said.stdout
                assert eventually(lambda: membership.execute(ENTRIES).fetchall() == before)
            counted = xiehui("check", "--no-bus", "--patience", 30, **environment)
            assert counted.returncode == 0, counted.stdout
            process.stop()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def test_the_read_models_there_are_can_be_listed() -> None:
    said = xiehui("read-models", "list")
    assert said.returncode == 0, said.stdout
    assert "unit-profiles" in said.stdout


def test_a_read_model_that_there_is_not_is_refused() -> None:
    said = xiehui("read-models", "rebuild", "membership", "nothing")
    assert said.returncode == 2
    assert "has no read model" in said.stdout
