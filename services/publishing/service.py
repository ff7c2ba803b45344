"""The publishing service: one mixin a feature."""

from services.publishing.articles.operations import Articles
from services.publishing.newsletters.operations import Newsletters
from shared.chassis import Service


class PublishingService(Service, Articles, Newsletters):
    """Articles and the newsletter 《山西通信行业简讯》."""

    name = "publishing"
