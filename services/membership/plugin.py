"""What membership is, for everybody outside of it."""

from services.membership.access import GRANTS
from services.membership.accounts.first_start import welcome
from services.membership.base import Base
from services.membership.books import BOOKS
from services.membership.data import personal_data_terms
from services.membership.events import EVENTS
from services.membership.mailing import mailed
from services.membership.profiles.models import ProfileEntry
from services.membership.profiles.operations import READ_MODEL
from services.membership.seed import seed
from services.membership.service import MembershipService
from services.membership.sessions.withdrawing import withdrawn
from shared.plugins import Plugin
from shared.text import Text

PLUGIN = Plugin(
    name="membership",
    label=Text("会员", "Membership"),
    package="services.membership",
    service=MembershipService,
    models=Base.metadata,
    events=EVENTS,
    books=BOOKS,
    personal_data=personal_data_terms(),
    needs=["governance", "finance", "certification", "publishing"],
    grants=GRANTS,
    read_models={READ_MODEL: [ProfileEntry]},
    seed=seed,
    welcome=welcome,
    issues_tokens=True,
    withdrawn=withdrawn,
    mailed=mailed,
)
