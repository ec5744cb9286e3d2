"""The client: one call, tried until it is answered or not worth another try."""
from __future__ import annotations

import json
import os
import random
import ssl
import time
import uuid
from typing import Any, Callable, Dict, Iterator, Mapping, Optional
from urllib.parse import urlencode

from .errors import ConnectionFailed, error_of
from .events import events_of
from .operations import VERSION, Operations
from .retry import RetryPolicy, retry_after_of
from .transport import Reply, Transport

DEFAULT_URL = "http://127.0.0.1:8080"


class Client(Operations):
    """Calls a yupu server. Threads: any number at once. Close it, or use it in a `with`.

    base_url  default: the environment's YUPU_BASE_URL, else http://127.0.0.1:8080
    api_key   "yp_..."; default: the environment's YUPU_API_KEY; without one only what is open to all answers
    timeout   seconds the server may be silent, in each try; also of each call
    retry     when a call is sent again (retry.py)
    headers   sent with every call
    tls       of https; default: the system's certificates
    """

    def __init__(self, base_url: Optional[str] = None, api_key: Optional[str] = None, *, timeout: float = 60.0,
                 retry: Optional[RetryPolicy] = None, headers: Optional[Mapping[str, str]] = None, tls: Optional[ssl.SSLContext] = None,
                 sleep: Callable[[float], None] = time.sleep, chance: Callable[[], float] = random.random) -> None:
        self._transport = Transport(base_url or os.environ.get("YUPU_BASE_URL") or DEFAULT_URL, tls)
        self._timeout, self._retry, self._sleep, self._chance = timeout, retry or RetryPolicy(), sleep, chance
        self._headers = {"user-agent": f"yupu-python/{VERSION}", **(headers or {})}
        key = api_key or os.environ.get("YUPU_API_KEY")
        if key:
            self._headers["authorization"] = f"Bearer {key}"

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._transport.close()

    def _call(self, method: str, path: str, *, text: bool = False, **how: Any) -> Any:
        body = self._send(method, path, "text/plain" if text else "application/json", Reply.read, **how)
        return body.decode("utf-8") if text else json.loads(body)

    def _stream(self, method: str, path: str, **how: Any) -> Iterator[Any]:
        # Sent now, not with the first event that is asked for: what is wrong is raised where the call stands.
        return self._send(method, path, "text/event-stream", events_of, **how)

    def _send(self, method: str, path: str, accept: str, take: Callable[[Reply], Any], *, body: Optional[Dict[str, Any]] = None,
              query: Optional[Dict[str, Any]] = None, once: bool = False, idempotency_key: Optional[str] = None,
              timeout: Optional[float] = None) -> Any:
        headers = {**self._headers, "accept": accept}
        given = {name: value for name, value in (query or {}).items() if value is not None}
        target = path + ("?" + urlencode(given) if given else "")
        raw = None
        if body is not None:
            raw = json.dumps({name: value for name, value in body.items() if value is not None}, ensure_ascii=False).encode("utf-8")
            headers["content-type"] = "application/json"
        if once:
            headers["idempotency-key"] = idempotency_key or uuid.uuid4().hex
        repeatable = once or method == "GET"

        def send() -> Reply:
            return self._transport.send(method, target, headers, raw, self._timeout if timeout is None else timeout, repeatable)

        return self._try(send, take, repeatable)

    def _try(self, send: Callable[[], Reply], take: Callable[[Reply], Any], repeatable: bool) -> Any:
        tries_done, unanswered = 0, False
        while True:
            tries_done += 1
            retry_after, again = None, repeatable
            try:
                reply = send()
                if 200 <= reply.status < 300:
                    return take(reply)
                retry_after = retry_after_of(reply.header("retry-after"), time.time())
                error: Exception = error_of(reply.status, reply.read(), reply.header("x-request-id"), retry_after)
                again = again and self._retry.worth_it(reply.status, unanswered)
            except ConnectionFailed as failed:
                error, unanswered = failed, True
            wait = self._retry.wait(tries_done, retry_after, self._chance()) if again else None
            if wait is None:
                raise error
            self._sleep(wait)
