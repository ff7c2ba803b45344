"""docs/permissions.md has a mark exactly where a role's grants permit the operation (M11)."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import MetaData

from shared.api.operations import operation
from shared.generating.permissions import section
from shared.identity.duties import Act
from shared.identity.principals import PUBLIC, SIGNED_IN
from shared.identity.reach import Grants, Own, OwnUnit
from shared.plugins import Plugin
from shared.text import Text


class Desk:
    """A made-up service."""

    @operation("POST /letters", permission="desk.letter.write", label=("写信", "Write"), kind="create")
    def write(self, tx: Any) -> None:
        """Writes."""

    @operation("POST /seals", permission="desk.letter.sign", label=("签发", "Sign"), kind="action", apart=Act.SIGNS)
    def sign(self, tx: Any) -> None:
        """Signs."""
        tx.keep_apart()

    @operation("GET /letters", permission="desk.letter.read", label=("来信", "Letters"), kind="detail")
    def read(self, tx: Any) -> None:
        """Reads."""

    @operation("GET /hours", permission=PUBLIC, label=("时间", "Hours"), kind="detail")
    def see_hours(self, tx: Any) -> None:
        """When it is open."""

    @operation("GET /me", permission=SIGNED_IN, label=("本人", "Myself"), kind="detail")
    def see_myself(self, tx: Any) -> None:
        """Who asks."""


DESK = Plugin(name="desk", label=Text("收发", "Desk"), package="desk", service=Desk, models=MetaData())


def page(grants: Grants) -> str:
    return section(replace(DESK, grants=grants))


def marks(row: str, *patterns: str) -> list[str]:
    """What stands in the row of an operation for a role with these permissions, and for a service with them."""
    text = page({"role": patterns, "service:post": patterns})
    (line,) = (line for line in text.splitlines() if line.startswith(f"| `{row}`"))
    return [cell.strip() for cell in line.split("|")[-3:-1]]


@pytest.mark.rule(id="M11")
@pytest.mark.rule(id="X8")
def test_a_table_says_who_may_do_what_whose_rows_that_reaches_and_who_is_kept_apart() -> None:
    grants: Grants = {
        "service:post": ["desk.letter.write"],
        "reader": [OwnUnit("desk.letter.read"), Own("desk.letter.write")],
        "keeper": ["desk.*"],
    }
    assert page(grants).splitlines() == [
        "## desk 收发 / Desk",
        "",
        "| 操作 / Operation | 请求 / Request | 名称 / Name | 权限 / Permission | 回避 / Apart |"
        " `reader` | `keeper` | `service:post` |",
        "|---|---|---|---|---|:-:|:-:|:-:|",
        "| `see_hours` | `GET /hours` | 时间 / Hours | `public` | | ✓ | ✓ | ✓ |",
        "| `read` | `GET /letters` | 来信 / Letters | `desk.letter.read` | | 单位 / unit | ✓ | |",
        "| `write` | `POST /letters` | 写信 / Write | `desk.letter.write` | | 本人 / own | ✓ | ✓ |",
        "| `see_myself` | `GET /me` | 本人 / Myself | `signed-in` | | ✓ | ✓ | |",
        "| `sign` | `POST /seals` | 签发 / Sign | `desk.letter.sign` | 签批 / sign | | ✓ | |",
    ]


@pytest.mark.rule(id="M11")
@pytest.mark.parametrize(
    ("patterns", "marked"),
    [
        (["desk.letter.read"], True),
        (["desk.letter.*"], True),
        (["desk.*"], True),
        (["*"], True),
        (["desk.letter.write", "desk.letter.read"], True),
        (["desk.letter.write"], False),
        (["desk.letter"], False),
        (["desk.letter.reader"], False),
        (["other.*"], False),
        ([], False),
    ],
)
def test_a_mark_stands_where_the_grants_permit_it_and_nowhere_else(patterns: list[str], marked: bool) -> None:
    assert marks("read", *patterns) == ["✓" if marked else ""] * 2


@pytest.mark.rule(id="M11")
def test_without_any_grant_people_have_what_is_for_everybody_and_services_what_is_public() -> None:
    assert marks("see_hours") == ["✓", "✓"]
    assert marks("see_myself") == ["✓", ""]


def test_a_service_that_grants_nothing_has_no_columns_of_roles() -> None:
    assert "| `read` | `GET /letters` | 来信 / Letters | `desk.letter.read` | |\n" in page({})
