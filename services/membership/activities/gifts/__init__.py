"""Gifts 捐赠, received and given; finance posts them (M9, X7)."""
