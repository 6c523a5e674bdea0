"""Rerunning: a run is started again in QA.tech, once, and followed where it was asked for."""

import contextlib
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeVar

from bot.domain.audit import Act, NewEntry
from bot.domain.errors import (
    DatabaseError,
    LeftAlone,
    QATechError,
    Unavailable,
    UnexpectedAnswer,
    UserError,
)
from bot.domain.notice import progress_notice
from bot.domain.reply import Reply, WishAnswer, rerun_trouble
from bot.domain.run import Run
from bot.domain.short_id import RunKey
from bot.domain.watch import NewWatch, Watch
from bot.services.insisting import insist
from bot.services.ports import AuditTrail, Clock, RerunLog, Reruns, Wake, Watches

T = TypeVar("T")

NOTE_SECONDS = 10.0
"""How long a rerun that has begun is tried to be stored: who asked waits for the outcome."""
TOGETHER = timedelta(minutes=2)
"""Two who ask for the same rerun within this time mean one."""


class Permissions(Protocol):
    """Who may do what costs money."""

    async def may_rerun(self, user: str) -> bool:
        """Whether this person may start reruns."""
        ...


@dataclass(frozen=True, slots=True)
class Started:
    """The rerun has begun, and is followed."""

    watch: Watch


@dataclass(frozen=True, slots=True)
class RunningAlready:
    """Somebody else asked a moment ago; `new_key` is None while that is not known."""

    by: str
    new_key: RunKey | None


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """This person may not start reruns."""


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """The rerun has begun and is billed; it could not be stored, so nobody is told its end."""

    new_key: RunKey


@dataclass(frozen=True, slots=True)
class Refused:
    """QA.tech did not start it, or nobody knows whether it did."""

    error: QATechError


class AuditedReruns(RerunLog, AuditTrail, Protocol):
    """What reruns need of the database beside their watch."""


RerunOutcome = Started | Unfollowed | RunningAlready | NotAllowed | Refused


Entries = Callable[[Act, str], Sequence[NewEntry]]
"""What the audit trail is told of an act, given its detail."""


class RerunService:
    """Asks QA.tech for a rerun at most once, and never repeats the request: it is billed."""

    def __init__(
        self,
        *,
        log: AuditedReruns,
        store: Watches,
        qatech: Reruns,
        permissions: Permissions,
        clock: Clock,
        wake: Wake,
        note_seconds: float = NOTE_SECONDS,
    ) -> None:
        self._log = log
        self._store = store
        self._qatech = qatech
        self._permissions = permissions
        self._note_seconds = note_seconds
        self._clock = clock
        self._wake = wake

    async def rerun(
        self,
        key: RunKey,
        *,
        failed_only: bool,
        user: str,
        channel: str,
        thread_ts: str | None,
        request_id: str | None = None,
    ) -> RerunOutcome:
        """Start it, and open a watch with a live message in the thread (or the channel).

        `request_id` is Slack's own of what was typed or pressed: it starts one rerun, however often
        it is delivered.
        """
        what = "failed test cases" if failed_only else "all test cases"

        def entries(act: Act, detail: str) -> Sequence[NewEntry]:
            return (NewEntry(act, user, channel, key, detail),)

        now = self._clock()
        if not await self._permissions.may_rerun(user):
            await self._log.add_entries(entries(Act.RERUN_FORBIDDEN, what), now)
            return NotAllowed()
        claim = await self._log.begin_rerun(
            key,
            failed_only=failed_only,
            asked_by=user,
            since=now - TOGETHER,
            now=now,
            request_id=request_id,
            audit=entries(Act.RERUN_ASKED, what),
        )
        claimed = claim.id
        if claimed is None:
            new = RunKey(key.project, claim.new_short_id) if claim.new_short_id else None
            return RunningAlready(claim.asked_by, new)
        try:
            rerun = await self._qatech.rerun(key, failed_only=failed_only)
        except QATechError as error:
            await self._note_refusal(claimed, error, entries)
            return Refused(error)
        new_key = RunKey(key.project, rerun.short_id)
        started = entries(Act.RERUN_STARTED, rerun.short_id)
        try:
            await self._insist(
                lambda: self._log.end_rerun(
                    claimed,
                    new_short_id=rerun.short_id,
                    refused=False,
                    now=self._clock(),
                    audit=started,
                )
            )
            return Started(
                await self._insist(
                    lambda: self._follow(new_key, rerun.url, user, channel, thread_ts)
                )
            )
        except DatabaseError:
            return Unfollowed(new_key)

    async def _insist(self, write: Callable[[], Awaitable[T]]) -> T:
        return await insist(write, seconds=self._note_seconds)

    async def _note_refusal(self, rerun_id: int, error: QATechError, entries: Entries) -> None:
        """The record of a rerun that may have been started stays open: nobody starts it twice.

        Who asked is told what QA.tech said, even where it cannot be noted.
        """

        async def note() -> None:
            if _may_have_started(error):
                await self._log.add_entries(entries(Act.RERUN_UNKNOWN, str(error)), self._clock())
                return
            await self._log.end_rerun(
                rerun_id,
                new_short_id=None,
                refused=True,
                now=self._clock(),
                audit=entries(Act.RERUN_REFUSED, str(error)),
            )

        with contextlib.suppress(DatabaseError):
            await self._insist(note)

    async def rerun_in_thread(
        self,
        key: RunKey,
        *,
        failed_only: bool,
        user: str,
        channel: str,
        thread_ts: str,
        request_id: str,
    ) -> Reply | None:
        """The same for who asked in words; the reply, None where the live message is one.

        Raises:
            UserError: this person may not, which the others in the thread need not read.
        """
        outcome = await self.rerun(
            key,
            failed_only=failed_only,
            user=user,
            channel=channel,
            thread_ts=thread_ts,
            request_id=request_id,
        )
        match outcome:
            case Started():
                return None
            case Unfollowed(new_key=new_key):
                # Not by the outbox, which cannot be written to.
                raise UserError(
                    f"QA.tech has started the rerun as run {new_key}, but I could not store that: "
                    "I do not follow it. Please do not ask for it again, it would be billed twice."
                )
            case NotAllowed():
                raise UserError(
                    "You are not among those who may start reruns here, so I did not start one. "
                    "Ask whoever runs this bot, or start it in QA.tech."
                )
            case RunningAlready(new_key=new_key):
                became = (
                    f"it is run {new_key}" if new_key else "QA.tech has not said what became of it"
                )
                return WishAnswer(
                    heading=f"That rerun was asked for a moment ago: {became}. "
                    "I did not start a second one."
                )
            case Refused(error=error):
                return rerun_trouble(error, key)

    async def _follow(
        self, key: RunKey, url: str | None, user: str, channel: str, thread_ts: str | None
    ) -> Watch:
        now = self._clock()
        opened = await self._store.open_watch(
            NewWatch(
                id=uuid.uuid4().hex,
                key=key,
                channel=channel,
                asked_by=user,
                live=True,
                thread_ts=thread_ts,
                url=url,
                source="rerun",
            ),
            # QA.tech has just said that it was started; the first poll is due at once.
            seen=Run(short_id=key.short_id, status="INITIATED"),
            next_poll_at=now,
            notices_for=lambda watch: (progress_notice(watch),),
            now=now,
        )
        self._wake()
        return opened.watch


def _may_have_started(error: QATechError) -> bool:
    """Whether nobody knows what QA.tech made of the request."""
    is_unsure = isinstance(error, Unavailable | UnexpectedAnswer)
    return is_unsure and not isinstance(error, LeftAlone)
