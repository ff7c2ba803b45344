"""What an erasure must also reach: answers kept for repeats, and what jobs were given and found.

Events, their inbox and the audit trail hold ids and digests by rule, and are left alone: the chain of seals stands.
"""

from collections.abc import Collection
from uuid import UUID

import orjson
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text as SqlText

from shared.store.tx import Tx

# A text is looked for between its quotes, so that a name of two characters does not find every sentence with it.
_NEEDLES = bindparam("needles", type_=ARRAY(SqlText()))
# JSON's null, not SQL's: that an answer went is no secret that was never kept, and the books tell the two apart.
_ANSWERS = text("""\
UPDATE chassis.idempotency SET answer = 'null'
WHERE answer IS NOT NULL AND EXISTS (
  SELECT FROM unnest(:needles) AS needle WHERE strpos(answer::text, needle) > 0)""").bindparams(_NEEDLES)
_JOBS = text("""\
UPDATE chassis.jobs SET input = '{}', content = NULL, result = NULL, problem = NULL
WHERE state IN ('done', 'failed') AND EXISTS (
  SELECT FROM unnest(:needles) AS needle
  WHERE strpos(concat(input::text, result::text, problem::text), needle) > 0)""").bindparams(_NEEDLES)


def forget_traces(tx: Tx, ids: Collection[UUID], texts: Collection[str]) -> None:
    """Take back every kept answer and every ended job's input and result that name one of these rows or texts.

    A command repeated under its key is refused afterwards with ``answer-not-kept``; it is not carried out again.
    """
    needles = [f'"{each}"' for each in ids] + [orjson.dumps(each).decode() for each in texts if each]
    if needles:
        for statement in (_ANSWERS, _JOBS):
            tx.session.execute(statement, {"needles": needles})
