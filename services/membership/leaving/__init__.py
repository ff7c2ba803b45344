"""Leaving 退会、除名: how a membership ends, and what ends with it (M1, M2, X7)."""
