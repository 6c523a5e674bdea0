"""The part of the composition root that builds what listens to Slack. No logic."""

from collections.abc import Collection
from typing import Protocol

from slack_bolt.async_app import AsyncApp

from bot.services.answering import AnswerService
from bot.services.known_runs import KnownRuns
from bot.services.linking import LinkService
from bot.services.ports import Clock, Projects, Reruns, RunSource, Store, TestCases, Wake
from bot.services.rerunning import Permissions, RerunService
from bot.services.ruling import RulingService
from bot.services.trend import TrendService
from bot.services.watching import WatchService
from bot.services.wishes import WishService
from bot.slack.connection import SlackConnection
from bot.slack.listeners.actions.more import MoreAction
from bot.slack.listeners.actions.paging import PagingAction
from bot.slack.listeners.actions.rerun import RerunAction
from bot.slack.listeners.actions.run_modals import RunModals
from bot.slack.listeners.actions.unknown import UnknownAction
from bot.slack.listeners.commands.qarun import QarunCommand
from bot.slack.listeners.commands.request import Desk
from bot.slack.listeners.events.home import HomeListener
from bot.slack.listeners.events.links import LinkListener
from bot.slack.listeners.events.membership import MembershipListener
from bot.slack.listeners.events.messages import MessageListener
from bot.slack.listeners.foreign import ForeignCommand, ForeignListener
from bot.slack.listeners.views.alerts import RulesModal
from bot.slack.membership import Memberships
from bot.slack.time_zones import TimeZones


class Listener(Protocol):
    """Something that hears one kind of payload."""

    def register(self, app: AsyncApp) -> None:
        """Tell Bolt what it hears."""
        ...


class QATechSource(RunSource, Reruns, TestCases, Protocol):
    """All that listeners ask of QA.tech."""


def build_listeners(
    *,
    store: Store,
    qatech: QATechSource,
    projects: Projects,
    slack: SlackConnection,
    watching: WatchService,
    ruling: RulingService,
    trends: TrendService,
    permissions: Permissions,
    clock: Clock,
    wake: Wake,
    allowed_teams: Collection[str] | None,
) -> tuple[Listener, ...]:
    """Every listener, in the order in which Bolt asks them."""
    rerunning = RerunService(
        log=store, store=store, qatech=qatech, permissions=permissions, clock=clock, wake=wake
    )
    runs = KnownRuns(conversations=store, qatech=qatech, projects=projects)
    wishes = WishService(
        records=store,
        projects=projects,
        runs=runs,
        watching=watching,
        rerunning=rerunning,
        clock=clock,
    )
    answering = AnswerService(
        conversations=store,
        outbox=store,
        qatech=qatech,
        runs=runs,
        wishes=wishes,
        clock=clock,
        wake=wake,
    )
    client = slack.client
    links = LinkListener(
        client,
        LinkService(store=store, watching=watching, projects=projects, runs=runs),
        clock,
    )
    memberships = Memberships(client, slack)
    time_zone_of = TimeZones(client).of
    rules_modal = RulesModal(
        client, ruling, memberships=memberships, time_zone_of=time_zone_of, clock=clock
    )
    desk = Desk(
        watching=watching,
        rerunning=rerunning,
        permalink=slack.permalink,
        ruling=ruling,
        rules_modal=rules_modal,
        memberships=memberships,
        trends=trends,
        time_zone_of=time_zone_of,
        trail=store,
    )
    return (
        # Of who does not belong here, no other listener hears. Bolt asks one after the other before
        # an acknowledgement goes out: with commands first, it asks few of them about a command.
        ForeignCommand(client, home=lambda: slack.identity, allowed=allowed_teams),
        QarunCommand(desk, client),
        ForeignListener(client, home=lambda: slack.identity, allowed=allowed_teams),
        MembershipListener(store, clock=clock, wake=wake),
        MessageListener(answering, client, links),
        links,
        HomeListener(client, watches=store, conversations=store, rules=store, clock=clock),
        RunModals(client, runs=runs, cases=qatech, watching=watching),
        RerunAction(client, rerunning, slack),
        MoreAction(client, watching=watching, runs=runs),
        PagingAction(client, answering),
        rules_modal,
        UnknownAction(client),  # the last: it hears whatever the others do not
    )
