"""A declaration that does not fit its method, or another declaration, is found at import."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from shared.api import fields as f
from shared.api.commands import canonical
from shared.api.execution import load
from shared.api.operations import Operation, operation, operations_of
from shared.api.paging import PageRequest
from shared.errors import Invalid
from shared.identity.principals import PUBLIC
from shared.text import Text


class ThingIn(f.Schema):
    name = f.String("名", "Name", required=True)
    size = f.Integer("大小", "Size", load_default=1)


class ThingOut(f.Schema):
    name = f.String("名", "Name")


def declare(route: str, function: Callable[..., Any], **more: Any) -> Operation:
    usual: dict[str, Any] = {"permission": PUBLIC, "label": ("事", "Thing"), "kind": "action"}
    declared: Operation = operation(route, **{**usual, **more})(function).operation  # type: ignore[attr-defined]
    return declared


# --- what fits ----------------------------------------------------------------------------------------------


def test_a_declaration_says_what_follows_from_it() -> None:
    def make_thing(self: Any, tx: Any, name: str, size: int) -> None:
        """
        Makes a thing.

        Twice as fast.
        """

    spec = declare("POST /things", make_thing, kind="create", request=ThingIn, response=ThingOut)
    assert (spec.name, spec.method, spec.path) == ("make_thing", "POST", "/things")
    assert (spec.status, spec.rate, spec.if_match, spec.command) == (201, "write", False, True)
    assert spec.description == "Makes a thing.\n\nTwice as fast."
    assert spec.label == Text("事", "Thing")


@pytest.mark.parametrize(
    ("method", "if_match", "command", "rate"),
    [
        ("GET", False, False, "read"),
        ("POST", False, True, "write"),
        ("PUT", True, True, "write"),
        ("PATCH", True, True, "write"),
        ("DELETE", True, True, "write"),
    ],
)
def test_what_a_method_means(method: str, if_match: bool, command: bool, rate: str) -> None:
    spec = declare(f"{method} /things/{{id}}", lambda self, tx, id: None)
    assert (spec.if_match, spec.command, spec.rate, spec.status) == (if_match, command, rate, 200)


def test_what_follows_can_be_said_otherwise() -> None:
    spec = declare("PUT /things/{id}", lambda self, tx, id: None, if_match=False, rate="sign-in")
    assert (spec.if_match, spec.rate) == (False, "sign-in")
    assert declare("PUT /things/{id}", lambda self, tx, id: None, status=202).status == 202


def test_path_parameters_are_ids_or_numbers() -> None:
    spec = declare("GET /a/{id}/b/{part_id}/c/{number}", lambda self, tx, id, part_id, number: None)
    assert spec.parameters == ["id", "part_id", "number"]
    one, part = uuid.uuid4(), uuid.uuid4()
    assert load(spec, {"id": str(one), "part_id": str(part), "number": "S1"}) == {
        "id": one,
        "part_id": part,
        "number": "S1",
    }
    with pytest.raises(Invalid) as refused:
        load(spec, {"id": "1", "part_id": str(part)})
    assert refused.value.errors is not None
    assert set(refused.value.errors) == {"id", "number"}


def test_a_list_takes_a_page_and_its_filters() -> None:
    spec = declare("GET /things", lambda self, tx, page, name, size: None, kind="list", request=ThingIn)
    loaded = load(spec, {"name": "a", "limit": "7", "sort": "-name"})
    assert loaded == {"name": "a", "size": 1, "page": PageRequest(7, None, "-name")}


def test_defaults_are_filled_in_and_what_is_too_much_is_refused() -> None:
    spec = declare("POST /things", lambda self, tx, name, size: None, request=ThingIn)
    assert load(spec, {"name": "a"}) == {"name": "a", "size": 1}
    with pytest.raises(Invalid) as refused:
        load(spec, {"name": "a", "colour": "red", "tx": 1, "self": 2})
    assert refused.value.errors is not None
    assert set(refused.value.errors) == {"colour", "tx", "self"}


def test_equal_requests_are_equal_whatever_the_order_of_their_fields() -> None:
    spec = declare("POST /things", lambda self, tx, name, size: None, request=ThingIn)
    assert canonical(spec, {"name": "a", "size": 1}) == canonical(spec, {"size": 1, "name": "a"})
    assert canonical(spec, {"name": "a"}) != canonical(spec, {"name": "b"})


# --- what does not ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "route",
    ["things", "POST things", "FETCH /things", "POST  /things", "POST /Things", "POST /things?x", "post /x", ""],
)
def test_a_route_reads_method_and_path(route: str) -> None:
    with pytest.raises(TypeError, match="METHOD /path"):
        declare(route, lambda self, tx: None)


@pytest.mark.parametrize(
    ("route", "function", "more"),
    [
        ("POST /things", lambda self, tx, name: None, {"request": ThingIn}),
        ("POST /things", lambda self, tx: None, {"request": ThingIn}),
        ("POST /things", lambda self, tx, name, size, colour: None, {"request": ThingIn}),
        ("POST /things/{id}", lambda self, tx: None, {}),
        ("POST /things", lambda self, tx, id: None, {}),
        ("GET /things", lambda self, tx: None, {"kind": "list"}),
        ("GET /things", lambda self, tx, limit, cursor, sort: None, {"kind": "list"}),
        ("GET /things", lambda self, tx, page: None, {"kind": "detail"}),
    ],
    ids=["lacks one", "lacks all", "wants more", "lacks the id", "wants an id", "no page", "a page in parts", "a page"],
)
def test_a_method_that_does_not_take_what_is_declared_is_refused(
    route: str, function: Callable[..., Any], more: dict[str, Any]
) -> None:
    with pytest.raises(TypeError, match="its declaration gives"):
        declare(route, function, **more)


@pytest.mark.parametrize("more", [{"kind": "download"}, {"kind": "detail", "media_type": "application/pdf"}])
def test_a_download_and_nothing_else_has_a_media_type(more: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="media type"):
        declare("GET /things/{id}", lambda self, tx, id: None, **more)


def test_a_parameter_with_a_default_may_be_left_to_it() -> None:
    def touch(self: Any, tx: Any, id: uuid.UUID, hard: bool = False) -> None:
        """Touches."""

    assert declare("POST /things/{id}/touch", touch).parameters == ["id"]


def test_two_operations_cannot_claim_one_route() -> None:
    class Service:
        @operation("GET /things/{id}", permission=PUBLIC, label=("甲", "A"), kind="detail")
        def one(self, tx: Any, id: uuid.UUID) -> None:
            """One."""

        @operation("GET /things/{number}", permission=PUBLIC, label=("乙", "B"), kind="detail")
        def other(self, tx: Any, number: str) -> None:
            """The same to whoever asks."""

    with pytest.raises(TypeError, match="both claim GET /things"):
        operations_of(Service)


def test_one_path_has_an_operation_a_method() -> None:
    class Service:
        @operation("GET /things/{id}", permission=PUBLIC, label=("甲", "A"), kind="detail")
        def see(self, tx: Any, id: uuid.UUID) -> None:
            """Sees."""

        @operation("DELETE /things/{id}", permission=PUBLIC, label=("乙", "B"), kind="action")
        def remove(self, tx: Any, id: uuid.UUID) -> None:
            """Removes."""

    assert set(operations_of(Service)) == {"see", "remove"}
