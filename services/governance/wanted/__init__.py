"""Expenditures that wait for a resolution of the standing council 常务理事会 (F4, G9)."""
