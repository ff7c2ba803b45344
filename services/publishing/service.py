"""The publishing service: one mixin a feature."""

from services.publishing.articles.operations import Articles
from services.publishing.newsletters.operations import Newsletters
from services.publishing.personal_data import PersonalData
from shared.chassis import Service


class PublishingService(Service, Articles, Newsletters, PersonalData):
    """Articles and the newsletter 《山西通信行业简讯》."""

    name = "publishing"
