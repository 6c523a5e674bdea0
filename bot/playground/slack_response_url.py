"""The `response_url` of commands and actions: answering without being a member of the channel."""

import json

from starlette.requests import Request

from bot.playground.slack_call import ApiError, refuse
from bot.playground.slack_endpoint import Answered, Endpoint
from bot.playground.slack_events import tell_message_changed, tell_message_deleted, tell_posted
from bot.playground.slack_limits import check_message
from bot.playground.slack_rules import Json
from bot.playground.slack_state import Message
from bot.playground.slack_tickets import ResponseUrl
from bot.playground.slack_world import World

NAME = "response_url"
"""Its name in the journal and for faults."""
_GONE = ("invalid_url", "expired_url", "used_url")


def url_of(world: World, ticket: ResponseUrl) -> str:
    """The URL of a ticket.

    Raises:
        RuntimeError: nobody has said yet where the workspace is served.
    """
    if world.base_url is None:
        raise RuntimeError("set `base_url`, or let the app make a request first")
    return f"{world.base_url}/response/{ticket.token}"


class ResponseUrls(Endpoint):
    """Answers requests to `/response/<token>`."""

    def name(self, request: Request) -> str:
        return NAME

    def answer(self, request: Request, body: bytes) -> Answered:
        args: Json = {}
        try:
            args = _read(body)
            self._process(request.path_params["token"], args)
        except ApiError as error:
            status = 404 if error.error in _GONE else 400
            return Answered(status, error.answer, args)
        return Answered(200, {"ok": True}, args)

    def _process(self, token: str, args: Json) -> None:
        ticket, error = self.world.tickets.use_response_url(token)
        if ticket is None:
            raise ApiError(str(error))
        respond(self.world, ticket, args)


def respond(world: World, ticket: ResponseUrl, args: Json) -> None:
    """Do what an answer asks for: post, replace or delete.

    Raises:
        ApiError: Slack would refuse it.
    """
    if args.get("delete_original"):
        _delete(world, _original(world, ticket))
        return
    text, blocks, attachments = args.get("text"), args.get("blocks"), args.get("attachments")
    refuse(check_message(text, blocks, attachments))
    refuse(world.files.problems(blocks, for_one_person=True))
    if args.get("replace_original"):
        message = _original(world, ticket)
        before = message.payload()
        world.edit(message, text=text or "", blocks=blocks or [], attachments=attachments or [])
        if not message.is_ephemeral:
            tell_message_changed(world, world.channels[message.channel], message, before)
        return
    in_channel = args.get("response_type") == "in_channel"
    message = world.post(
        Message(
            ts="",
            channel=ticket.channel,
            author=world.bot,
            text=text or "",
            blocks=blocks or [],
            attachments=attachments or [],
            metadata=args.get("metadata"),
            thread_ts=args.get("thread_ts") or ticket.thread_ts,
            visible_to=None if in_channel else ticket.user,
        )
    )
    ticket.source = ticket.source or message.ts
    if in_channel:
        tell_posted(world, world.channels[ticket.channel], message)


def _original(world: World, ticket: ResponseUrl) -> Message:
    message = world.find_message(ticket.channel, ticket.source or "")
    if message is None:
        raise ApiError("message_not_found")
    return message


def _delete(world: World, message: Message) -> None:
    before = message.payload()
    world.delete(message)
    if not message.is_ephemeral:
        tell_message_deleted(world, world.channels[message.channel], message.ts, before)


def _read(body: bytes) -> Json:
    try:
        args = json.loads(body)
    except ValueError:
        raise ApiError("invalid_payload") from None
    if not isinstance(args, dict):
        raise ApiError("invalid_payload")
    return args
