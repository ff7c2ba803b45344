"""What publishing is, for everybody outside of it."""

from services.publishing.base import Base
from services.publishing.books import BOOKS
from services.publishing.events import EVENTS
from services.publishing.rights import GRANTS
from services.publishing.service import PublishingService
from shared.plugins import Plugin
from shared.text import Text

PLUGIN = Plugin(
    name="publishing",
    label=Text("信息与出版", "Publishing"),
    package="services.publishing",
    service=PublishingService,
    models=Base.metadata,
    events=EVENTS,
    books=BOOKS,
    needs=("membership",),
    grants=GRANTS,
)
