"""The modals; each stands in a file of its own."""

from bot.slack.blocks.case_view import case_view
from bot.slack.blocks.failed_cases_view import failed_cases_view
from bot.slack.blocks.issues_view import issues_title, issues_view
from bot.slack.blocks.modal import loading_view, problem_view
from bot.slack.blocks.run_view import run_view

__all__ = [
    "case_view",
    "failed_cases_view",
    "issues_title",
    "issues_view",
    "loading_view",
    "problem_view",
    "run_view",
]
