"""A client of the gateway, as anybody could write one: JSON over HTTP, a token, patience with whatever goes away.

An association that is being stopped, killed or started again is no reason to give up, and none to do a thing twice.
Every command bears an ``Idempotency-Key`` and is sent again under the same key until it is answered; a read is simply
sent again; whose token ran out, or was withdrawn because rights changed, signs in again.
"""

import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx
from rich.progress import Progress

PATIENCE = 120.0
"""Seconds for which an association may be away before a request is given up."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
AWAY = frozenset({503, 504})
"""Statuses of requests that were not carried out, or may have been: to be sent again under the same key."""


class Surprise(Exception):
    """The association answered something the demonstration cannot go on with."""


class AnswerNotKept(Surprise):
    """The command was carried out, but its answer held a secret and got lost on the way: nobody has it any more."""


def until(check: Callable[[], Any], what: str, *, within: float = 60) -> Any:
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

    def __init__(self, address: str, *, credentials: tuple[str, str] | None = None, patience: float = PATIENCE) -> None:
        """``credentials``: the user name and password to sign in with, now and whenever the token holds no more."""
        self.address = address
        self._credentials = credentials
        self._patience = patience
        self._http = httpx.Client(base_url=address, timeout=30, trust_env=False)
        if credentials:
            self._sign_in(*credentials)

    def _sign_in(self, username: str, password: str) -> None:
        self._http.headers.pop("Authorization", None)  # one that ran out would be refused even here
        session = self.anew("/v1/membership/sessions", {"username": username, "password": password})
        self._http.headers["Authorization"] = f"Bearer {session['access_token']}"

    def sign_in_again(self) -> None:
        """Go on with the rights of this moment."""
        assert self._credentials is not None, "nobody has signed in here"
        self._sign_in(*self._credentials)

    def signed_in(self, username: str, password: str) -> "Client":
        """A client for whoever this is."""
        return Client(self.address, credentials=(username, password), patience=self._patience)

    def ask(self, method: str, path: str, *, expect: int | None = None, **sent: Any) -> httpx.Response:
        """One request, sent again for as long as nobody answers it; an answer that is not a success (or not
        ``expect``) is a :class:`Surprise`."""
        response = self._asked(method, path, **sent)
        if response.status_code != expect if expect else response.is_error:
            surprise = AnswerNotKept if _code(response) == "answer-not-kept" else Surprise
            raise surprise(f"{method} {path}: {response.status_code} {response.text[:1000]}")
        return response

    def attempt(self, method: str, path: str, body: Any = None, **headers: str) -> str:
        """What somebody is told who may not do this: the rule that refuses, else the code of the problem; where
        nobody stops them, the status."""
        response = self._asked(method, path, json={} if body is None else body, headers=headers)
        if response.is_success:
            return str(response.status_code)
        problem = response.json()
        return str(problem.get("rule") or problem["code"])

    def _asked(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """The answer to one request, whatever it is; who has to sign in again does."""
        headers = {"Idempotency-Key": str(uuid.uuid4())} if method != "GET" else {}
        headers |= sent.pop("headers", {})
        response = self._answered(method, path, headers=headers, **sent)
        if response.status_code == 401 and self._credentials and _has_run_out(response):
            self._sign_in(*self._credentials)
            response = self._answered(method, path, headers=headers, **sent)
        return response

    def _answered(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """The first answer of an association that is there; a :class:`Surprise` where there is none in time."""
        deadline, pause = time.monotonic() + self._patience, SHORTEST_PAUSE
        while True:
            try:
                response = self._http.request(method, path, **sent)
            except httpx.TransportError as error:
                last, asked = f"{type(error).__name__}: {error}", 0.0
            else:
                if response.status_code not in AWAY:
                    return response
                last, asked = f"{response.status_code} {response.text[:1000]}", _retry_after(response)
            if time.monotonic() > deadline:
                raise Surprise(f"{method} {path}: not answered within {self._patience:g} s, at last {last}")
            time.sleep(min(max(pause, asked), LONGEST_PAUSE))
            pause *= 2

    def anew(self, path: str, body: Any = None) -> Any:
        """POST a command that may be done twice and whose answer holds a secret: where that gets lost, another one is
        asked for."""
        while True:
            try:
                return self.post(path, body)
            except AnswerNotKept:
                continue

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
        """The ended job, shown as a progress bar while it runs; a :class:`Surprise` where it does not get on
        ``within`` seconds."""
        bar = progress.add_task(title, total=None)
        deadline = time.monotonic() + within
        while job["state"] in ("waiting", "running"):
            if time.monotonic() > deadline:
                raise Surprise(f"job {job['id']} does not get on: {job}")
            time.sleep(0.1)
            before, job = job, self.get(f"/v1/{service}/jobs/{job['id']}")
            if job != before:
                deadline = time.monotonic() + within
            progress.update(bar, completed=job["done"], total=job["total"])
        progress.update(bar, completed=job["total"] or 1, total=job["total"] or 1)
        return job

    def wait_for(
        self, what: Callable[[], tuple[int, int]], progress: Progress, title: str, *, within: float = 120
    ) -> None:
        """Wait until ``what`` says (done, of all) that it is done, shown as a progress bar; a :class:`Surprise` where
        it does not get on ``within`` seconds."""
        bar = progress.add_task(title, total=None)
        done, deadline = -1, time.monotonic() + within
        while True:
            before, (done, total) = done, what()
            if done != before:
                deadline = time.monotonic() + within
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


def _retry_after(response: httpx.Response) -> float:
    """The seconds that a problem asks one to wait."""
    asked = response.headers.get("Retry-After", "")
    return float(asked) if asked.isdecimal() else 0.0


def _has_run_out(response: httpx.Response) -> bool:
    """Whether another token of the same person would do."""
    return _code(response) in ("token-expired", "token-withdrawn", "bad-token", "session-over")


def _code(response: httpx.Response) -> Any:
    if "problem+json" not in response.headers.get("Content-Type", ""):
        return None
    return response.json().get("code")
