"""What the outside sees of certification: its manifest and its command."""

import json
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from services.certification import sample
from services.certification.plugin import PLUGIN
from shared.api.manifest import manifest_of
from shared.bus.discovery import KIND
from shared.identity.keys import Keyring
from shared.identity.principals import permits


def test_the_manifest_can_be_signed_and_read_again(keys: Path):
    """A signature library sets a limit to what it reads; beyond it the gateway would not know us."""
    manifest = {**manifest_of(PLUGIN), "state": "leaving", "every": 5.0}
    signed = Keyring.load(keys, "certification").sign(KIND, manifest)
    heard, signer = Keyring.load(keys, "gateway").verify(KIND, signed)
    assert signer.service == "certification"
    assert heard == json.loads(json.dumps(manifest))


def test_the_sample_is_written_by_a_command(tmp_path: Path):
    app = Typer()
    app.command("sample")(PLUGIN.commands["sample"])
    out = tmp_path / "284.xlsx"
    result = CliRunner().invoke(app, ["--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "284" in result.output
    assert out.read_bytes() == sample.workbook()


@pytest.mark.rule(id="C4")
@pytest.mark.rule(id="X8")
def test_no_role_alone_plans_scores_reviews_and_certifies():
    """One role for each of the steps that check one another."""
    grants = PLUGIN.grants
    steps = ("batch.plan", "score.enter", "result.review", "result.report")
    able = {step: {role for role in grants if permits(grants, [role], f"certification.{step}")} for step in steps}
    assert able == {
        "batch.plan": {"exam_officer"},
        "score.enter": {"assessor"},
        "result.review": {"exam_supervisor"},
        "result.report": {"exam_officer"},
    }
