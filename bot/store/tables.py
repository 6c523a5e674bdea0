"""The tables. Whoever changes them writes a migration; a test holds the two against each other."""

from enum import StrEnum

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from bot.store.columns import ForeignText, Instant

metadata = MetaData()


class NoticeState(StrEnum):
    """How far a notice has come; only a PENDING one is told."""

    PENDING = "pending"
    SENT = "sent"
    DROPPED = "dropped"
    SUPERSEDED = "superseded"
    """A live message's notice whose watch ended: a final notice tells more."""
    FOLDED = "folded"
    """An alert that has become a line of another notice's message."""


# `snapshot` is the whole answer of the final look and may be megabytes: no query of the sweep
# reads it. `leased_by` and `leased_until` say who polls the run and until when nobody else does.
# `pace` is what the cadence remembers of the present stretch of watching.
tracked_runs = Table(
    "tracked_runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project", Text, nullable=False),
    Column("short_id", Text, nullable=False),
    Column("url", ForeignText),
    Column("active", Boolean, nullable=False),
    Column("status", ForeignText, nullable=False),
    Column("result", ForeignText),
    Column("progress", Text, nullable=False),
    Column("snapshot", Text),
    Column("watched_since", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("cases_seen_at", Instant),
    Column("next_poll_at", Instant, nullable=False),
    Column("polls", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("missing", Integer, nullable=False),
    Column("refusals", Integer, nullable=False),
    Column("final_failures", Integer, nullable=False),
    Column("leased_by", Text),
    Column("leased_until", Instant),
    Column("ended_at", Instant),
    Column("pace", Text),
    UniqueConstraint("project", "short_id", name="uq_tracked_runs_project_short_id"),
    Index("ix_tracked_runs_active_next_poll_at", "active", "next_poll_at"),
)

# `number` is the order in which watches were opened; their public `id` is random.
watches = Table(
    "watches",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False),
    Column("run_id", Integer, ForeignKey("tracked_runs.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("thread_ts", Text),
    Column("asked_by", Text),
    Column("live", Boolean, nullable=False),
    Column("live_ts", Text),
    Column("state", Text, nullable=False),
    Column("response_url", Text),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("notify_on", Text),
    Column("mention", Text, nullable=False, server_default="[]"),
    Column("source", Text, nullable=False, server_default="command"),
    UniqueConstraint("id", name="uq_watches_id"),
    Index("ix_watches_run_id_channel_number", "run_id", "channel", "number"),
    Index("ix_watches_state_channel_number", "state", "channel", "number"),
    Index("ix_watches_channel_live_ts", "channel", "live_ts"),
    Index("ix_watches_channel_thread_ts", "channel", "thread_ts"),
    Index("ix_watches_asked_by_state", "asked_by", "state"),
    Index(
        "uq_watches_active",
        "run_id",
        "channel",
        unique=True,
        sqlite_where=text("state = 'active'"),
        postgresql_where=text("state = 'active'"),
    ),
)

# `attempt_open` stands from the beginning of an attempt to its outcome; an attempt that begins
# while it stands follows one that nobody knows the outcome of. `uncertain` keeps that knowledge
# until Slack has been searched or has taken the notice. `not_before` is the earliest moment at
# which the live message may be edited again. `revived_at` is when the operator put a notice back
# that had been given up.
notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dedupe_key", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("fact", Text, nullable=False),
    Column("run_id", Integer, ForeignKey("tracked_runs.id")),
    Column("watch_id", Text, ForeignKey("watches.id")),
    Column("thread_ts", Text),
    Column("asked_by", Text),
    Column("response_url", Text),
    Column("priority", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("not_before", Instant),
    Column("version", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("attempt_open", Boolean, nullable=False),
    Column("uncertain", Boolean, nullable=False),
    Column("told_aside", Boolean, nullable=False),
    Column("edit_ts", Text),
    Column("message_ts", Text),
    Column("last_error", ForeignText),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("is_alert", Boolean, nullable=False, server_default=false()),
    Column("group_key", Text),
    Column("revived_at", Instant),
    Column("began_at", Instant),
    Column("unsettled_until", Instant),
    UniqueConstraint("dedupe_key", name="uq_notices_dedupe_key"),
    Index("ix_notices_state_due_at", "state", "due_at"),
    Index("ix_notices_channel_state_due_at", "channel", "state", "due_at"),
    Index("ix_notices_watch_id_state", "watch_id", "state"),
    Index("ix_notices_channel_message_ts", "channel", "message_ts"),
    Index("ix_notices_channel_is_alert_state", "channel", "is_alert", "state", "sent_at"),
    Index("ix_notices_channel_kind", "channel", "kind", "id"),
    Index("ix_notices_run_id", "run_id"),
)

# One row for each conversation that ever had a notice: the right to post in it. `refused_at`
# stands from the first alert that the channel refuses to the next message that it takes.
channels = Table(
    "channels",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("leased_by", Text),
    Column("leased_until", Instant),
    Column("free_at", Instant),
    Column("refused_at", Instant),
    Column("refused_why", ForeignText),
)

rules = Table(
    "rules",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

# `suite` is the same for runs of the very same test cases. `content` holds test cases and issues.
# `seconds` is how long the run took, where that was watched.
run_records = Table(
    "run_records",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("project", Text, nullable=False),
    Column("short_id", Text, nullable=False),
    Column("suite", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("ended_at", Instant, nullable=False),
    Column("content", Text, nullable=False),
    Column("seconds", Double),
    UniqueConstraint("project", "short_id", name="uq_run_records_project_short_id"),
    Index("ix_run_records_project_ended_at", "project", "ended_at"),
    Index("ix_run_records_project_suite_ended_at", "project", "suite", "ended_at"),
    Index("ix_run_records_ended_at", "ended_at"),
)

# `bot`: when any process of the deployment was last at work, and when one last came back after a
# time in which none was. Beside it one row for each thing that one of them does for all: when that
# was last begun.
heartbeats = Table(
    "heartbeats",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("back_at", Instant),
)

# A rerun is billed and QA.tech has no way to ask whether one was started: the row is written
# before the request, so that nobody presses twice and nothing is asked for twice.
reruns = Table(
    "reruns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", Integer, ForeignKey("tracked_runs.id"), nullable=False),
    Column("failed_only", Boolean, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("new_short_id", Text),
    Column("request_id", Text),
    Index("ix_reruns_run_id_started_at", "run_id", "started_at"),
    Index("ix_reruns_new_short_id", "new_short_id"),
)

# Only ever added to: triggers of the migration refuse UPDATE and DELETE.
audit_entries = Table(
    "audit_entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("act", Text, nullable=False),
    Column("who", ForeignText, nullable=False),
    Column("channel", ForeignText),
    Column("project", Text),
    Column("short_id", Text),
    Column("detail", ForeignText, nullable=False),
    Index("ix_audit_entries_channel_id", "channel", "id"),
)

# What Slack was told is taken: kept until it is dealt with, whoever dies meanwhile. Then `payload`
# goes and `key` stays for a while, so that what is handed over twice, or to two processes, is dealt
# with once.
inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("payload", Text),
    Column("attempts", Integer, nullable=False),
    Column("leased_by", Text),
    Column("leased_until", Instant),
    Column("received_at", Instant, nullable=False),
    Column("done_at", Instant),
    UniqueConstraint("key", name="uq_inbox_key"),
    Index("ix_inbox_done_at_leased_until", "done_at", "leased_until"),
)
