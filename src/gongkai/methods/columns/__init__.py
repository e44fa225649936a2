"""Columns as the methods work on them 列运算: bytes, numbers, dates and signs of whole columns."""
