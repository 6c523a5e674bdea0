"""What `/api/v1` takes and gives. The field names are the contract of DESIGN §2."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.rules import NotifyOn
from bot.domain.watch import WatchedRun, WatchState
from bot.services.ports import DeliveryState
from bot.services.remote import Followed, Wish

_Mention = Annotated[str, Field(pattern="^[UWS][A-Z0-9]{1,30}$")]

WatchWord = Literal["unverified", "active", "ended", "stopped", "given_up"]
"""`unverified`: QA.tech could not be asked about the run yet; it will be."""


class WatchRequest(BaseModel):
    """A run that is to be watched in a channel."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    run: str = Field(
        min_length=1,
        max_length=2_000,
        description="The run: its short ID (`UkxK`), `alias/UkxK`, or its link.",
        examples=["UkxK", "https://app.qa.tech/p/your-project/results/UkxK"],
    )
    channel: str = Field(
        pattern="^[CGD][A-Z0-9]{1,30}$",
        description="Slack's ID of the conversation that is told.",
        examples=["C0123456789"],
    )
    notify_on: Literal["all", "failures", "changes"] | None = Field(
        None,
        description="When the end of the run is told: always, when it did not pass, or when its "
        "verdict differs from that of the run before. Left out, the channel's rule decides, and "
        "where it has none, failures are told.",
    )
    project: str | None = Field(
        None,
        min_length=1,
        max_length=64,
        description="Alias of the QA.tech project, where there are several.",
    )
    mention: list[_Mention] = Field(
        default_factory=list,
        max_length=20,
        description="IDs of users (`U…`, `W…`) and user groups (`S…`) who are mentioned when the "
        "run did not pass.",
        examples=[["U0123456789"]],
    )
    live: bool = Field(
        False, description="Whether a live message shows the run while it is in progress."
    )

    def wish(self) -> Wish:
        """The same for the service."""
        return Wish(
            run=self.run,
            channel=self.channel,
            project=self.project,
            notify_on=None if self.notify_on is None else NotifyOn(self.notify_on),
            mention=tuple(dict.fromkeys(self.mention)),
            live=self.live,
        )


class NoticeAnswer(BaseModel):
    """One thing that the channel is told, and how far that has come."""

    kind: str = Field(description="What it tells: `run_progressed`, `run_finished`, …")
    state: DeliveryState = Field(
        description="`pending`: waits to be told. `sent`: told. `dropped`: given up. "
        "`superseded`: replaced by a newer notice. `folded`: told as a line of another message."
    )
    attempts: int
    created_at: datetime
    message_ts: str | None = Field(description="`ts` of the message in Slack, once there is one.")
    why: str | None = Field(description="What kept the last attempt from telling it.")


class WatchAnswer(BaseModel):
    """A watch, with its run as QA.tech told of it last."""

    id: str
    run: str = Field(description="Short ID of the run.")
    project: str = Field(description="Alias of its project.")
    url: str | None = Field(description="Link to the run, where one is known.")
    channel: str
    state: WatchWord = Field(
        description="`unverified`: QA.tech could not be asked yet; the watch is kept, and it will "
        "be. `given_up`: the run did not end in time, vanished, or QA.tech refused the key."
    )
    status: str | None = Field(description="QA.tech's word for the run's status, once known.")
    result: str | None = Field(description="QA.tech's word for its result, once there is one.")
    notify_on: NotifyOn | None
    mention: list[str]
    live: bool
    created_at: datetime
    polls: int = Field(description="How often QA.tech has been asked about the run.")
    notices: list[NoticeAnswer] = Field(description="The oldest first.")

    @classmethod
    def of(cls, followed: Followed) -> "WatchAnswer":
        watch, tracked = followed.watched.watch, followed.watched.tracked
        return cls(
            id=watch.id,
            run=watch.key.short_id,
            project=watch.key.project,
            url=tracked.url,
            channel=watch.channel,
            state=_word(followed.watched),
            status=tracked.status or None,
            result=tracked.result,
            notify_on=watch.notify_on,
            mention=list(watch.mention),
            live=watch.live,
            created_at=watch.created_at,
            polls=tracked.polls,
            notices=[
                NoticeAnswer(
                    kind=notice.kind,
                    state=notice.state,
                    attempts=notice.attempts,
                    created_at=notice.created_at,
                    message_ts=notice.message_ts,
                    why=notice.why,
                )
                for notice in followed.notices
            ],
        )


class Problem(BaseModel):
    """Why a request was not done, in one sentence."""

    detail: str


def _word(watched: WatchedRun) -> WatchWord:
    state = watched.watch.state
    if state is WatchState.ACTIVE and not watched.tracked.is_verified:
        return "unverified"
    return state.value
