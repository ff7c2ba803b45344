"""Notices 寄送: what a unit is sent once by mail, such as a collection slip or the yearly account of dues (M3, M5)."""
