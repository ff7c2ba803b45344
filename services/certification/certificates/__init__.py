"""职业技能等级证书, their numbers and what a check of one tells (C7)."""
