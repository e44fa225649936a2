"""Identifiers in use in China 标识符: one module each, checked one by one or a column at a time."""
