"""What goes out about the catalogue."""

from shared.api import fields as f


class WorkTypeOut(f.Schema):
    code = f.String("代码", "Code")
    name = f.String("工种", "Work type", attribute="name.zh")
    name_en = f.String("英文名称", "English name", attribute="name.en")


class OccupationOut(f.Schema):
    """An occupation and the work types it is examined in; none where it is examined as a whole."""

    code = f.String("代码", "Code")
    name = f.String("职业", "Occupation", attribute="name.zh")
    name_en = f.String("英文名称", "English name", attribute="name.en")
    work_types = f.List("工种", "Work types", f.Nested("工种", "Work type", WorkTypeOut))


class LevelOut(f.Schema):
    number = f.Integer("等级", "Level")
    name = f.String("名称", "Name", attribute="name.zh")
    name_en = f.String("英文名称", "English name", attribute="name.en")
