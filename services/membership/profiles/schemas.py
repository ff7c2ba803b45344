"""What the read model hears, and what goes out about the profile of a unit."""

from services.membership.profiles.rules import Kind
from services.membership.units.schemas import STANDINGS, TIERS
from shared.api import fields as f
from shared.bus.events import Heard

KINDS = {kind.value: kind.label for kind in Kind}


class CertificateIssued(Heard):
    """What membership reads of a certificate; those told before units were named have none."""

    certificate_id = f.UUID("证书", "Certificate", required=True)
    number = f.String("证书编号", "Certificate number", required=True)
    unit_id = f.UUID("选送单位", "Unit that sent the candidate", load_default=None, allow_none=True)
    issued_on = f.Date("发证日期", "Issued on", required=True)


class CertificateRevoked(Heard):
    certificate_id = f.UUID("证书", "Certificate", required=True)
    revoked_on = f.Date("注销日期", "Revoked on", required=True)


class ArticlePublished(Heard):
    article_id = f.UUID("稿件", "Article", required=True)
    unit_id = f.UUID("单位", "Unit", load_default=None, allow_none=True)
    published_at = f.Moment("刊登时间", "Published at", required=True)


class ArticleRetracted(Heard):
    article_id = f.UUID("稿件", "Article", required=True)
    retracted_at = f.Moment("撤稿时间", "Retracted at", required=True)


class EntryQuery(f.Schema):
    kind = f.Choice("种类", "Kind", KINDS, load_default=None, allow_none=True)


class EntryOut(f.Schema):
    """One thing another service told of the unit; its ``fact_id`` is the thing's id there."""

    kind = f.Choice("种类", "Kind", KINDS)
    fact_id = f.UUID("所指事项", "What it is about")
    happened_on = f.Date("日期", "Day")
    reference = f.String("编号或期号", "Number", allow_none=True)
    ended_on = f.Date("失效日期", "Ended on", allow_none=True)


class YearOut(f.Schema):
    year = f.Integer("年度", "Year")
    number = f.Integer("数量", "Number")


class TallyOut(f.Schema):
    """How many of a kind hold, how many ended, and of which years those are that hold."""

    kind = f.Choice("种类", "Kind", KINDS)
    standing = f.Integer("有效", "Holding")
    ended = f.Integer("已失效", "Ended")
    by_year = f.List("分年度", "By year", f.Nested("年度", "Year", YearOut))


class DuesOut(f.Schema):
    """The unit's dues over all years; ``reduced`` is what was taken off them, ``owes`` what of them is open."""

    invoices = f.Integer("会费通知数", "Invoices")
    invoiced = f.Money("应缴合计", "Invoiced")
    reduced = f.Money("核减合计", "Reduced by")
    owes = f.Money("尚欠合计", "Still owed")
    first_year = f.Integer("最早年度", "First year", allow_none=True)
    last_year = f.Integer("最近年度", "Last year", allow_none=True)


class ProfileOut(f.Schema):
    """Everything the association knows of a unit, today."""

    unit_id = f.UUID("单位", "Unit")
    name = f.String("单位名称", "Name")
    tier = f.Choice("会员层级", "Tier", TIERS, allow_none=True)
    standing = f.Choice("会费状态", "Standing", STANDINGS)
    admitted_on = f.Date("入会日期", "Admitted on", allow_none=True)
    left_on = f.Date("不再为会员之日", "No member from", allow_none=True)
    representatives = f.Integer("现任代表人数", "Representatives today")
    dues = f.Nested("会费", "Dues", DuesOut)
    entries = f.List("档案", "Entries", f.Nested("汇总", "Tally", TallyOut))
