"""Rules of channels, remembered runs, alerts, refusals, heartbeat."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("watches", sa.Column("notify_on", sa.Text()))
    op.add_column("watches", sa.Column("mention", sa.Text(), nullable=False, server_default="[]"))
    op.add_column(
        "watches", sa.Column("source", sa.Text(), nullable=False, server_default="command")
    )
    op.add_column(
        "notices", sa.Column("is_alert", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("notices", sa.Column("group_key", sa.Text()))
    op.create_index(
        "ix_notices_channel_is_alert_state",
        "notices",
        ["channel", "is_alert", "state", "sent_at"],
    )
    op.create_index("ix_notices_channel_kind", "notices", ["channel", "kind", "id"])
    op.create_index("ix_notices_run_id", "notices", ["run_id"])
    op.add_column("channels", sa.Column("refused_at", sa.Double()))
    op.add_column("channels", sa.Column("refused_why", sa.Text()))
    op.create_table(
        "rules",
        sa.Column("channel", sa.Text(), primary_key=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
    )
    op.create_table(
        "run_records",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("short_id", sa.Text(), nullable=False),
        sa.Column("suite", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.UniqueConstraint("project", "short_id", name="uq_run_records_project_short_id"),
    )
    op.create_index("ix_run_records_project_ended_at", "run_records", ["project", "ended_at"])
    op.create_index(
        "ix_run_records_project_suite_ended_at", "run_records", ["project", "suite", "ended_at"]
    )
    op.create_index("ix_run_records_ended_at", "run_records", ["ended_at"])
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("back_at", sa.Double()),
    )


def downgrade() -> None:
    for table in ("heartbeats", "run_records", "rules"):
        op.drop_table(table)
    for column in ("refused_why", "refused_at"):
        op.drop_column("channels", column)
    for index in (
        "ix_notices_run_id",
        "ix_notices_channel_kind",
        "ix_notices_channel_is_alert_state",
    ):
        op.drop_index(index, "notices")
    for column in ("group_key", "is_alert"):
        op.drop_column("notices", column)
    for column in ("source", "mention", "notify_on"):
        op.drop_column("watches", column)
