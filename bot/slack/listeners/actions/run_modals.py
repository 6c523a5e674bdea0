"""The modals about one run: failed test cases, one in detail, issues, the run itself."""

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import QATechError, UserError
from bot.domain.run import TestCaseDetails
from bot.domain.short_id import RunKey
from bot.services.known_runs import KnownRuns
from bot.services.ports import TestCases
from bot.services.watching import WatchService
from bot.slack.blocks import buttons, problems
from bot.slack.blocks.pressing import old_button
from bot.slack.blocks.views import (
    case_view,
    failed_cases_view,
    issues_title,
    issues_view,
    run_view,
)
from bot.slack.listeners.actions.listener import ActionListener
from bot.slack.listeners.actions.modal import Modal, Show, View
from bot.slack.listeners.actions.press import Press
from bot.slack.listeners.reply import Reply

FAILED_TITLE = "Failed cases"
CASE_TITLE = "Test case"
RUN_TITLE = "Run"


class RunModals(ActionListener):
    """Opens and turns the modals; what they show comes from the store when the run has ended."""

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        runs: KnownRuns,
        cases: TestCases,
        watching: WatchService,
    ) -> None:
        super().__init__(client)
        self._modal = Modal(client)
        self._runs = runs
        self._cases = cases
        self._watching = watching

    def register(self, app: AsyncApp) -> None:
        for action in (
            buttons.FAILED_CASES,
            buttons.CASE_PAGE,
            buttons.CASE_DETAILS,
            buttons.ACCESSIBILITY,
            buttons.ISSUE_PAGE,
            buttons.ISSUE_FILTER,
            buttons.SHOW_RUN,
            buttons.LOOK_UP,
        ):
            app.action(buttons.every(action))(self.listen)

    async def answer(self, press: Press, reply: Reply) -> None:
        """Choose the modal by the kind of action; `:…` behind it tells twins apart."""
        match press.action_id.partition(":")[0]:
            case buttons.FAILED_CASES:
                await self._failed(press, reply)
            case buttons.CASE_PAGE:
                await self._failed_page(press, reply)
            case buttons.CASE_DETAILS:
                await self._details(press, reply)
            case buttons.ACCESSIBILITY:
                await self._accessibility(press, reply)
            case buttons.ISSUE_PAGE | buttons.ISSUE_FILTER:
                await self._issues_page(press, reply)
            case buttons.SHOW_RUN:
                await self._run(press, reply, buttons.read_run_value(press.value))
            case _:
                await self._look_up(press, reply)

    async def _failed(self, press: Press, reply: Reply) -> None:
        key = buttons.read_run_value(press.value)
        if key is None:
            await reply(old_button(None))
            return
        await self._modal.show(
            press, reply, title=FAILED_TITLE, key=key, build=lambda: self._failed_view(key, 1)
        )

    async def _failed_page(self, press: Press, reply: Reply) -> None:
        wanted = buttons.read_cases_page_value(press.value)
        if wanted is None:
            await reply(old_button(None))
            return
        key, page = wanted
        await self._modal.turn(
            press, reply, title=FAILED_TITLE, key=key, build=lambda: self._failed_view(key, page)
        )

    async def _failed_view(self, key: RunKey, page: int) -> View:
        looked = await self._runs.whole(key)
        return failed_cases_view(looked.run, key=key, url=looked.url, page=page)

    async def _details(self, press: Press, reply: Reply) -> None:
        wanted = buttons.read_case_value(press.value)
        if wanted is None:
            await reply(old_button(None))
            return
        key, short_id = wanted
        await self._modal.show(
            press, reply, title=CASE_TITLE, key=key, build=lambda: self._case(key, short_id)
        )

    async def _case(self, key: RunKey, short_id: str) -> View:
        """What the run tells of a test case; a missing or refused detail leaves that standing."""
        looked = await self._runs.whole(key)
        case = next((one for one in looked.run.run_test_cases if one.short_id == short_id), None)
        if case is None:
            raise UserError(f"Run `{key}` does not hold this test case any more.")
        details: TestCaseDetails | None = None
        problem: QATechError | None = None
        try:
            details = await self._cases.get_test_case(key, short_id)
        except QATechError as error:
            problem = error
        return case_view(case, key=key, details=details, problem=problem)

    async def _accessibility(self, press: Press, reply: Reply) -> None:
        key = buttons.read_run_value(press.value)
        if key is None:
            await reply(old_button(None))
            return
        await self._show_issues(press, reply, buttons.IssuesPlace(key), self._modal.show)

    async def _issues_page(self, press: Press, reply: Reply) -> None:
        place = _issues_place(press)
        if place is None:
            await reply(old_button(None))
            return
        await self._show_issues(press, reply, place, self._modal.turn)

    async def _show_issues(
        self, press: Press, reply: Reply, place: buttons.IssuesPlace, show: Show
    ) -> None:
        async def build() -> View:
            looked = await self._runs.whole(place.key)
            return issues_view(looked.run, place=place, url=looked.url)

        title = issues_title(place.category)
        await show(press, reply, title=title, key=place.key, build=build)

    async def _look_up(self, press: Press, reply: Reply) -> None:
        """The field of the App Home: any form of a run that the command takes."""
        try:
            key, _ = self._watching.resolve(press.value or "")
        except UserError as error:
            message = problems.user_error(str(error))
            await self._modal.explain(press, reply, title=RUN_TITLE, message=message)
            return
        await self._run(press, reply, key)

    async def _run(self, press: Press, reply: Reply, key: RunKey | None) -> None:
        if key is None:
            await reply(old_button(None))
            return
        await self._modal.show(
            press, reply, title=RUN_TITLE, key=key, build=lambda: self._run_view(key)
        )

    async def _run_view(self, key: RunKey) -> View:
        looked = await self._runs.whole(key)
        return run_view(looked.run, key=key, url=looked.url)


def _issues_place(press: Press) -> buttons.IssuesPlace | None:
    """Where the press leads: the filter's value is a severity, the place is the view's own."""
    if not press.action_id.startswith(buttons.ISSUE_FILTER):
        return buttons.read_issues_value(press.value)
    here = buttons.read_issues_value((press.view or {}).get("private_metadata"))
    if here is None or press.value is None:
        return None
    severity = None if press.value == buttons.ALL_SEVERITIES else press.value
    return buttons.IssuesPlace(here.key, here.category, severity, 1)
