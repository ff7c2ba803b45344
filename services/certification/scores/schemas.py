"""What comes in about scores."""

from typing import Any

from shared.api import fields as f
from shared.api.sheets import SheetIn


class Mark(f.String):
    """A score such as "59.5", or 缺考. Whatever else is sent reaches the rule, which refuses it by its id (C5)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return value

    def _validate(self, value: Any) -> None:
        """Nothing is left to be said here."""


class ScoresIn(f.Schema):
    """The marks of one candidate, those that are known; a reason where one that stands is changed."""

    theory = Mark("理论成绩", "Theory", load_default=None, allow_none=True)
    practical = Mark("实操成绩", "Practical", load_default=None, allow_none=True)
    review = Mark("综合评审成绩", "Review", load_default=None, allow_none=True)
    reason = f.String("更正理由", "Reason of a correction", load_default="")


class ScoreSheetIn(SheetIn):
    reason = f.String("更正理由", "Reason of corrections", load_default="")
