"""Links: runs that somebody has mentioned in a channel are watched there, and previewed."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

from bot.domain.errors import AccessDenied, QATechError, RunNotFound, UserError
from bot.domain.rules import Rule
from bot.domain.short_id import RunKey, RunReference
from bot.domain.sightings import linked_run
from bot.services.known_runs import KnownRuns
from bot.services.ports import Projects, Records, Rules
from bot.services.subscribing import WatchedState
from bot.services.watching import Looked, WatchService

MOST_LINKS = 10
"""Runs of one message that are watched; a message with more of them is a list of something."""

MOST_PROJECTS = 10
"""Projects in which a run is looked for whose message names none."""

MOST_PREVIEWS = 5
"""Links of one message that get a preview."""


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A message with the runs that it speaks of.

    Attributes:
        ts: of the message; where the channel's rule wants threads, it begins one.
        user: who wrote it, None where another app did.
        runs: by its links; `started` by QA.tech's own words, which name no project.
    """

    channel: str
    ts: str
    thread_ts: str | None
    user: str | None
    runs: tuple[RunReference, ...] = ()
    started: tuple[RunReference, ...] = ()


class LinkReason(StrEnum):
    """What became of a run that was mentioned."""

    WATCHED = "watched"
    UNVERIFIED = "unverified"
    """Watched, but QA.tech could not be asked yet."""
    KNOWN = "known"
    """It is, or was, watched here, or its end is remembered."""
    OTHER_PROJECT = "other_project"
    NOT_FOUND = "not_found"
    REFUSED = "refused"
    """QA.tech refuses the bot's key."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A run that was mentioned, and what became of it."""

    key: RunKey
    reason: LinkReason


@dataclass(frozen=True, slots=True)
class Previews:
    """What the links of a message lead to; `error`: why something is missing, if anything is."""

    runs: Mapping[str, Looked] = field(default_factory=dict)
    error: QATechError | None = None


class LinkStore(Rules, Records, Protocol):
    """What links need of the database."""


class LinkService:
    """Watches and previews runs as the rule of their channel says; it posts nothing itself."""

    def __init__(
        self, *, store: LinkStore, watching: WatchService, projects: Projects, runs: KnownRuns
    ) -> None:
        self._store = store
        self._watching = watching
        self._projects = projects
        self._runs = runs

    async def hear(self, mentioned: Mentioned) -> Sequence[Linked]:
        """Watch the runs of a message, where the channel's rule says so; none without a rule."""
        rule = await self._store.rule_of(mentioned.channel)
        if rule is None or rule.mutes_only or not rule.watch_links:
            return ()
        linked = [
            Linked(key, await self._watch(key, url, mentioned, rule))
            for key, url in self._keys(mentioned.runs)
        ]
        known = {reference.short_id for reference in mentioned.runs}
        for reference in mentioned.started:
            if reference.short_id not in known and len(linked) < MOST_LINKS:
                known.add(reference.short_id)
                linked += await self._watch_started(reference, mentioned, rule)
        return linked

    async def previews(self, links: Sequence[str], channel: str) -> Previews:
        """The runs behind these links; none that the channel's rule excludes."""
        rule = await self._store.rule_of(channel)
        if rule is None or rule.mutes_only:
            rule = Rule()
        if not rule.watch_links:
            return Previews()
        wanted: dict[str, RunKey] = {}
        for link in links:
            reference = linked_run(link)
            if reference is None:
                continue
            key, _ = self._projects.resolve(reference)
            if rule.covers(key.project):
                wanted[link] = key
        wanted = dict(list(wanted.items())[:MOST_PREVIEWS])
        seen = await asyncio.gather(*(self._look(key) for key in wanted.values()))
        runs = {
            link: one for link, one in zip(wanted, seen, strict=True) if isinstance(one, Looked)
        }
        return Previews(runs, next((one for one in seen if isinstance(one, QATechError)), None))

    def _keys(self, runs: Sequence[RunReference]) -> Sequence[tuple[RunKey, str | None]]:
        """The runs that are meant, each once, with the link to it where one is known."""
        found: dict[RunKey, str | None] = {}
        for reference in runs:
            key, url = self._projects.resolve(reference)
            found.setdefault(key, url)
        return list(found.items())[:MOST_LINKS]

    async def _watch_started(
        self, reference: RunReference, mentioned: Mentioned, rule: Rule
    ) -> Sequence[Linked]:
        """A run whose message names no project: it is in the first project that knows it.

        While QA.tech cannot be asked it is watched in each; where it is not, that ends unsaid.
        """
        found: list[Linked] = []
        for alias in (rule.projects or self._projects.aliases)[:MOST_PROJECTS]:
            try:
                key, url = self._projects.resolve(replace(reference, alias=alias))
            except UserError:  # the rule names a project that is not configured any more
                continue
            linked = Linked(key, await self._watch(key, url, mentioned, rule))
            if linked.reason in {LinkReason.WATCHED, LinkReason.KNOWN}:
                return [linked]
            found.append(linked)
        uncertain = [linked for linked in found if linked.reason is LinkReason.UNVERIFIED]
        return uncertain or found[:1]

    async def _watch(
        self, key: RunKey, url: str | None, mentioned: Mentioned, rule: Rule
    ) -> LinkReason:
        if not rule.covers(key.project):
            return LinkReason.OTHER_PROJECT
        if await self._store.record(key) is not None:
            return LinkReason.KNOWN
        try:
            outcome = await self._watching.watch(
                key,
                url,
                channel=mentioned.channel,
                source="link",
                asked_by=mentioned.user,
                notify_on=None,
                mention=(),
                live=False,
                thread_ts=mentioned.thread_ts or mentioned.ts,
            )
        except RunNotFound:
            return LinkReason.NOT_FOUND
        except AccessDenied:
            return LinkReason.REFUSED
        match outcome.state:
            case WatchedState.EXISTING:
                return LinkReason.KNOWN
            case WatchedState.UNVERIFIED:
                return LinkReason.UNVERIFIED
        return LinkReason.WATCHED

    async def _look(self, key: RunKey) -> Looked | QATechError:
        try:
            return await self._runs.whole(key)
        except QATechError as error:
            return error
