"""What docs/permissions.md says, the services do: every operation is called as every role, without one, by every
service and by nobody, and passes exactly where the page has a mark."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from services.membership.data import role_labels
from shared.api.operations import operations_of
from shared.generating.permissions import MARKS
from shared.identity.keys import Keyring
from shared.plugins import plugins
from shared.testing.association import Association

Page = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Service → operation → head of the column → what stands there."""
Callers = Mapping[str, Mapping[str, str]]
"""Role, ``service:<name>`` or one of the two below → the headers that show it."""

NOBODY = "nobody"
WITHOUT_A_ROLE = "somebody without a role"
SERVICES = list(plugins())


@pytest.fixture(scope="module")
def page() -> Page:
    """The page as it was committed."""
    text = (Path(__file__).parents[2] / "docs/permissions.md").read_text("utf-8")
    return {section.split()[0]: _table(section) for section in text.split("\n## ")[1:]}


def _table(section: str) -> dict[str, dict[str, str]]:
    head, _, *rows = [_cells(line) for line in section.splitlines() if line.startswith("|")]
    return {row[0]: dict(zip(head, row, strict=True)) for row in rows}


def _cells(line: str) -> list[str]:
    return [cell.strip(" `") for cell in line.strip("|").split("|")]


def marked(row: Mapping[str, str]) -> set[str]:
    """Whoever has a mark in a row, however far it reaches."""
    return {column for column, cell in row.items() if cell in MARKS.values() and cell}


def expected(row: Mapping[str, str], callers: Callers) -> set[str]:
    """Who may, of all callers; of those without a column only the permission tells."""
    everywhere = {
        "public": set(callers),
        "signed-in": {caller for caller in callers if caller != NOBODY and not caller.startswith("service:")},
    }
    others = everywhere.get(row["权限 / Permission"], set())
    return marked(row) | (others - set(row))


@pytest.fixture(scope="module")
def callers(association: Association, keys: Path) -> Callers:
    people = {role: association.person(role).headers for role in role_labels()}
    services = {f"service:{name}": association.service_token(Keyring.load(keys, name)) for name in SERVICES}
    return {NOBODY: {}, WITHOUT_A_ROLE: association.person().headers, **people, **services}


def passes(association: Association, service: str, operation: str, headers: Mapping[str, str]) -> bool:
    """Whether somebody is let in. A field that no operation takes makes sure that nobody gets further than that:
    some commands need no field at all, and would be carried out."""
    answer = association.call(service, operation, headers=headers, no_such_field=True)
    assert answer.problem is not None, operation
    said = answer.status, answer.problem["code"]
    if said == (422, "invalid"):
        return True
    assert said == ((403, "not-permitted") if headers else (401, "unauthenticated")), operation
    return False


@pytest.mark.rule(id="M11")
@pytest.mark.rule(id="X6")
@pytest.mark.parametrize("service", SERVICES)
def test_everybody_may_do_what_the_page_says_and_nothing_else(
    association: Association, page: Page, callers: Callers, service: str
) -> None:
    done = "SELECT count(*) FROM chassis.audit"
    before = association.rows(service, done)
    assert set(page[service]) == set(operations_of(plugins()[service].service))
    let_in = {
        operation: {who for who, headers in callers.items() if passes(association, service, operation, headers)}
        for operation in page[service]
    }
    assert let_in == {operation: expected(row, callers) for operation, row in page[service].items()}
    assert association.rows(service, done) == before


@pytest.mark.rule(id="M11")
def test_permissions_are_granted_to_roles_and_services_there_are(page: Page) -> None:
    granted = {grantee for plugin in plugins().values() for grantee in plugin.grants}
    assert granted <= set(role_labels()) | {f"service:{name}" for name in SERVICES}
    assert set(page) == set(SERVICES)


@pytest.mark.rule(id="X8")
def test_who_pays_neither_signs_nor_sees_the_ledger(page: Page) -> None:
    finance = page["finance"]
    paying = marked(finance["pay_expenditure"]) | marked(finance["record_payment"])
    assert paying
    for operation in ("sign_expenditure", "refuse_expenditure", "list_vouchers", "get_voucher"):
        assert paying.isdisjoint(marked(finance[operation])), operation
