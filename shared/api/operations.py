"""``@operation``: the single declaration of an operation. Route, validation, authorisation, OpenAPI, documentation,
console page, metrics and the contract test all follow from it.

A use case is a method of a mixin and reads from the first line to the last::

    @operation("POST /batches/{id}/announcement", permission="certification.batch.announce",
               response=BatchOut, label=("公布方案", "Announce the plan"), kind="action")
    def announce(self, tx, id):
        \"\"\"Announces a reported plan (C2).\"\"\"
        batch = tx.change(Batch, id)
        batch.advance(rules.next_state(batch.state, "announced"))
        tx.emit(BatchAnnounced.of(batch))
        return batch

Path parameters and the fields of ``request`` arrive as keyword arguments. Commit, outbox, audit, idempotency and the
answer belong to the wrapper (shared.api.execution). Raise a problem and nothing has happened; return one where
the refusal itself must be remembered, as a failed sign-in is.
"""

import functools
import inspect
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shared.api import fields as f
from shared.api.paging import PageQuery
from shared.bus.entrypoints import OperationEntrypoint, register
from shared.errors import Problem
from shared.identity.duties import Act
from shared.text import Text

Kind = Literal["list", "detail", "create", "action", "download", "todo", "figure"]
RateClass = Literal["read", "write", "sign-in", "public"]

_ROUTE = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/[a-z0-9/{}_-]*)")
_PARAMETER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Download:
    """The answer of a download: a file, of the media type that its operation declares."""

    filename: str
    content: bytes


@dataclass(frozen=True)
class Operation:
    """What is declared of an operation. ``path`` is relative to /v1/<service>."""

    name: str
    method: str
    path: str
    permission: str
    label: Text
    kind: Kind
    request: type[f.Schema] | None
    response: type[f.Schema] | None
    media_type: str | None
    status: int
    if_match: bool
    rate: RateClass
    errors: tuple[type[Problem], ...]
    secret: bool
    apart: Act | None
    exports: bool
    description: str

    @property
    def parameters(self) -> list[str]:
        """The names in the path, in order."""
        return _PARAMETER.findall(self.path)

    @property
    def command(self) -> bool:
        """Whether it changes anything, and so takes an idempotency key and leaves an audit row."""
        return self.method != "GET"

    @functools.cached_property
    def schema(self) -> f.Schema:
        """Everything the operation takes: path parameters, its request's fields and, for lists, the page."""
        declared: dict[str, Any] = {}
        for base in ([PageQuery] if self.kind == "list" else []) + ([self.request] if self.request else []):
            declared.update(base._declared_fields)
        for parameter in self.parameters:
            if parameter not in declared:
                declared[parameter] = (
                    f.UUID("编号", "Id", required=True)
                    if parameter == "id" or parameter.endswith("_id")
                    else f.String("编号", "Number", required=True, max_length=100)
                )
        hooks = (self.request,) if self.request else (f.Schema,)
        arguments: f.Schema = type("Arguments", hooks, declared)()
        return arguments

    @functools.cached_property
    def answer(self) -> f.Schema | None:
        return self.response() if self.response else None


def operation(
    route: str,
    *,
    permission: str,
    label: tuple[str, str],
    kind: Kind,
    request: type[f.Schema] | None = None,
    response: type[f.Schema] | None = None,
    media_type: str | None = None,
    status: int | None = None,
    if_match: bool | None = None,
    rate: RateClass | None = None,
    errors: tuple[type[Problem], ...] = (),
    secret: bool = False,
    apart: Act | None = None,
    exports: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a method an operation.

    ``route``: "METHOD /path/{parameter}", relative to /v1/<service>. ``permission``: "service.thing.verb", or PUBLIC
    or SIGNED_IN of shared.identity.principals. ``if_match``: whether a change must name the version it changes (PUT,
    PATCH and DELETE do unless told otherwise). ``media_type``: of the file that a download answers. ``secret``: request
    or answer hold a secret, so the answer is never kept for repeats. ``exports``: it hands out personal data, and so
    leaves an audit row although it changes nothing (X12). ``apart``: what is done here that nobody does with what is
    their own or their unit's, or where they acted before (X8). The method asks ``tx.keep_apart``, each time and by
    itself: a declaration without that, or that without a declaration, is found at import, and a way through the method
    that leaves it out is refused at run time.

    Whose rows it shows and changes is said where its permission is granted (shared.identity.reach).
    """
    match = _ROUTE.fullmatch(route)
    if match is None:
        raise TypeError(f"{route!r} does not read 'METHOD /path'")
    method, path = match.groups()
    if (kind == "download") != (media_type is not None):
        raise TypeError(f"{route!r}: a download, and nothing else, has a media type")

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        spec = Operation(
            name=function.__name__,
            method=method,
            path=path,
            permission=permission,
            label=Text(*label),
            kind=kind,
            request=request,
            response=response,
            media_type=media_type,
            status=status or (201 if kind == "create" else 200),
            if_match=method in ("PUT", "PATCH", "DELETE") if if_match is None else if_match,
            rate=rate or ("read" if method == "GET" else "write"),
            errors=errors,
            secret=secret,
            apart=apart,
            exports=exports,
            description=inspect.cleandoc(function.__doc__ or ""),
        )
        _check_signature(function, spec)
        _check_apart(function, spec)

        @functools.wraps(function)
        def call(self: Any, /, **arguments: Any) -> dict[str, Any]:
            answer: dict[str, Any] = self.chassis.execute(spec, functools.partial(function, self), arguments)
            return answer

        call.operation = spec  # type: ignore[attr-defined]
        return register(call, OperationEntrypoint())

    return declare


def _check_signature(function: Callable[..., Any], spec: Operation) -> None:
    """A declaration and its method that do not fit are found at import, not at the first call."""
    parameters = list(inspect.signature(function).parameters.values())[2:]
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return
    taken = {p.name for p in parameters}
    given = set(spec.schema.fields)
    if spec.kind == "list":
        given = given - {"limit", "cursor", "sort"} | {"page"}
    required = {p.name for p in parameters if p.default is p.empty}
    if not required <= given or not given <= taken:
        raise TypeError(f"{function.__qualname__} takes {sorted(taken)}, its declaration gives {sorted(given)}")


def _check_apart(function: Callable[..., Any], spec: Operation) -> None:
    """Likewise an operation that keeps people apart (X8) and does not say so, or says so and does not."""
    asks = "keep_apart" in function.__code__.co_names
    if asks != (spec.apart is not None):
        raise TypeError(f"{function.__qualname__} {'asks' if asks else 'does not ask'} keep_apart; apart={spec.apart}")
    if asks and not spec.command:
        raise TypeError(f"{function.__qualname__} decides and is no command")


def operations_of(service: type[Any]) -> dict[str, Operation]:
    """Every operation of a service class, by name. Two that claim one route are an error."""
    found: dict[str, Operation] = {}
    routes: dict[tuple[str, str], str] = {}
    for name, member in inspect.getmembers(service, inspect.isfunction):
        spec: Operation | None = getattr(member, "operation", None)
        if spec is None:
            continue
        route = (spec.method, _PARAMETER.sub("{}", spec.path))
        if route in routes:
            raise TypeError(f"{name} and {routes[route]} both claim {spec.method} {spec.path}")
        routes[route] = name
        found[name] = spec
    return found


def plain(value: Any) -> Any:
    """JSON for what a message may hold beside plain values: ids."""
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
