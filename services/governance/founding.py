"""Loads what the founding document gives governance, and again whenever that data is corrected."""

from typing import Any

from services.governance import data
from services.governance.bodies.models import Body, BodyDecisionRule
from services.governance.events import PostTakenUp
from services.governance.posts.models import Post, Tenure
from services.governance.terms.models import Term
from shared.store.tx import Tx


def seed(tx: Tx) -> None:
    """Bodies, posts, tenures and terms under their fixed ids; any number of times.

    A tenure is told like any other, so that listeners know who held what from the start; told again where the data
    correct it. The end that a decision gave a tenure since then stays.
    """
    for model, rows in (
        (Body, data.bodies()),
        (BodyDecisionRule, data.decision_rules()),
        (Post, data.posts()),
        (Term, data.terms()),
    ):
        for row in rows:
            _keep(tx, model, row)
        tx.flush()
    for row in data.tenures():
        _keep_tenure(tx, row)


def _keep(tx: Tx, model: type[Any], row: data.Row) -> bool:
    """Add the row or bring it up to date; whether that changed anything."""
    known = tx.find(model, id=row["id"])
    if known is None:
        tx.add(model(**row))
        return True
    changed = {column: value for column, value in row.items() if getattr(known, column) != value}
    for column, value in changed.items():
        setattr(known, column, value)
    return bool(changed)


def _keep_tenure(tx: Tx, row: data.Row) -> None:
    known = tx.find(Tenure, id=row["id"])
    if known is None:
        row = {**row, "warnings": []}
    elif known.leaving_decision is not None:
        row = {**row, "until": known.until}
    if _keep(tx, Tenure, row):
        post = tx.get(Post, row["post_id"])
        post.changed_hands()
        tx.flush()
        days = {"since": row["since"], "until": row["until"]}
        tx.emit(PostTakenUp.of(post, tenure_id=row["id"], person_id=row["person_id"], **days))
