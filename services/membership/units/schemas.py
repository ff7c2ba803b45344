"""What comes in and goes out about member units."""

from services.membership.data import places
from services.membership.dues.rules import Standing
from services.membership.units.rules import NAME_LENGTH, Basis, Leaving, Tier
from shared.api import fields as f
from shared.text import Text

TIERS = {tier.code: tier.label for tier in Tier}
BASES = {basis.value: basis.label for basis in Basis}
STANDINGS = {standing.value: standing.label for standing in Standing}
LEAVINGS = {leaving.value: leaving.label for leaving in Leaving}
PLACES = places()
FIELDS = {
    "name": Text("单位名称", "Name"),
    "short_name": Text("简称", "Short name"),
    "credit_code": Text("统一社会信用代码", "Unified social credit code"),
    "tier": Text("会员层级", "Tier"),
    "place": Text("所在地", "Place"),
    "admitted_on": Text("入会日期", "Admitted on"),
}


class UnitIn(f.Schema):
    """A unit that has been admitted already."""

    name = f.String("单位名称", "Name", required=True, max_length=NAME_LENGTH)
    short_name = f.String("简称", "Short name", load_default=None, allow_none=True, max_length=NAME_LENGTH)
    credit_code = f.String("统一社会信用代码", "Unified social credit code", required=True, max_length=18)
    tier = f.Choice("会员层级", "Tier", TIERS, required=True)
    place = f.Choice("所在地", "Place", PLACES, load_default=None, allow_none=True)
    admitted_on = f.Date("入会日期（默认今天）", "Admitted on (today)", load_default=None, allow_none=True)


class UnitPatch(f.Schema):
    """What is to change; what is not named stays. A code, tier or place once known is not taken away again."""

    name = f.String("单位名称", "Name", max_length=NAME_LENGTH)
    short_name = f.String("简称", "Short name", allow_none=True, max_length=NAME_LENGTH)
    credit_code = f.String("统一社会信用代码", "Unified social credit code", max_length=18)
    tier = f.Choice("会员层级", "Tier", TIERS)
    place = f.Choice("所在地", "Place", PLACES)


class UnitQuery(f.Schema):
    """Which units are wanted. ``place`` is a division code of six digits; ``member``: whether they are one today."""

    name = f.String(
        "名称或简称中含", "Name or short name contains", load_default=None, allow_none=True, max_length=NAME_LENGTH
    )
    credit_code = f.String(
        "统一社会信用代码开头", "Credit code begins with", load_default=None, allow_none=True, max_length=18
    )
    tier = f.Choice("会员层级", "Tier", TIERS, load_default=None, allow_none=True)
    place = f.String("所在地代码", "Place (code)", load_default=None, allow_none=True, max_length=6)
    standing = f.Choice("会费状态", "Standing", STANDINGS, load_default=None, allow_none=True)
    member = f.Boolean("现为会员", "A member today", load_default=None, allow_none=True)


class UnitOut(f.Schema):
    """A unit, member or not: ``left_on`` is the first day on which it is none, which may be to come."""

    id = f.UUID("编号", "Id")
    name = f.String("单位名称", "Name")
    short_name = f.String("简称", "Short name", allow_none=True)
    credit_code = f.String("统一社会信用代码", "Unified social credit code", allow_none=True)
    tier = f.Choice("会员层级", "Tier", TIERS, allow_none=True)
    place = f.Choice("所在地", "Place", PLACES, allow_none=True)
    basis = f.Choice("会员身份依据", "How the membership is known", BASES)
    member = f.Boolean("今日是否会员", "Member today")
    admitted_on = f.Date("入会日期", "Admitted on", allow_none=True)
    left_on = f.Date("不再是会员之日", "No member from", allow_none=True)
    left_how = f.Choice("如何离会", "How it left", LEAVINGS, allow_none=True)
    recorded_at = f.Moment("登记时间", "Recorded at")
    standing = f.Choice("会费状态", "Standing", STANDINGS)


class UnitChangeOut(f.Schema):
    """One field, before and after. ``proposed_by`` and ``request_id`` where the unit asked for it itself, and
    ``changed_by`` approved it."""

    field = f.Choice("变更项", "Field", FIELDS)
    before = f.String("变更前", "Before", allow_none=True)
    after = f.String("变更后", "After", allow_none=True)
    changed_at = f.Moment("变更时间", "Changed at")
    changed_by = f.String("变更人账号", "Changed by (account)")
    proposed_by = f.String("申请人账号", "Proposed by (account)", allow_none=True)
    request_id = f.UUID("变更申请", "Change request", allow_none=True)
