"""When attempts began and until when they are unsettled; what Slack has handed over."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notices", sa.Column("began_at", sa.Double()))
    op.add_column("notices", sa.Column("unsettled_until", sa.Double()))
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_by", sa.Text()),
        sa.Column("leased_until", sa.Double()),
        sa.Column("received_at", sa.Double(), nullable=False),
        sa.Column("done_at", sa.Double()),
        sa.UniqueConstraint("key", name="uq_inbox_key"),
    )
    op.create_index("ix_inbox_done_at_leased_until", "inbox", ["done_at", "leased_until"])


def downgrade() -> None:
    op.drop_table("inbox")
    for column in ("unsettled_until", "began_at"):
        op.drop_column("notices", column)
