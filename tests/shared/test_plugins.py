"""Services are found without a list: folders of services/ and entry points, each under a name of its own."""

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import pytest

from shared import plugins as finding
from shared.plugins import ENTRY_POINT_GROUP, Plugin
from shared.testing import echo
from shared.text import Text

PLUGIN_MODULE = """
from sqlalchemy import MetaData
from shared.plugins import Plugin
from shared.text import Text
PLUGIN = Plugin(name={name!r}, label=Text("甲", "A"), service=object, models=MetaData(), package="services.{folder}")
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A services/ of the test's own, in which nothing is yet."""
    before = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "services"}
    for name in before:
        del sys.modules[name]
    spec = SimpleNamespace(submodule_search_locations=[str(tmp_path / "services")])
    monkeypatch.setattr(finding.importlib.util, "find_spec", lambda name: spec)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(finding, "entry_points", lambda group: [])
    monkeypatch.setattr(finding, "_added", {})
    finding._installed.cache_clear()
    (tmp_path / "services").mkdir()
    yield tmp_path / "services"
    finding._installed.cache_clear()
    for name in [name for name in sys.modules if name.split(".")[0] == "services"]:
        del sys.modules[name]
    sys.modules.update(before)


def install(place: Path, folder: str, name: str | None = None) -> None:
    (place / folder).mkdir()
    (place / folder / "__init__.py").touch()
    (place / folder / "plugin.py").write_text(PLUGIN_MODULE.format(name=name or folder, folder=folder))


def test_the_services_of_this_house_are_found() -> None:
    found = finding.plugins()
    folders = {path.parent.name for path in Path(finding.__file__).parent.parent.glob("services/*/plugin.py")}
    assert folders
    assert folders <= set(found)
    for name in folders:
        assert found[name].folder.name == name
        assert found[name].migrations == found[name].folder / "migrations"


def test_a_folder_with_a_plugin_is_enough(place: Path) -> None:
    install(place, "alpha")
    install(place, "beta")
    assert sorted(finding.plugins()) == ["alpha", "beta"]


def test_other_folders_and_files_are_no_services(place: Path) -> None:
    install(place, "alpha")
    (place / "__pycache__").mkdir()
    (place / "notes").mkdir()
    (place / "README.md").touch()
    assert finding.service_folders() == ["alpha"]


def test_no_services_are_no_error(place: Path) -> None:
    assert finding.plugins() == {}


def test_an_entry_point_is_enough(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("teller", "shared.testing.echo:TELLER", ENTRY_POINT_GROUP)
    monkeypatch.setattr(finding, "entry_points", lambda group: [entry] if group == ENTRY_POINT_GROUP else [])
    install(place, "alpha")
    assert sorted(finding.plugins()) == ["alpha", "teller"]
    assert finding.plugins()["teller"] is echo.TELLER


def test_two_that_claim_one_name_are_an_error(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(place, "alpha", name="teller")
    install(place, "beta", name="teller")
    with pytest.raises(RuntimeError, match="two plugins claim the name 'teller'"):
        finding.plugins()


def test_a_folder_and_an_entry_point_cannot_share_a_name(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(place, "teller")
    entry = EntryPoint("teller", "shared.testing.echo:TELLER", ENTRY_POINT_GROUP)
    monkeypatch.setattr(finding, "entry_points", lambda group: [entry])
    with pytest.raises(RuntimeError, match="'teller'"):
        finding.plugins()


def test_one_added_by_hand_is_there_too(place: Path) -> None:
    finding.add(echo.LISTENER)
    assert finding.plugins()["listener"] is echo.LISTENER


def test_a_package_that_is_not_there_has_no_folder() -> None:
    plugin = Plugin("x", Text("无", "None"), object, echo.TellerBase.metadata, package="shared.no_such_package")
    with pytest.raises(LookupError):
        _ = plugin.folder
