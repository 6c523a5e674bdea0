"""Alembic's revisions; `bot.store.migrating` runs them."""
