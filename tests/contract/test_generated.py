"""Generated files follow the code, and a flow that drifted from it is found."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from shared.generating import flows, stale, write

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of which only what is generated from is there."""
    (tmp_path / "docs").mkdir()
    for name in ("docs/rules.json", "docs/flows.json"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_what_was_written_is_fresh_until_it_is_changed_or_taken_away(project: Path) -> None:
    assert write(project)
    assert stale(project) == []
    contract = next((project / "docs/contracts").glob("*/*.json"))
    contract.write_text(contract.read_text() + " ")
    (project / "docs/flows.md").unlink()
    (contract.parent / "nobody.told.v1.json").write_text("{}")
    named = {str(contract.relative_to(project)), "docs/flows.md"}
    assert set(stale(project)) == named | {str((contract.parent / "nobody.told.v1.json").relative_to(project))}
    write(project)
    assert stale(project) == []


@pytest.mark.parametrize(
    "step",
    [
        {"by": "x", "calls": "finance.print_money"},
        {"service": "finance", "asks": "nobody.there"},
        {"event": "finance money.printed.v1", "to": []},
        {"event": "publishing article.published.v1", "to": []},
        {"event": "publishing article.published.v1", "to": ["finance", "governance", "membership"]},
    ],
    ids=lambda step: str(step.get("calls") or step.get("asks") or step.get("event")),
)
def test_a_flow_that_drifted_from_the_code_is_found(project: Path, step: dict[str, Any]) -> None:
    flow = {"zh": "流程", "en": "A flow", "rules": ["X1"], "steps": [step]}
    (project / "docs/flows.json").write_text(json.dumps([flow]))
    with pytest.raises(flows.Drifted):
        list(flows.generate(project))
