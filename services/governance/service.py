"""The governance service: one mixin a feature."""

from services.governance.absences.operations import Absences
from services.governance.bodies.operations import Bodies
from services.governance.meetings.operations import Meetings
from services.governance.motions.operations import Motions
from services.governance.personal_data import PersonalData
from services.governance.posts.operations import Posts
from services.governance.resolutions.operations import Resolutions
from services.governance.terms.operations import Terms
from services.governance.wanted.operations import WantedResolutions
from shared.chassis import Service


class GovernanceService(
    Service, Bodies, Posts, Terms, Absences, Meetings, Motions, Resolutions, WantedResolutions, PersonalData
):
    """The association's bodies, posts and terms; absences, meetings, motions and what they resolve."""

    name = "governance"
