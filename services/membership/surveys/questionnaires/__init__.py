"""Questionnaires 调查问卷: sections and questions with their weights, in versions (M8, X4)."""
