"""The registry's schema, version by version; run by ``gongkai.registry.database``, no alembic.ini needed."""

VERSIONS = ("0001", "0002", "0003")
"""Oldest first. The last is what this program works with; another one in a database is older, or from a newer program."""
