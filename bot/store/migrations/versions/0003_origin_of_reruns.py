"""Which run a rerun comes from: looked up by the short ID of the rerun."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_reruns_new_short_id", "reruns", ["new_short_id"])


def downgrade() -> None:
    op.drop_index("ix_reruns_new_short_id", "reruns")
