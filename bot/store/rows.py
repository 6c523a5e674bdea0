"""Rows of the tables as values of the domain, and back."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, RowMapping, exists

from bot.domain.facts import AlertsCollapsed, AlertsGrouped, Fact
from bot.domain.notice import NewNotice, Notice
from bot.domain.pace import UNSEEN, Pace
from bot.domain.rules import NotifyOn
from bot.domain.run import Progress, Run
from bot.domain.short_id import RunKey
from bot.domain.watch import NewWatch, TrackedRun, Watch, WatchedRun, WatchState
from bot.store.tables import NoticeState, tracked_runs, watches

_facts: TypeAdapter[Fact] = TypeAdapter(Fact)
_paces: TypeAdapter[Pace] = TypeAdapter(Pace)
_names: TypeAdapter[tuple[str, ...]] = TypeAdapter(tuple[str, ...])

IS_WATCHED = (
    exists()
    .where(watches.c.run_id == tracked_runs.c.id, watches.c.state == WatchState.ACTIVE)
    .correlate(tracked_runs)
)
"""Whether somebody watches the run of the row at hand."""
IS_LIVE: ColumnElement[bool] = IS_WATCHED.where(watches.c.live).label("live")
"""Whether a live message shows the run of the row at hand."""

RUN_COLUMNS = (
    *(
        tracked_runs.c[name]
        for name in (
            "id",
            "project",
            "short_id",
            "url",
            "active",
            "status",
            "result",
            "progress",
            "watched_since",
            "changed_at",
            "cases_seen_at",
            "next_poll_at",
            "polls",
            "failures",
            "missing",
            "refusals",
            "final_failures",
            "pace",
        )
    ),
    IS_LIVE,
)
"""What a `TrackedRun` is read from, but for the snapshot, which may be megabytes."""

WHOLE_RUN_COLUMNS = (*RUN_COLUMNS, tracked_runs.c.snapshot)

WATCH_COLUMNS = tuple(column.label(f"watch_{column.name}") for column in watches.c)
"""A watch beside its run, whose columns have some of the same names."""

Row = RowMapping | Mapping[str, Any]


def tracked_run(row: Row) -> TrackedRun:
    """From a row of `RUN_COLUMNS` or `WHOLE_RUN_COLUMNS`."""
    return TrackedRun(
        id=row["id"],
        key=RunKey(row["project"], row["short_id"]),
        url=row["url"],
        active=row["active"],
        status=row["status"],
        result=row["result"],
        progress=_progress(row["progress"]),
        run=_run(row.get("snapshot")),
        watched_since=row["watched_since"],
        changed_at=row["changed_at"],
        cases_seen_at=row["cases_seen_at"],
        next_poll_at=row["next_poll_at"],
        polls=row["polls"],
        failures=row["failures"],
        missing=row["missing"],
        refusals=row["refusals"],
        final_failures=row["final_failures"],
        live=row["live"],
        pace=_pace(row["pace"]),
    )


def snapshot(run: Run) -> str:
    """A run as it is kept: JSON in QA.tech's own words."""
    return run.model_dump_json(by_alias=True)


def progress_text(progress: Progress) -> str:
    return progress.model_dump_json()


def pace_text(pace: Pace) -> str:
    return _paces.dump_json(pace).decode()


def watch(row: Row, key: RunKey) -> Watch:
    """From a whole row of `watches`."""
    return Watch(
        id=row["id"],
        run_id=row["run_id"],
        key=key,
        channel=row["channel"],
        thread_ts=row["thread_ts"],
        asked_by=row["asked_by"],
        live=row["live"],
        live_ts=row["live_ts"],
        state=WatchState(row["state"]),
        response_url=row["response_url"],
        created_at=row["created_at"],
        notify_on=None if row["notify_on"] is None else NotifyOn(row["notify_on"]),
        mention=_names.validate_json(row["mention"]),
        source=row["source"],
    )


def watch_values(new: NewWatch) -> dict[str, Any]:
    """The columns of a new watch that are its own, as they stay for good."""
    return {
        "id": new.id,
        "channel": new.channel,
        "thread_ts": new.thread_ts,
        "asked_by": new.asked_by,
        "live": new.live,
        "state": WatchState.ACTIVE,
        "response_url": new.response_url,
        "notify_on": new.notify_on,
        "mention": _names.dump_json(new.mention).decode(),
        "source": new.source,
    }


def watched_run(row: Row) -> WatchedRun:
    """From a row of `WATCH_COLUMNS` with those of its run."""
    tracked = tracked_run(row)
    columns = {column.name: row[f"watch_{column.name}"] for column in watches.c}
    return WatchedRun(watch(columns, tracked.key), tracked)


def notice(row: Row) -> Notice | None:
    """From a whole row of `notices`; None where this version does not know the fact."""
    told = fact(row["fact"])
    if told is None:
        return None
    # The message of several alerts is edited as more come.
    grows = isinstance(told, AlertsCollapsed | AlertsGrouped)
    return Notice(
        id=row["id"],
        dedupe_key=row["dedupe_key"],
        channel=row["channel"],
        fact=told,
        run_id=row["run_id"],
        watch_id=row["watch_id"],
        thread_ts=row["thread_ts"],
        asked_by=row["asked_by"],
        response_url=row["response_url"],
        created_at=row["created_at"],
        version=row["version"],
        attempts=row["attempts"],
        uncertain=row["uncertain"],
        told_aside=row["told_aside"],
        edit_ts=row["message_ts"] if grows else row["edit_ts"],
        is_alert=row["is_alert"],
        revived_at=row["revived_at"],
    )


def fact(text: str) -> Fact | None:
    """A fact as it is kept; None where this version does not know it."""
    try:
        return _facts.validate_json(text)
    except ValidationError:
        return None


def fact_text(told: Fact) -> str:
    return _facts.dump_json(told).decode()


def notice_values(new: NewNotice) -> dict[str, Any]:
    """The columns of a new notice, but for its moments."""
    return {
        "dedupe_key": new.dedupe_key,
        "channel": new.channel,
        "kind": new.fact.kind,
        "fact": fact_text(new.fact),
        "run_id": new.run_id,
        "watch_id": new.watch_id,
        "thread_ts": new.thread_ts,
        "asked_by": new.asked_by,
        "response_url": new.response_url,
        "edit_ts": new.edit_ts,
        "priority": int(new.priority),
        "state": NoticeState.PENDING,
        "version": 1,
        "attempts": 0,
        "attempt_open": False,
        "uncertain": False,
        "told_aside": False,
        "is_alert": new.is_alert,
        "group_key": new.group,
    }


def _progress(text: str) -> Progress:
    """An outcome that only a newer version knows must not keep the run from being polled."""
    try:
        return Progress.model_validate_json(text)
    except ValidationError:
        return Progress()


def _pace(text: str | None) -> Pace:
    """What only a newer version knows of the pace is observed anew."""
    try:
        return UNSEEN if text is None else _paces.validate_json(text)
    except ValidationError:
        return UNSEEN


def _run(text: str | None) -> Run | None:
    """A snapshot that this version cannot read must not block the channel that tells of it."""
    try:
        return None if text is None else Run.model_validate_json(text)
    except ValidationError:
        return None
