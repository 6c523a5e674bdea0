"""Tracked runs, watches, notices, channels."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tracked_runs",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("short_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("result", sa.Text()),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("snapshot", sa.Text()),
        sa.Column("watched_since", sa.Double(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.Column("cases_seen_at", sa.Double()),
        sa.Column("next_poll_at", sa.Double(), nullable=False),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("final_failures", sa.Integer(), nullable=False),
        sa.Column("leased_by", sa.Text()),
        sa.Column("leased_until", sa.Double()),
        sa.Column("ended_at", sa.Double()),
        sa.UniqueConstraint("project", "short_id", name="uq_tracked_runs_project_short_id"),
    )
    op.create_index(
        "ix_tracked_runs_active_next_poll_at", "tracked_runs", ["active", "next_poll_at"]
    )
    op.create_table(
        "watches",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Integer(), sa.ForeignKey("tracked_runs.id"), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("thread_ts", sa.Text()),
        sa.Column("asked_by", sa.Text()),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("live_ts", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("response_url", sa.Text()),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double()),
        sa.UniqueConstraint("id", name="uq_watches_id"),
    )
    op.create_index("ix_watches_run_id_channel_number", "watches", ["run_id", "channel", "number"])
    op.create_index("ix_watches_state_channel_number", "watches", ["state", "channel", "number"])
    op.create_index("ix_watches_channel_live_ts", "watches", ["channel", "live_ts"])
    op.create_index("ix_watches_channel_thread_ts", "watches", ["channel", "thread_ts"])
    op.create_index("ix_watches_asked_by_state", "watches", ["asked_by", "state"])
    op.create_index(
        "uq_watches_active",
        "watches",
        ["run_id", "channel"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Integer(), sa.ForeignKey("tracked_runs.id")),
        sa.Column("watch_id", sa.Text(), sa.ForeignKey("watches.id")),
        sa.Column("thread_ts", sa.Text()),
        sa.Column("asked_by", sa.Text()),
        sa.Column("response_url", sa.Text()),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.Double(), nullable=False),
        sa.Column("not_before", sa.Double()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("attempt_open", sa.Boolean(), nullable=False),
        sa.Column("uncertain", sa.Boolean(), nullable=False),
        sa.Column("told_aside", sa.Boolean(), nullable=False),
        sa.Column("edit_ts", sa.Text()),
        sa.Column("message_ts", sa.Text()),
        sa.Column("last_error", sa.Text()),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("sent_at", sa.Double()),
        sa.UniqueConstraint("dedupe_key", name="uq_notices_dedupe_key"),
    )
    op.create_index("ix_notices_state_due_at", "notices", ["state", "due_at"])
    op.create_index(
        "ix_notices_channel_state_due_at",
        "notices",
        ["channel", "state", "due_at"],
    )
    op.create_index("ix_notices_watch_id_state", "notices", ["watch_id", "state"])
    op.create_index("ix_notices_channel_message_ts", "notices", ["channel", "message_ts"])
    op.create_table(
        "channels",
        sa.Column("channel", sa.Text(), primary_key=True),
        sa.Column("leased_by", sa.Text()),
        sa.Column("leased_until", sa.Double()),
        sa.Column("free_at", sa.Double()),
    )
    op.create_table(
        "reruns",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("run_id", sa.Integer(), sa.ForeignKey("tracked_runs.id"), nullable=False),
        sa.Column("failed_only", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("new_short_id", sa.Text()),
    )
    op.create_index("ix_reruns_run_id_started_at", "reruns", ["run_id", "started_at"])


def downgrade() -> None:
    for table in ("reruns", "channels", "notices", "watches", "tracked_runs"):
        op.drop_table(table)
