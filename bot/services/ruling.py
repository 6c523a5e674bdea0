"""Ruling: what a channel wants to hear is read, tried, set and muted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.domain.audit import BY_FILE, Act, NewEntry, moment, rule_changes
from bot.domain.digest_rule import begun
from bot.domain.errors import UserError
from bot.domain.muting import mute_case, unmute_case
from bot.domain.preview import PREVIEW_RUNS, Preview, preview
from bot.domain.record import RunRecord
from bot.domain.rules import Rule
from bot.services.ports import AuditTrail, Clock, Records, Rules

NOT_ALLOWED = (
    "You are not among those who may change what channels hear, so I changed nothing. "
    "Ask whoever runs this bot."
)

Change = Callable[[Rule], Mapping[str, object]]


class RulingStore(Rules, Records, AuditTrail, Protocol):
    """What ruling needs of the database."""


class RulePermissions(Protocol):
    """Who may change what channels hear."""

    async def may_rule(self, user: str) -> bool:
        """Whether this person may set rules and mute."""
        ...


@dataclass(frozen=True, slots=True)
class Standing:
    """The rule of a channel as it stands.

    Attributes:
        is_set: False where nobody has set one; `rule` is then what the form begins with.
        in_file: the operator keeps it in `qarun.toml`, where alone it can be changed.
    """

    rule: Rule
    is_set: bool
    in_file: bool


class RulingService:
    """Reads and sets the rules of channels.

    Args:
        aliases: of the configured projects.
        from_file: channel → rule, as `qarun.toml` has it.
    """

    def __init__(
        self,
        *,
        store: RulingStore,
        aliases: Sequence[str],
        from_file: Mapping[str, Rule],
        permissions: RulePermissions,
        clock: Clock,
    ) -> None:
        self._store = store
        self._from_file = from_file
        self._permissions = permissions
        self._clock = clock
        self.aliases = tuple(aliases)

    async def apply_file(self) -> None:
        """Set the rules of the file; what people have muted there stays muted."""
        for channel, rule in self._from_file.items():
            known = await self._store.rule_of(channel)
            before = known or Rule()
            now = self._clock()
            kept: dict[str, object] = {
                "muted_cases": before.muted_cases,
                "digest": begun(rule.digest, before.digest, now),
            }
            if before.muted_until is not None:
                kept["muted_until"] = before.muted_until
            # Not a copy: what the file gives has types of its own, and would equal no stored rule.
            after = Rule.model_validate(rule.model_dump() | kept)
            entry = NewEntry(Act.RULES_SET, BY_FILE, channel, detail=rule_changes(before, after))
            audit = () if known == after else (entry,)
            await self._store.save_rule(channel, after, now, audit=audit)

    async def standing(self, channel: str) -> Standing:
        """The rule of a channel, or what a new one would begin with."""
        rule = await self._store.rule_of(channel)
        in_file = channel in self._from_file
        if rule is None or not rule.mutes_only:
            return Standing(rule or Rule(), rule is not None, in_file)
        kept = {"muted_until": rule.muted_until, "muted_cases": rule.muted_cases}
        return Standing(Rule().model_copy(update=kept), is_set=False, in_file=in_file)

    async def preview(self, rule: Rule) -> Preview:
        """What a rule would have told of the last runs of its projects."""
        now = self._clock()
        records: list[RunRecord] = []
        for alias in rule.projects or self.aliases:
            records += await self._store.history(alias, before=now, limit=2 * PREVIEW_RUNS)
        records.sort(key=lambda record: record.ended_at, reverse=True)
        return preview(rule, records, now)

    async def may_change(self, user: str) -> bool:
        """Whether this person may set rules and mute; whoever tries and may not is refused."""
        return await self._permissions.may_rule(user)

    async def set(self, channel: str, rule: Rule, *, by: str) -> Rule:
        """Set the rule of a channel; the rule as it now stands."""
        await self._require(channel, by)
        now = self._clock()
        standing = (await self.standing(channel)).rule
        digest = begun(rule.digest, standing.digest, now)
        saved = rule.model_copy(update={"set_by": by, "digest": digest, "mutes_only": False})
        entry = NewEntry(Act.RULES_SET, by, channel, detail=rule_changes(standing, saved))
        await self._store.save_rule(channel, saved, now, audit=(entry,))
        return saved

    async def mute(self, channel: str, minutes: int, *, by: str) -> Rule:
        """Tell nothing in a channel for so long."""
        until = self._clock() + timedelta(minutes=minutes)
        entry = NewEntry(Act.MUTED, by, channel, detail=f"until {moment(until)}")
        return await self._change(entry, lambda rule: {"muted_until": until})

    async def unmute(self, channel: str, *, by: str) -> Rule:
        """Tell again, of every test case too."""
        entry = NewEntry(Act.UNMUTED, by, channel)
        return await self._change(entry, lambda rule: {"muted_until": None, "muted_cases": ()})

    async def mute_case(self, channel: str, name: str, minutes: int, *, by: str) -> Rule:
        """A test case is no news in a channel for so long."""
        now = self._clock()
        until = now + timedelta(minutes=minutes)
        detail = f"{name}, until {moment(until)}"
        return await self._change(
            NewEntry(Act.CASE_MUTED, by, channel, detail=detail),
            lambda rule: {"muted_cases": mute_case(rule, name, until, now)},
        )

    async def unmute_case(self, channel: str, name: str, *, by: str) -> Rule:
        """A test case is news again."""
        now = self._clock()
        return await self._change(
            NewEntry(Act.CASE_UNMUTED, by, channel, detail=name),
            lambda rule: {"muted_cases": unmute_case(rule, name, now)},
        )

    async def case_names(self) -> Sequence[str]:
        """Names of the test cases in the runs remembered last, the newest first."""
        names: dict[str, None] = {}
        for alias in self.aliases:
            for record in await self._store.history(alias, before=self._clock()):
                names.update(dict.fromkeys(case.name for case in record.cases))
        return list(names)

    async def _change(self, entry: NewEntry, change: Change) -> Rule:
        """Change the rule of the entry's channel, as the person of the entry."""
        channel, by = entry.channel or "", entry.who
        await self._require(channel, by)
        # A mute where nobody has set a rule must not make the channel hear of every run after it.
        rule = await self._store.rule_of(channel) or Rule(
            only_watched=True, mutes_only=True, set_by=by
        )
        changed = rule.model_copy(update=change(rule))
        await self._store.save_rule(channel, changed, self._clock(), audit=(entry,))
        return changed

    async def _require(self, channel: str, user: str) -> None:
        """Refuse who may not.

        Raises:
            UserError: this person may change neither rules nor mutes.
        """
        if not await self.may_change(user):
            entry = NewEntry(Act.RULES_FORBIDDEN, user, channel)
            await self._store.add_entries((entry,), self._clock())
            raise UserError(NOT_ALLOWED)
