"""Who waits for whom: responses come in side by side, and the close waits for those under way."""

import uuid

from services.membership.surveys.responses.rules import Channel
from shared.store.tx import Tx


def hold_for_response(tx: Tx, survey_id: uuid.UUID) -> None:
    """Keep the survey from being closed until this response is in."""
    tx.hold(_name(survey_id), shared=True)


def hold_whole(tx: Tx, survey_id: uuid.UUID) -> None:
    """Wait until no response is under way, and let none in."""
    tx.hold(_name(survey_id))


def hold_channel(tx: Tx, survey_id: uuid.UUID, channel: Channel) -> None:
    """Let one at a time count and enter the responses of a channel."""
    tx.hold(f"{_name(survey_id)} {channel}")


def _name(survey_id: uuid.UUID) -> str:
    return f"survey {survey_id}"
