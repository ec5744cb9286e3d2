"""text/event-stream, as far as JSON in `data` goes (HTML Living Standard, 9.2)."""
from __future__ import annotations

import json
from typing import Any, Iterator, List

from .transport import Reply

DONE = "[DONE]"


def events_of(reply: Reply) -> Iterator[Any]:
    """Ends with the stream, or at [DONE]. Closes the reply."""
    try:
        data: List[str] = []
        while True:
            line = reply.readline()
            text = line.decode("utf-8").rstrip("\r\n")
            if text.startswith("data:"):
                data.append(text[5:][1:] if text[5:6] == " " else text[5:])
            if line and text:
                continue
            if data and line:
                event = "\n".join(data)
                data = []
                if event == DONE:
                    reply.readline()  # the end, so that the connection may be kept
                    return
                yield json.loads(event)
            if not line:
                return
    finally:
        reply.close()
