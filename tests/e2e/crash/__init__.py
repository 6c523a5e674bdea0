"""The crash test: the bot is killed again and again, and nothing is lost or told twice.

`python -m tests.e2e.crash --help` says how to run it; `docs/reliability.md` what it has shown.
"""
