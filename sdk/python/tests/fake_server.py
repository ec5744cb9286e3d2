"""A server that answers what it is told to, in order, and remembers what it was asked."""
import http.server
import json
import threading
import time
from dataclasses import dataclass, field


@dataclass
class Answer:
    status: int = 200
    body: object = field(default_factory=dict)
    headers: dict = field(default_factory=dict)
    wait: float = 0.0
    drop: bool = False  # hang up instead
    promise: int = 0  # this many bytes more than are sent


def problem(status, code, **more):
    return Answer(status, {"type": "about:blank", "status": status, "code": code, "detail": f"what {code}", "request_id": "req_1", **more})


@dataclass
class Asked:
    method: str
    path: str
    headers: dict
    body: object
    connection: int


class FakeServer:
    def __enter__(self):
        self.answers, self.asked = [], []
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def handle_any(self):
                raw = self.rfile.read(int(self.headers.get("content-length", 0)))
                fake.asked.append(Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()},
                                        json.loads(raw) if raw else None, id(self.connection)))
                answer = fake.answers.pop(0) if fake.answers else Answer()
                time.sleep(answer.wait)
                if answer.drop:
                    self.close_connection = True
                    return
                body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body) + answer.promise))
                self.end_headers()
                self.wfile.write(body)
                if answer.promise:
                    self.close_connection = True

            do_GET = do_POST = handle_any

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # of callers that did not wait
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
