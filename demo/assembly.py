"""Meetings as the demonstration holds them: called, opened, voted at by counted paper ballots, closed."""

from typing import Any

from demo.client import Client
from demo.office import Office

API = "/v1/governance"


class Meeting:
    """One meeting of a body, entered by the clerk."""

    def __init__(self, office: Office, body: str, day: str, *, roll: int, present: int) -> None:
        self._clerk: Client = office.clerk
        self._tellers = office.tellers
        self.id = self._clerk.post(f"{API}/meetings", {"body": body, "held_on": day, "roll": roll})["id"]
        self._clerk.post(f"{API}/meetings/{self.id}/opening", {"present": present})

    def put(self, matter: str, title: str, payload: dict[str, Any], subject: str | None = None) -> str:
        """Put a motion; its id."""
        motion = {"matter": matter, "title": title, "payload": payload, "subject_id": subject}
        return str(self._clerk.post(f"{API}/meetings/{self.id}/motions", motion)["id"])

    def put_refused(self, matter: str, title: str, payload: dict[str, Any]) -> str:
        """The rule by which a motion is refused."""
        motion = {"matter": matter, "title": title, "payload": payload}
        return _rule(self._clerk.refused("POST", f"{API}/meetings/{self.id}/motions", 409, motion))

    def vote(self, motion: str, present: int, yes: int, *, ballot: str) -> Any:
        """Enter a vote: everybody present returns a valid ballot, who is not for it is against."""
        return self._clerk.post(f"{API}/motions/{motion}/vote", self._count(present, yes, ballot))

    def vote_refused(self, motion: str, present: int, yes: int, *, ballot: str) -> str:
        """The rule by which a vote is refused."""
        return _rule(
            self._clerk.refused("POST", f"{API}/motions/{motion}/vote", 409, self._count(present, yes, ballot))
        )

    def close(self) -> None:
        self._clerk.post(f"{API}/meetings/{self.id}/closing")

    def _count(self, present: int, yes: int, ballot: str) -> dict[str, Any]:
        ballots = {"issued": present, "returned": present, "invalid": 0, "abstained": 0}
        return {
            "present": present,
            "ballot": ballot,
            **ballots,
            "yes": yes,
            "no": present - yes,
            "tellers": self._tellers,
        }


def _rule(problem: dict[str, Any]) -> str:
    return str(problem.get("rule"))
