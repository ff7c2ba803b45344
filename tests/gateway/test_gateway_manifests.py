from gateway.app import create_app
from gateway.manifests import ManifestStore
from gateway.routes import read_manifest


def test_a_gateway_that_starts_alone_knows_the_routes_and_that_nobody_is_there(front, settings):
    app = create_app(settings, client=front.services, observer=False)
    answer = app.test_client().get("/v1/certification/batches")
    assert (answer.status_code, answer.json["code"]) == (503, "service-away")

    app.table.hear(front.manifest("certification", front.entry("GET /batches", "list_batches")))
    assert app.test_client().get("/v1/certification/batches").status_code == 200


def test_what_was_kept_last_is_what_is_loaded(tmp_path, front):
    store = ManifestStore(tmp_path / "kept")
    for version in (1, 2):
        store.keep(read_manifest(front.manifest("finance", front.entry("GET /a", f"a{version}"), version=version)))
    assert [route.name for offer in store.load() for route in offer.routes] == ["a2"]
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["finance.json"]


def test_a_file_that_is_damaged_costs_only_itself(tmp_path, front):
    store = ManifestStore(tmp_path)
    store.keep(read_manifest(front.manifest("finance")))
    for name, content in (("half", b'{"service": "ha'), ("other", b"[]"), ("empty", b"")):
        (tmp_path / f"{name}.json").write_bytes(content)
    assert [offer.service for offer in store.load()] == ["finance"]


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path, front):
    (tmp_path / "file").write_text("in the way")
    store = ManifestStore(tmp_path / "file")
    store.keep(read_manifest(front.manifest("finance")))
    assert store.load() == []


def test_routes_survive_a_manifest_that_was_not_understood(front, settings):
    front.hear("certification", {"name": "broken"}, version=9, instance="two")
    kept = ManifestStore(settings.state / "manifests").load()
    assert [offer.version for offer in kept] == [1]
