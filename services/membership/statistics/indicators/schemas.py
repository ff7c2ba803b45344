"""What comes in and goes out about indicators."""

from marshmallow import validate

from services.membership.statistics.indicators.rules import MOST_PLACES, Adds, Measure
from shared.api import fields as f
from shared.api.messages import say

MEASURES = {measure.value: measure.label for measure in Measure}
ADDS = {adds.value: adds.label for adds in Adds}
CODE = validate.Regexp(
    r"[a-z][a-z0-9_]{0,59}\Z",
    error=say("代码为小写字母、数字与下划线", "A code is small letters, digits and underscores"),
)


class IndicatorIn(f.Schema):
    """A new indicator, or a new version of the one with this code; with ``asked`` false it ends."""

    code = f.String("代码", "Code", required=True, max_length=60, validate=CODE)
    effective_from = f.Date("施行日期", "In force from", required=True)
    label_zh = f.String("名称", "Label in Chinese", required=True, min_length=1, max_length=60)
    label_en = f.String("英文名称", "Label in English", required=True, min_length=1, max_length=100)
    unit_zh = f.String("计量单位", "Unit of measure", required=True, min_length=1, max_length=20)
    unit_en = f.String("英文计量单位", "Unit of measure in English", required=True, min_length=1, max_length=40)
    measure = f.Choice("时段", "Measured", MEASURES, required=True)
    adds = f.Choice("汇总办法", "Adds up as", ADDS, required=True)
    places = f.Integer("小数位数", "Decimal places", required=True, validate=validate.Range(0, MOST_PLACES))
    weight = f.String("权数指标", "Weighted by", load_default=None, allow_none=True, max_length=60)
    asked = f.Boolean("是否上报", "Asked for", load_default=True)


class IndicatorQuery(f.Schema):
    code = f.String("代码", "Code", load_default=None, allow_none=True, max_length=60)


class IndicatorOut(f.Schema):
    id = f.UUID("编号", "Id")
    code = f.String("代码", "Code")
    effective_from = f.Date("施行日期", "In force from")
    label_zh = f.String("名称", "Label in Chinese")
    label_en = f.String("英文名称", "Label in English")
    unit_zh = f.String("计量单位", "Unit of measure")
    unit_en = f.String("英文计量单位", "Unit of measure in English")
    measure = f.Choice("时段", "Measured", MEASURES)
    adds = f.Choice("汇总办法", "Adds up as", ADDS)
    places = f.Integer("小数位数", "Decimal places")
    weight = f.String("权数指标", "Weighted by", allow_none=True)
    asked = f.Boolean("是否上报", "Asked for")
    recorded_at = f.Moment("登记时间", "Recorded at")
