"""The catalogue 认定目录, for everybody to read (C1)."""

from services.certification.catalogue.schemas import LevelOut, OccupationOut
from services.certification.data import catalogue
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.identity.principals import PUBLIC
from shared.store.tx import Tx


class CatalogueOfSkills:
    """What the centre examines."""

    @operation(
        "GET /occupations",
        permission=PUBLIC,
        response=OccupationOut,
        label=("职业和工种", "Occupations"),
        kind="list",
        rate="public",
    )
    def list_occupations(self, tx: Tx, page: PageRequest) -> Page:
        """The occupations in force today with their work types (C1): six, always on one page."""
        return Page(catalogue(tx.today).occupations, None)

    @operation(
        "GET /levels",
        permission=PUBLIC,
        response=LevelOut,
        label=("技能等级", "Levels"),
        kind="list",
        rate="public",
    )
    def list_levels(self, tx: Tx, page: PageRequest) -> Page:
        """The five levels, the lowest first (C1), always on one page."""
        return Page(catalogue(tx.today).levels, None)
