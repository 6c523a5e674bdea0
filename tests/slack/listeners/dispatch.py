"""The way of a payload to a Bolt app in this process, signed or bare."""

import asyncio
import time
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from bot.playground.slack_delivery import Attempt, Delivery
from bot.playground.slack_signed_http import signed_request

SECRET = "a-secret-for-signing"


@dataclass(slots=True)
class Dispatch:
    """Hands payloads to the Bolt app in this process: a transport of the workspace."""

    app: AsyncApp
    over_http: bool

    async def hand_over(self, delivery: Delivery, attempt: Attempt, within: float) -> None:
        """Acknowledged is what Bolt answers with 200 in time."""
        began = time.perf_counter()
        answer = await asyncio.wait_for(self.app.async_dispatch(self._request(delivery)), within)
        attempt.status = answer.status
        if answer.status == 200:
            attempt.seconds = time.perf_counter() - began
            attempt.body = answer.body

    def _request(self, delivery: Delivery) -> AsyncBoltRequest:
        if not self.over_http:
            return AsyncBoltRequest(mode="socket_mode", body=delivery.payload)
        headers, body = signed_request(delivery, SECRET, time.time())
        return AsyncBoltRequest(body=body.decode(), headers=dict(headers))
