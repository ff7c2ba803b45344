"""What the API says of itself, and whether that is all there is to say: OpenAPI, /docs, and requests nobody foresaw."""

import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from services.membership.data import role_labels
from shared.api.manifest import describe
from shared.api.operations import Operation, operations_of
from shared.plugins import plugins
from shared.testing.browser import chromium, program
from shared.testing.processes import Caller

OPERATIONS = {
    f"{plugin.name}.{operation.name}": operation
    for plugin in plugins().values()
    for operation in operations_of(plugin.service).values()
}
EXAMPLES = int(os.environ.get("XIEHUI_DRAWN_REQUESTS", "3"))
"""How many requests are drawn for each operation; `make soak` draws more."""
SECONDS = 60 + 60 * EXAMPLES


@pytest.fixture(scope="module")
def anybody(front: Any) -> Caller:
    caller: Caller = front.anybody
    return caller


def operations_in(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        operation["operationId"]: operation | {"path": path, "method": method.upper()}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_document_is_openapi_3_1_and_holds_every_operation_with_both_labels(anybody: Caller, language: str) -> None:
    spoken = {"Accept-Language": language}
    answer = anybody.ask("GET", "/openapi.json", headers=spoken)
    document = answer.json()
    assert document["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []

    found = operations_in(document)
    assert set(found) == set(OPERATIONS)
    for name, declared in OPERATIONS.items():
        _says_what_is_declared(name.partition(".")[0], declared, found[name], language)
    again = anybody.ask("GET", "/openapi.json", 304, headers={**spoken, "If-None-Match": answer.headers["ETag"]})
    assert again.content == b""


def _says_what_is_declared(service: str, declared: Operation, said: dict[str, Any], language: str) -> None:
    assert (said["method"], said["path"]) == (declared.method, f"/v1/{service}{declared.path}")
    zh = language == "zh-CN"
    labels = (said["summary"], said["x-label-en"]) if zh else (said["x-label-zh"], said["summary"])
    assert labels == tuple(declared.label), said["path"]
    assert said["x-permission"] == declared.permission
    assert said.get("x-scope") == (describe(declared, plugins()[service].grants)["scope"] or None)
    assert said.get("x-apart") == declared.apart
    parameters = [parameter.get("name") for parameter in said["parameters"] if parameter.get("in") == "path"]
    assert parameters == declared.parameters
    if declared.if_match:
        assert {"412", "428"} <= set(said["responses"])


class _Words(HTMLParser):
    """The words of a page that stand between tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words = ""
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.skipif(program() is None, reason="此机没有 Chromium / there is no Chromium here")
def test_the_documentation_shows_every_operation_in_a_browser(anybody: Caller, tmp_path: Path) -> None:
    page = chromium("--dump-dom", f"{anybody.address}/docs?lang=en", profile=tmp_path / "profile")
    words = _Words(page).words
    for name, operation in OPERATIONS.items():
        assert operation.label.en in words, name
        assert operation.label.zh in words, name
    assert "/v1/publishing/articles" in words

    picture = tmp_path / "docs.png"
    chromium(f"--screenshot={picture}", "--window-size=1280,1600", f"{anybody.address}/docs", profile=tmp_path / "p2")
    assert picture.stat().st_size > 20_000


def test_no_request_whatever_it_holds_breaks_anything(anybody: Caller, tmp_path: Path) -> None:
    """Requests drawn from the document, good and bad, as somebody who may do everything."""
    everybody = anybody.as_(*role_labels())
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{anybody.address}/openapi.json"),
            *("--header", f"Authorization: Bearer {everybody.token}"),
            *("--checks", "not_a_server_error,response_schema_conformance,content_type_conformance"),
            *("--phases", "examples,fuzzing", "--max-examples", str(EXAMPLES)),
            # Two at once draw at once, and Python 3.11's parser, which the drawing asks, may fail on that.
            *("--workers", "1", "--seed", "2021", "--no-shrink", "--suppress-health-check", "all"),
            *("--warnings", "off", "--request-timeout", "20"),
        ],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-12000:] + done.stderr[-2000:]
    anybody.ready(*plugins(), within=10)
