"""What each open release discloses, and the kinds of review an approval speaks for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "gongkai_open_release",
        sa.Column("code", sa.String(80), primary_key=True),
        sa.Column("release", sa.String(200), primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("opening", sa.String(16), nullable=False),
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("opened", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disclosed", sa.JSON, nullable=False),
        sa.Column("key", sa.String(100)),
        sa.Column("sketch", sa.LargeBinary),
    )
    op.add_column("gongkai_approval", sa.Column("kinds", sa.JSON, nullable=False, server_default="[]"))
