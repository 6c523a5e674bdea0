"""What the services need of the outside, as Protocols; the neighbours implement them.

Each has one typed fake in `tests/fakes/`; the suites in `tests/contracts/` run against the fake
and against the real thing, so that the fake cannot drift.
"""

from collections.abc import Callable
from datetime import datetime

from bot.domain.record import HISTORY_RUNS
from bot.services.ports.alerts import (
    USUAL_RUNS,
    Beat,
    Before,
    Heartbeats,
    Pruned,
    Quiet,
    Records,
    Refusals,
    Rules,
)
from bot.services.ports.audit import AuditPage, AuditTrail
from bot.services.ports.conversations import Conversations, RerunClaim, RerunLog, ThreadRun
from bot.services.ports.dead_letters import DeadLetter, DeadLetters, Revival
from bot.services.ports.deliveries import Deliveries, DeliveryState, NoticeStatus
from bot.services.ports.inbox import Inbox, Payload, Received
from bot.services.ports.qatech import (
    BARE,
    CASES,
    WHOLE,
    Look,
    Projects,
    Reruns,
    RunSource,
    TestCases,
)
from bot.services.ports.slack import (
    DirectMessages,
    Dropped,
    Found,
    Gone,
    Messenger,
    Retry,
    Sent,
    TellResult,
)
from bot.services.ports.store import (
    Attempt,
    Backlog,
    NoticesBeside,
    NoticesFor,
    Opened,
    Outbox,
    Polled,
    Polls,
    Store,
    Watches,
)

Clock = Callable[[], datetime]
"""The present moment, aware, in UTC."""

Wake = Callable[[], None]
"""Tell the sender of the outbox that something was written; returns at once."""

__all__ = [
    "BARE",
    "CASES",
    "HISTORY_RUNS",
    "USUAL_RUNS",
    "WHOLE",
    "Attempt",
    "AuditPage",
    "AuditTrail",
    "Backlog",
    "Beat",
    "Before",
    "Clock",
    "Conversations",
    "DeadLetter",
    "DeadLetters",
    "Deliveries",
    "DeliveryState",
    "DirectMessages",
    "Dropped",
    "Found",
    "Gone",
    "Heartbeats",
    "Inbox",
    "Look",
    "Messenger",
    "NoticeStatus",
    "NoticesBeside",
    "NoticesFor",
    "Opened",
    "Outbox",
    "Payload",
    "Polled",
    "Polls",
    "Projects",
    "Pruned",
    "Quiet",
    "Received",
    "Records",
    "Refusals",
    "RerunClaim",
    "RerunLog",
    "Reruns",
    "Retry",
    "Revival",
    "Rules",
    "RunSource",
    "Sent",
    "Store",
    "TellResult",
    "TestCases",
    "ThreadRun",
    "Wake",
    "Watches",
]
