"""The soak: hours of ordinary load, made faster, and what the bot has left behind after each.

`python -m tests.e2e.soak --help` says how to run it; `docs/reliability.md` what it has shown.
"""
