"""Alert: what people were told of the alerts that are older than telling of a worsening"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ALERT = sa.table("alert", sa.column("id", sa.String), sa.column("peak", sa.JSON))


def upgrade() -> None:
    """They were told at their peak; of how many posts is not known, so that a doubling of any number is news."""
    connection = op.get_bind()
    for alert in connection.execute(sa.select(_ALERT)).all():
        peak = {"told_points": alert.peak.get("points", 0), "told_adverse": 0, **alert.peak}
        connection.execute(sa.update(_ALERT).where(_ALERT.c.id == alert.id).values(peak=peak))


def downgrade() -> None:
    """Older versions do not read what this adds."""
