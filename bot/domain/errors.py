"""Failures, named by who is at fault (DESIGN §5.7).

A sentence in a `UserError` is shown as it is to the person who typed; what a `QATechError` or a
`SlackError` says goes to the operator, and the person is told in words that `slack/blocks` keeps.
"""


class QarunError(Exception):
    """Root of everything that qarun raises on purpose."""


class UserError(QarunError):
    """What a person asked for cannot be done; `str(error)` is the sentence to show."""


class StartupError(QarunError):
    """The bot cannot start; `str(error)` is one sentence that names the variable and the cure."""


class DatabaseError(QarunError):
    """The database cannot be used at this moment: away, locked, full, not writable.

    `str(error)` says why, in words for the operator. Nothing of the transaction is kept.

    Attributes:
        uncertain: the connection was lost during the commit, so that it may be kept after all.
    """

    def __init__(self, why: str, *, uncertain: bool = False) -> None:
        super().__init__(why)
        self.uncertain = uncertain


class QATechError(QarunError):
    """QA.tech did not give the run that was asked for."""


class RunNotFound(QATechError):
    """404: no such run, or none that this key may see."""


class AccessDenied(QATechError):
    """401 or 403: the key is wrong, revoked, not allowed this project, or may only read."""


class NothingToRerun(QATechError):
    """400 to a rerun: the run holds no test case that the rerun asked for."""


class UsageLimitReached(QATechError):
    """402 to a rerun: the plan's quota is used up."""


class RateLimited(QATechError):
    """429: too many requests.

    Attributes:
        retry_after: seconds to wait as QA.tech asked for, None where it did not say.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(QATechError):
    """No answer in time, no connection, or a 5xx.

    Attributes:
        retry_after: seconds after which asking again makes sense, None where nobody knows.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class LeftAlone(Unavailable):
    """No request was made: QA.tech has been unavailable and is given time to come back."""


class UnexpectedAnswer(QATechError):
    """An answer that is not what the specification describes: HTML, other types, too large."""


class SlackError(QarunError):
    """Slack refused a call.

    Attributes:
        code: Slack's own word for it (`invalid_auth`, `missing_scope`, …).
    """

    def __init__(self, code: str, message: str | None = None) -> None:
        super().__init__(message or code)
        self.code = code
