"""What certification is, for everybody outside of it."""

from services.certification.base import Base
from services.certification.books import BOOKS
from services.certification.commands import sample
from services.certification.data import PERSONAL_DATA
from services.certification.events import EVENTS
from services.certification.service import CertificationService
from shared.api.administration import PERMISSION
from shared.api.auditing import READ_AUDIT
from shared.personal.operations import SEE, SWEEP
from shared.plugins import Plugin
from shared.text import Text

PLUGIN = Plugin(
    name="certification",
    label=Text("职业技能等级认定", "Certification"),
    package="services.certification",
    service=CertificationService,
    models=Base.metadata,
    events=EVENTS,
    books=BOOKS,
    personal_data=PERSONAL_DATA,
    needs=("membership",),
    grants={
        "service:membership": [SEE],
        "administrator": [PERMISSION, READ_AUDIT, SWEEP],
        "inspector": [READ_AUDIT],
        "exam_officer": ["certification.*"],
    },
    commands={"sample": sample},
)
