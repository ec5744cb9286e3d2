"""A press of the bench's own: feeds of invented papers on addresses of 127.0.0.0/8, one server for all of them. What a
feed says is a function of its number alone, so that nothing is kept; every request is noted."""

import email.utils
import http.server
import random
import socketserver
import threading
import time
from xml.sax.saxutils import escape


def address(number):
    """Of paper `number`, a host of its own."""
    return f"127.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10  # of a connection that asks for nothing more

    def do_GET(self):  # noqa: N802 (the name is the base class's)
        if self.path == "/robots.txt":
            return self.answer(200, "text/plain", b"User-agent: *\nAllow: /\n")
        number = int(self.path.rsplit("/", 1)[1])
        tag, body = self.server.feed(number)
        with self.server.lock:
            self.server.asked.setdefault(number, []).append(time.time())
        if self.headers["if-none-match"] == tag:
            self.server.unchanged += 1
            return self.answer(304, "application/rss+xml", b"", tag)
        return self.answer(200, "application/rss+xml", body() if callable(body) else body, tag)

    def answer(self, status, kind, body, tag=None):
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        if tag:
            self.send_header("etag", tag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


class Press(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """`feed(number)` gives an etag, and the body or what makes it."""

    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, feed):
        super().__init__(("0.0.0.0", 0), Handler)
        self.feed, self.asked, self.unchanged, self.lock = feed, {}, 0, threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def sources(self, count, more, every=5):
        return "".join(
            f'[[monitor.source]]\nkind = "rss"\nsource = "paper {number}"\n'
            f'url = "http://{address(number)}:{self.server_port}/feed/{number}"\n'
            f"interval_minutes = {every}\n{more}"
            for number in range(count)
        )


def rss(entries):
    """(id, title, text, time) of each entry."""
    items = "".join(
        f'<item><guid isPermaLink="false">{key}</guid><title>{escape(title)}</title>'
        f"<description>{escape(text)}</description>"
        f"<pubDate>{email.utils.formatdate(at, usegmt=True)}</pubDate></item>"
        for key, title, text, at in entries
    )
    head = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>paper</title>'
    return f"{head}{items}</channel></rss>".encode()


class Writer:
    """Documents of three to five sentences of a labelled set, one in ten a reprint of another of its paper."""

    def __init__(self, sentences, topics):
        self.sentences, self.topics = sentences, topics

    def document(self, paper, number):
        chance = random.Random(f"{paper}/{number}")
        if number > 0 and chance.random() < 0.1:
            number = chance.randrange(number)
        own = random.Random(paper * 1_000_003 + number)
        topic = own.choice(self.topics)
        words = own.choices(self.sentences, k=own.randrange(3, 6))
        return f"{topic}: {words[0]}", " ".join(words[1:])
