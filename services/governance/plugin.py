"""What governance is, for everybody outside of it."""

from services.governance.base import Base
from services.governance.books import BOOKS
from services.governance.events import EVENTS
from services.governance.founding import seed
from services.governance.rights import GRANTS
from services.governance.service import GovernanceService
from shared.plugins import Plugin
from shared.text import Text

PLUGIN = Plugin(
    name="governance",
    label=Text("治理", "Governance"),
    package="services.governance",
    service=GovernanceService,
    models=Base.metadata,
    events=EVENTS,
    books=BOOKS,
    needs=("finance", "membership"),
    grants=GRANTS,
    seed=seed,
)
