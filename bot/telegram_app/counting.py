"""Requests to Telegram that are counted, by the status of their answer."""

from __future__ import annotations

import time
from typing import Any

from telegram.request import HTTPXRequest

from worker import metrics


class CountingRequest(HTTPXRequest):
    """Attributes: `answered`, when Telegram last answered anything with 200 (monotonic seconds)."""

    answered = float("-inf")

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """See `telegram.request.BaseRequest.do_request`."""
        status, payload = await super().do_request(*args, **kwargs)
        metrics.REQUESTS.labels("telegram", status).inc()
        if status == 200:
            self.answered = time.monotonic()
        return status, payload
