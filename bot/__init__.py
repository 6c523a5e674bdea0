"""qarun: the runs of QA.tech, brought into the conversations of Slack."""

__version__ = "0.1.0"
