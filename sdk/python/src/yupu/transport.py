"""HTTP/1.1 over connections that are kept. Threads: any number; a connection belongs to one call at a time."""
from __future__ import annotations

import http.client
import socket
import ssl
import threading
from typing import Dict, List, Optional
from urllib.parse import urlsplit

from .errors import ConnectionFailed, TimedOut

KEPT_MAX = 16
# How a connection ends that the server had closed while it was idle.
STALE = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)


class Reply:
    """An answer whose body is still to be read. close() it, or read it to its end."""

    def __init__(self, transport: "Transport", connection: http.client.HTTPConnection, response: http.client.HTTPResponse) -> None:
        self._transport, self._response = transport, response
        self._connection: Optional[http.client.HTTPConnection] = connection
        self.status = response.status

    def header(self, name: str) -> Optional[str]:
        return self._response.getheader(name)

    def read(self) -> bytes:
        try:
            with translated():
                return self._response.read()
        finally:
            self.close()

    def readline(self) -> bytes:
        with translated():
            line = self._response.readline()
            # readline() takes a body that was cut off for one that ended.
            if not line and self._response.length:
                raise ConnectionFailed("the answer was broken off")
            return line

    def close(self) -> None:
        if self._connection is None:
            return
        ended = self._response.isclosed() or self._response.length == 0
        if ended and not self._response.will_close:
            self._response.close()
            self._transport.keep(self._connection)
        else:
            self._connection.close()
        self._connection = None


class translated:
    """What the standard library raises about a connection, as ours."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: Optional[BaseException], trace: object) -> None:
        if isinstance(error, socket.timeout):
            raise TimedOut("the server was silent for too long") from error
        if isinstance(error, (OSError, http.client.HTTPException)) and not isinstance(error, ConnectionFailed):
            raise ConnectionFailed(f"{type(error).__name__}: {error}") from error


class Transport:
    def __init__(self, base_url: str, tls: Optional[ssl.SSLContext]) -> None:
        url = urlsplit(base_url)
        if url.scheme not in ("http", "https") or not url.hostname:
            raise ValueError(f"base_url is not http://HOST or https://HOST: {base_url!r}")
        self._scheme, self._host, self._port, self._tls = url.scheme, url.hostname, url.port, tls
        self._prefix = url.path.rstrip("/")
        self._lock = threading.Lock()
        self._kept: List[http.client.HTTPConnection] = []
        self._closed = False

    def _open(self) -> http.client.HTTPConnection:
        if self._scheme == "https":
            return http.client.HTTPSConnection(self._host, self._port, context=self._tls)
        return http.client.HTTPConnection(self._host, self._port)

    def keep(self, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            if not self._closed and len(self._kept) < KEPT_MAX:
                self._kept.append(connection)
                return
        connection.close()

    def send(self, method: str, target: str, headers: Dict[str, str], body: Optional[bytes], timeout: float, repeatable: bool) -> Reply:
        """The head of the answer, whatever its status. Raises ConnectionFailed. A kept connection may have been closed meanwhile:
        what is `repeatable` is then sent on the next."""
        with translated():
            while True:
                with self._lock:
                    kept = self._kept.pop() if self._kept else None
                connection = kept or self._open()
                try:
                    connection.timeout = timeout
                    if connection.sock is not None:
                        connection.sock.settimeout(timeout)
                    connection.request(method, self._prefix + target, body, headers)
                    return Reply(self, connection, connection.getresponse())
                except STALE:
                    connection.close()
                    if kept is None or not repeatable:
                        raise
                except BaseException:
                    connection.close()
                    raise

    def close(self) -> None:
        with self._lock:
            self._closed = True
            kept, self._kept = self._kept, []
        for connection in kept:
            connection.close()
