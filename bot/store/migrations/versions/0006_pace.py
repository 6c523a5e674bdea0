"""The pace of runs in progress; how long ended runs took."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tracked_runs", sa.Column("pace", sa.Text()))
    op.add_column("run_records", sa.Column("seconds", sa.Double()))


def downgrade() -> None:
    op.drop_column("run_records", "seconds")
    op.drop_column("tracked_runs", "pace")
