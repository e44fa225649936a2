"""Where Alembic runs the versions: on the connection it is handed, inside the transaction that is already open."""

from __future__ import annotations

from alembic import context

from gongkai.registry.tables import VERSION_TABLE, Base


def run() -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        version_table=VERSION_TABLE,
        transactional_ddl=True,
    )
    context.run_migrations()


if hasattr(context, "config"):  # Alembic runs this file; anything else only imports it
    run()
