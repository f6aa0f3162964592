"""Runs the migrations on the connection that `readmodel.migrating` hands over; Alembic reads this file itself."""

from __future__ import annotations

from alembic import context

from readmodel.migrating import VERSIONS
from readmodel.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSIONS,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
