"""Comparing what was sent to units with the mail it left by."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select

from shared.books.declared import Faults
from shared.books.look import Look
from shared.books.matching import matched
from shared.store.tables import Mail


def left_by_their_mail(
    look: Look, table: str, kinds: Collection[str], outcomes: Mapping[UUID, str], says: Mapping[str, str]
) -> Faults:
    """Each mail of these kinds belongs to one row of ``table`` (mail → its outcome), and no row to a mail that is not
    there. Where an outcome is one that follows from a mail's state, it is what ``says`` has for that state."""
    mails = {row.id: row.state for row in look.session.execute(select(Mail.id, Mail.state).where(Mail.kind.in_(kinds)))}
    yield from matched(f"{table} of mail", dict.fromkeys(mails), ((id, None) for id in outcomes))
    following = {id: outcome for id, outcome in outcomes.items() if outcome in says.values() and id in mails}
    wanted = {id: says.get(mails[id]) for id in following}
    yield from matched(f"outcome of {table} of mail", wanted, following.items())
