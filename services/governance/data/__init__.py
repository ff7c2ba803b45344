"""What the founding document gives governance, as the rows that are kept: bodies, posts, tenures, terms.

A row is a dictionary of columns. An ``assumption`` in the files is a name; here it is what the name stands for.
"""

import json
from datetime import date
from importlib.resources import files
from typing import Any
from uuid import UUID

Row = dict[str, Any]


class _File:
    """One file of the founding data and the assumptions it explains."""

    def __init__(self, name: str) -> None:
        self.content: Row = json.loads((files(__package__) / name).read_text("utf-8"))

    def assumption(self, code: str | None) -> Row | None:
        return self.content["assumptions"][code] if code else None

    def duties(self, duties: Row | None) -> list[Row]:
        """The versions of a list of duties; the document has one, or none."""
        if duties is None:
            return []
        return [
            {
                "version": duties["version"],
                "effective_from": duties["in_force_from"],
                "assumption": self.assumption(duties["assumption"]),
                "items": duties["items"],
            }
        ]


def _day(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None


def bodies() -> list[Row]:
    """The bodies, in the order of the document."""
    file = _File("bodies.json")
    return [
        {
            "id": UUID(body["id"]),
            "code": body["code"],
            "kind": body["kind"],
            "position": position,
            "name": body["name"],
            "short_name": body["short_name"],
            "existing_from": _day(body["existing_from"]),
            "existing_from_precision": body["existing_from_precision"],
            "meetings_a_year_at_least": body["meetings_a_year_at_least"],
            "supervises": [UUID(supervised) for supervised in body["supervises"]],
            "duties": file.duties(body["duties"]),
            "source": body["source"],
            "assumption": file.assumption(body["assumption"]),
            "note": body["note"],
        }
        for position, body in enumerate(file.content["bodies"], 1)
    ]


def decision_rules() -> list[Row]:
    """How each voting body decides (G2, G5, G8, G9)."""
    file = _File("bodies.json")
    return [
        {
            "id": UUID(rule["id"]),
            "body_id": UUID(body["id"]),
            "number": rule["version"],
            "rule": rule["rule"],
            "quorum": rule["quorum"],
            "majority": rule["majority"],
            "in_force_from": _day(rule["in_force_from"]),
            "clause": rule["clause"],
            "assumption": file.assumption(rule["assumption"]),
        }
        for body in file.content["bodies"]
        if (rule := body["decision_rule"])
    ]


def posts() -> list[Row]:
    """The posts, in the order of the document."""
    file = _File("posts.json")
    return [
        {
            "id": UUID(post["id"]),
            "code": post["code"],
            "kind": post["kind"],
            "body_id": UUID(post["body_id"]) if post["body_id"] else None,
            "position": position,
            "title": post["title"],
            "seats": post["seats"],
            "votes_in": [UUID(body) for body in post["votes_in"]],
            "unfilled": post["unfilled"],
            "duties": file.duties(post["duties"]),
            "source": post["source"],
            "assumption": file.assumption(post["assumption"]),
            "note": post["note"],
        }
        for position, post in enumerate(file.content["posts"], 1)
    ]


def tenures() -> list[Row]:
    """Who held which post when the document was printed."""
    file = _File("posts.json")
    return [
        {
            "id": UUID(tenure["id"]),
            "post_id": UUID(post["id"]),
            "person_id": UUID(tenure["person_id"]),
            "since": _day(tenure["since"]),
            "since_precision": tenure["since_precision"],
            "until": _day(tenure["until"]),
            "source": tenure["source"],
            "assumption": file.assumption(tenure["assumption"]),
        }
        for post in file.content["posts"]
        for tenure in post["tenures"]
    ]


def terms() -> list[Row]:
    """The terms of office (G3)."""
    file = _File("terms.json")
    return [
        {
            "id": UUID(term["id"]),
            "number": term["number"],
            "name": term["name"],
            "body_ids": [UUID(body) for body in term["body_ids"]],
            "years": term["years"],
            "extension_years_at_most": term["extension_years_at_most"],
            "began_precision": term["began"]["precision"],
            "began_earliest": _day(term["began"]["earliest"]),
            "began_latest": _day(term["began"]["latest"]),
            "until_earliest": _day(term["until"]["earliest"]),
            "until_latest": _day(term["until"]["latest"]),
            "source": term["source"],
            "clause": term["clause"],
            "assumption": file.assumption(term["assumption"]),
        }
        for term in file.content["terms"]
    ]
