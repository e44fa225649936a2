"""What an approval stands on, part by part, and what a run knew.

Approvals given before do not say their parts, so nobody can tell whether they still hold: each dataset is approved once more.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("gongkai_approval") as approvals:
        approvals.alter_column("rules", new_column_name="basis", existing_type=sa.String(64), existing_nullable=False)
        approvals.add_column(sa.Column("stands_on", sa.JSON, nullable=False, server_default="{}"))
    op.add_column("gongkai_run", sa.Column("knowledge", sa.JSON, nullable=False, server_default="{}"))
