"""What comes in with a sheet of the roster."""

from shared.api import fields as f
from shared.api.sheets import SheetIn


class RosterSheetIn(SheetIn):
    """An .xlsx or .csv file as the export gives it. ``take_rest`` takes the rows in order although others are not;
    ``preview`` only says what would be done."""

    preview = f.Boolean("仅预览，不作变更", "Preview only", load_default=False)
