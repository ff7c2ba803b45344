"""A client of the gateway, as anybody could write one: JSON over HTTP, a token, patience with jobs and events."""

import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx
from rich.progress import Progress


class Surprise(Exception):
    """The association answered something the demonstration cannot go on with."""


def until(check: Callable[[], Any], what: str, *, within: float = 20) -> Any:
    """What ``check`` gives once it is truthy; a :class:`Surprise` naming ``what`` where it is not in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        found = check()
        if found:
            return found
        time.sleep(0.1)
    raise Surprise(f"not within {within} s: {what}")


class Client:
    """Talks to one gateway, signed in as somebody or as nobody."""

    def __init__(self, address: str, token: str | None = None) -> None:
        self.address = address
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(base_url=address, headers=headers, timeout=30, trust_env=False)

    def signed_in(self, username: str, password: str) -> "Client":
        """A client for whoever this is; the password is that person's own already."""
        session = self.post("/v1/membership/sessions", {"username": username, "password": password})
        return Client(self.address, session["access_token"])

    def ask(self, method: str, path: str, *, expect: int | None = None, **sent: Any) -> httpx.Response:
        """One request; an answer that is not a success (or not ``expect``) is a :class:`Surprise`."""
        headers = {"Idempotency-Key": str(uuid.uuid4())} if method != "GET" else {}
        response = self._http.request(method, path, headers={**headers, **sent.pop("headers", {})}, **sent)
        if response.status_code != expect if expect else response.is_error:
            raise Surprise(f"{method} {path}: {response.status_code} {response.text[:1000]}")
        return response

    def get(self, path: str, **query: Any) -> Any:
        return self.ask("GET", path, params=query).json()

    def post(self, path: str, body: Any = None) -> Any:
        response = self.ask("POST", path, json={} if body is None else body)
        return response.json() if response.content else None

    def put(self, path: str, body: Any, **headers: str) -> Any:
        response = self.ask("PUT", path, json=body, headers=headers)
        return response.json() if response.content else None

    def refused(self, method: str, path: str, status: int, body: Any = None) -> dict[str, Any]:
        """The problem document of a request that must be refused with ``status``."""
        problem: dict[str, Any] = self.ask(method, path, expect=status, json=body).json()
        return problem

    def all(self, path: str, **query: Any) -> list[Any]:
        """Every item of a list, page after page."""
        items: list[Any] = []
        cursor: str | None = None
        while True:
            page = self.get(path, limit=200, **query, **({"cursor": cursor} if cursor else {}))
            items.extend(page["items"])
            cursor = page["next"]
            if cursor is None:
                return items

    def upload(self, path: str, field: str, filename: str, content: bytes, **fields: str) -> Any:
        return self.ask("POST", path, files={field: (filename, content)}, data=fields).json()

    def follow(self, job: dict[str, Any], service: str, progress: Progress, title: str, *, within: float = 120) -> Any:
        """The ended job, shown as a progress bar while it runs."""
        bar = progress.add_task(title, total=None)
        deadline = time.monotonic() + within
        while job["state"] in ("waiting", "running"):
            if time.monotonic() > deadline:
                raise Surprise(f"job {job['id']} does not end: {job}")
            time.sleep(0.1)
            job = self.get(f"/v1/{service}/jobs/{job['id']}")
            progress.update(bar, completed=job["done"], total=job["total"])
        progress.update(bar, completed=job["total"] or 1, total=job["total"] or 1)
        return job

    def wait_for(
        self, what: Callable[[], tuple[int, int]], progress: Progress, title: str, *, within: float = 120
    ) -> None:
        """Wait until ``what`` says (done, of all) that it is done, shown as a progress bar."""
        bar = progress.add_task(title, total=None)
        deadline = time.monotonic() + within
        while True:
            done, total = what()
            progress.update(bar, completed=done, total=total)
            if done >= total:
                return
            if time.monotonic() > deadline:
                raise Surprise(f"{title}: {done} of {total} after {within} s")
            time.sleep(0.2)

    def set_clock(self, moment: str) -> None:
        self.put("/testing/clock", {"now": moment})

    def close(self) -> None:
        self._http.close()
