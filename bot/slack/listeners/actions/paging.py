"""“Next 10”, and the choice between several things that a question may have meant."""

import zlib

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import QATechError
from bot.domain.question import QUESTIONS
from bot.services.answering import AnswerService
from bot.services.wishes import Place
from bot.slack.blocks import problems
from bot.slack.blocks.buttons import CHOOSE, NEXT_PAGE, every, read_page_value
from bot.slack.blocks.pressing import answered_already, old_button
from bot.slack.listeners.actions.listener import ActionListener
from bot.slack.listeners.actions.press import Press
from bot.slack.listeners.reply import Reply


class PagingAction(ActionListener):
    """Replies in the thread; two people who press the same button get one reply."""

    def __init__(self, client: AsyncWebClient, answering: AnswerService) -> None:
        super().__init__(client)
        self._answering = answering

    def register(self, app: AsyncApp) -> None:
        app.action(every(NEXT_PAGE))(self.listen)
        app.action(every(CHOOSE))(self.listen)

    async def answer(self, press: Press, reply: Reply) -> None:
        """A choice is a question whose first page is asked for."""
        asked = read_page_value(press.value)
        if asked is None or press.channel is None or press.thread_ts is None:
            await reply(old_button(None))
            return
        key, question, offset = asked
        mark = zlib.crc32(QUESTIONS.dump_json(question))
        place = Place(
            press.channel,
            press.thread_ts,
            press.user,
            f"page:{press.channel}:{press.message_ts}:{mark}:{offset}",
        )
        try:
            if not await self._answering.answer_page(question, key, offset, place):
                await reply(answered_already())
        except QATechError as error:
            await reply(problems.qatech_problem(error, key, stored=False))
