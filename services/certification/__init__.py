"""Certification: the skill evaluation centre 山西信息通信职业技能评价中心, from batch plan to certificate."""
