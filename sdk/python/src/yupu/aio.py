"""The same client for asyncio. Calls run on threads of its own; what is awaited never blocks the loop."""
from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, AsyncIterator, Callable

from .client import Client
from .operations import AsyncOperations

CALLS_AT_ONCE = 16
END = object()


class AsyncClient(AsyncOperations):
    """As Client, which takes the options. `calls_at_once`: more wait their turn. A call whose task is cancelled is not waited for
    any more; what was sent is sent."""

    def __init__(self, *args: Any, calls_at_once: int = CALLS_AT_ONCE, **options: Any) -> None:
        self._client = Client(*args, **options)
        self._threads = ThreadPoolExecutor(calls_at_once, "yupu")

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._on_thread(self._client.close)
        self._threads.shutdown(wait=False)

    async def _on_thread(self, work: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args))

    async def _call(self, method: str, path: str, **how: Any) -> Any:
        return await self._on_thread(partial(self._client._call, method, path, **how))

    async def _stream(self, method: str, path: str, **how: Any) -> AsyncIterator[Any]:
        events = await self._on_thread(partial(self._client._stream, method, path, **how))
        try:
            while True:
                event = await self._on_thread(next, events, END)
                if event is END:
                    return
                yield event
        finally:
            # A step that was cancelled may still be running: then it ends with its connection.
            with suppress(ValueError):
                await self._on_thread(events.close)
