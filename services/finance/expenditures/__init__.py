"""Expenditures 支出: from the request over resolution and signature to the payment (F1–F4)."""
