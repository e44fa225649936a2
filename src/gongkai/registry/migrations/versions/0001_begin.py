"""Revisions of entries, approvals, runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "gongkai_revision",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("rules", sa.String(64), nullable=False),
        sa.Column("current", sa.Boolean, nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("code", "number", name="gongkai_revision_number"),
    )
    current = sa.text("current")
    op.create_index(
        "gongkai_revision_current", "gongkai_revision", ["code"], unique=True, sqlite_where=current, postgresql_where=current
    )
    op.create_table(
        "gongkai_approval",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("revision_id", sa.Integer, sa.ForeignKey("gongkai_revision.id"), nullable=False),
        sa.Column("rules", sa.String(64), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_gongkai_approval_revision_id", "gongkai_approval", ["revision_id"])
    op.create_table(
        "gongkai_run",
        sa.Column("code", sa.String(80), primary_key=True),
        sa.Column("run", sa.String(300), primary_key=True),
        sa.Column("revision", sa.String(64)),
        sa.Column("plan", sa.String(64)),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("release", sa.String(200)),
        sa.Column("content", sa.String(64)),
        sa.Column("rows_in", sa.BigInteger),
        sa.Column("rows_out", sa.BigInteger),
        sa.Column("watermark", sa.Text),
        sa.Column("full", sa.Boolean, nullable=False),
        sa.Column("reasons", sa.JSON, nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished", sa.DateTime(timezone=True)),
        sa.Column("published", sa.JSON),
        sa.Column("published_at", sa.DateTime(timezone=True)),
    )
    op.create_index("gongkai_run_published", "gongkai_run", ["code", "published_at"])
    op.create_index("gongkai_run_started", "gongkai_run", ["started"])
