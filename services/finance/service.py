"""The finance service: one mixin a feature."""

from services.finance.dues.operations import Dues
from services.finance.dues.reducing import DuesReductions
from services.finance.expenditures.operations import Expenditures
from services.finance.expenditures.resolutions import ExpenditureResolutions
from services.finance.gifts.operations import Gifts
from services.finance.ledger.operations import Ledger
from services.finance.manuscript_fees.operations import ManuscriptFees
from services.finance.personal_data import PersonalData
from services.finance.signers.operations import Signers
from shared.chassis import Service


class FinanceService(
    Service,
    Dues,
    DuesReductions,
    Expenditures,
    ExpenditureResolutions,
    Gifts,
    Ledger,
    ManuscriptFees,
    Signers,
    PersonalData,
):
    """What the association owes and is owed."""

    name = "finance"
