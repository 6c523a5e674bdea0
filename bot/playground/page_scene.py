"""What the demo's page begins with: people, channels, and the runs that can be asked for."""

from dataclasses import dataclass, field

from bot.playground.page_own_run import OwnRun, own_script
from bot.playground.qatech_script import RunNow, Script, mint
from bot.playground.scenarios import (
    CANCELLED_ID,
    ERROR_ID,
    FAILED_ID,
    MONSTER_ID,
    PASSED_ID,
    all_passed,
    cancelled,
    infrastructure_error,
    monster,
    three_failed,
)
from bot.playground.slack_state import Channel, User
from bot.playground.stage import Stage

LONG_ID = "Rc4Lm"
"""The run of suite and failures of `FAILED_ID` that is still going when somebody asks."""

_NIGHT_SECONDS = 1800.0
_MOST_RUNS = 200


@dataclass(slots=True)
class ShownRun:
    """A run as the page lists it.

    Attributes:
        over: how it ended, once it has: looked at no more.
    """

    script: Script
    title: str
    about: str
    is_own: bool = False
    over: RunNow | None = None


@dataclass
class Scene:
    """The stage, furnished for one person at the page: `me`."""

    stage: Stage
    me: User = field(init=False)
    home: Channel = field(init=False)
    runs: dict[str, ShownRun] = field(default_factory=dict)

    def __post_init__(self) -> None:
        slack = self.stage.slack
        self.me = slack.add_user("ada")
        ben = slack.add_user("ben")
        self.home = slack.add_channel("qa", members=[self.me, ben])
        slack.add_channel("checkout-team", members=[self.me, ben])
        slack.add_channel("random", members=[self.me, ben], with_bot=False)
        slack.direct_messages(self.me.id)
        self._put_on_runs()

    def _put_on_runs(self) -> None:
        for script, title, about in (
            (
                all_passed(PASSED_ID, duration=32.0),
                "Smoke test",
                "8 test cases, all pass.",
            ),
            (
                three_failed(LONG_ID, duration=120.0),
                "Release check",
                "24 test cases, 3 fail on the way.",
            ),
            (
                infrastructure_error(ERROR_ID, duration=40.0),
                "Broken off",
                "No browser could be started.",
            ),
            (
                cancelled(CANCELLED_ID, duration=60.0),
                "Cancelled",
                "Stopped after 9 of 24 test cases.",
            ),
        ):
            self._put_on(ShownRun(script, title, about), when_asked=True)
        night = three_failed(FAILED_ID, duration=_NIGHT_SECONDS)
        about = "3 of 24 failed; accessibility issues."
        self._put_on(ShownRun(night, "Last night", about), age=_NIGHT_SECONDS)
        about = "500 failures, in words that mean harm."
        self._put_on(ShownRun(monster(MONSTER_ID), "Monster", about))

    def _put_on(self, shown: ShownRun, *, age: float = 0.0, when_asked: bool = False) -> None:
        self.stage.qatech.add(shown.script, age=age, when_asked=when_asked)
        self.runs[shown.script.short_id] = shown

    def begin(self, wanted: OwnRun) -> str:
        """Begin a run of one's own; returns its short ID.

        Raises:
            ValueError: there are too many already.
        """
        if len(self.runs) >= _MOST_RUNS:
            raise ValueError(f"There are {_MOST_RUNS} runs already; start the demo again for more.")
        short_id = mint(f"own/{len(self.runs)}", 5)
        about = f"{wanted.cases} test cases, {wanted.failures} fail, {wanted.issues} issues."
        script = own_script(short_id, wanted)
        self._put_on(ShownRun(script, "Your run", about, is_own=True))
        return short_id

    def now(self, shown: ShownRun) -> tuple[RunNow | None, float]:
        """How a run stands, and the share of its time that has gone by; None before it begins.

        Looking from here does not begin a run: asking QA.tech for it does.
        """
        if shown.over is not None:
            return shown.over, 1.0
        world = self.stage.qatech
        run = world.run(shown.script.short_id)
        if run is None or run.began_at is None:
            return None, 0.0
        elapsed, duration = world.now() - run.began_at, shown.script.duration
        now = shown.script.at(elapsed)
        if elapsed >= duration:
            shown.over = now
            return now, 1.0
        return now, elapsed / duration
