"""Who may do what with requests about personal data (X12)."""

from shared.identity.reach import Grants
from shared.personal.operations import SEE

GRANTS: Grants = {
    "clerk": [SEE, "membership.personal_data.*"],
}
