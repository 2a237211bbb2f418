"""Alert: waves, topics, levels set by hand, who has it, and who has read it"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ALERT = sa.table(
    "alert",
    sa.column("id", sa.String),
    sa.column("started_at", sa.DateTime(timezone=True)),
    sa.column("wave_at", sa.DateTime(timezone=True)),
    sa.column("level", sa.String),
    sa.column("peak", sa.JSON),
    sa.column("waves", sa.JSON),
)


def upgrade() -> None:
    op.create_table(
        "alert_seen",
        sa.Column("alert_id", sa.String(length=20), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_seen_alert_id")),
        sa.PrimaryKeyConstraint("alert_id", "username", name=op.f("pk_alert_seen")),
    )
    op.add_column("alert", sa.Column("waves", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("alert", sa.Column("override", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("alert", sa.Column("topic", sa.String(length=200), nullable=False, server_default=""))
    op.add_column("alert", sa.Column("without", sa.String(length=200), nullable=False, server_default=""))
    op.add_column("alert", sa.Column("holder", sa.String(length=100), nullable=True))
    op.add_column("alert", sa.Column("merged_into", sa.String(length=20), nullable=True))
    op.add_column("alert", sa.Column("split_from", sa.String(length=20), nullable=True))
    _first_waves()


def downgrade() -> None:
    for column in ("split_from", "merged_into", "holder", "without", "topic", "override", "waves"):
        op.drop_column("alert", column)
    op.drop_table("alert_seen")


def _first_waves() -> None:
    """What an alert had reached before waves were counted is its first."""
    connection = op.get_bind()
    for alert in connection.execute(sa.select(_ALERT)).all():
        wave = {
            "number": 1,
            "started_at": _utc(alert.started_at),
            "opened_at": _utc(alert.wave_at),
            "level": alert.level,
            "points": alert.peak["points"],
            "ended_at": None,
        }
        connection.execute(sa.update(_ALERT).where(_ALERT.c.id == alert.id).values(waves=[wave]))


def _utc(moment: datetime) -> str:
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return aware.astimezone(UTC).isoformat()
