#!/usr/bin/env python3
"""Pages and feeds of a site of the test's own through the real binary: a monitor that reads a feed beside broken ones, in GB 18030, by
304 the second time; a crawl that is killed and gives the same rows; addresses that are refused.
capture_test.py --yupu build/release/yupu"""
import http.server
import json
import subprocess
import sys
import tempfile
import threading
import time

from trial import Trial, yupu_from_arguments

AGENT = "yupu-test/1 (+https://example.org/bot)"


class Site(http.server.BaseHTTPRequestHandler):
    pages = {}
    asked = []

    def do_GET(self):  # noqa: N802 (the name is the base class's)
        Site.asked.append((self.path, self.headers["user-agent"], time.monotonic()))
        status, kind, body = Site.pages.get(self.path, (404, "text/plain", b""))
        tag = f'"{hash(body) & 0xffff}"'
        if status == 200 and self.headers["if-none-match"] == tag:
            status, body = 304, b""
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        if status == 200:
            self.send_header("etag", tag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


def page(name, links):
    words = f"<p>The page {name} says something of its own that is long enough to be kept.</p>"
    return 200, "text/html", (words + "".join(f"<a href='{link}'>to {link}</a>" for link in links)).encode()


def sources(base):
    rows = [("rss", "gb", "/gb.xml"), ("rss", "broken", "/broken.xml"), ("json", "none", "/none.json"), ("rss", "hidden", "/secret/feed.xml")]
    tables = "".join(f"[[monitor.source]]\nkind = \"{kind}\"\nsource = \"{source}\"\nurl = \"{base}{path}\"\nsentiment = \"negative\"\n"
                     for kind, source, path in rows)
    return f"""[strategy]
name = "newsroom"
[monitor]
user_agent = "{AGENT}"
allow_private_addresses = ALLOW
[[monitor.topic]]
name = "\u9752\u5c71\u8336"
{tables}"""


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu_from_arguments(), name)
        folder, run, expect = trial.folder, trial.run, trial.expect
        feed = ("<?xml version='1.0' encoding='gb2312'?><rss><channel><item><guid isPermaLink='false'>1</guid>"
                "<title>\u9752\u5c71\u8336\u6da8\u4ef7</title></item></channel></rss>")
        Site.pages.update({
            "/robots.txt": (200, "text/plain", b"User-agent: yupu-test\nDisallow: /secret\n"),
            "/gb.xml": (200, "text/xml", feed.encode("gb18030")),
            "/broken.xml": (200, "text/xml", b"<rss><channel>"),
            "/secret/feed.xml": (200, "text/xml", b"<rss/>"),
        })
        (folder / "s.toml").write_text(sources(base).replace("ALLOW", "true"), encoding="utf-8")
        (folder / "closed.toml").write_text(sources(base).replace("ALLOW", "false"), encoding="utf-8")

        closed = json.loads(run("monitor", "run", "closed.toml", "--once", "--json", "--workdir", "closed"))
        expect(closed["outcomes"] == {"failed_private": 4} and Site.asked == [], f"{closed} {Site.asked}")
        first = json.loads(run("monitor", "run", "s.toml", "--once", "--json"))
        expect(first["outcomes"] == {"failed_robots": 1, "failed_status_404": 1, "failed_xml": 1, "new": 1, "polled": 2}, f"{first}")
        again = json.loads(run("monitor", "run", "s.toml", "--once", "--json"))
        expect(again["outcomes"] == {}, f"asked again before it was due: {again}")
        topics = json.loads(run("monitor", "topics", "s.toml", "--json"))
        expect(topics["topics"][0]["total"] == 1, f"{topics}")
        expect(any(row["source"] == "broken" and row["outcome"] == "failed_xml" for row in topics["sources"]), f"{topics}")
        expect(all(agent == AGENT for _, agent, _ in Site.asked), "the user agent is ours")
        expect(all(path != "/secret/feed.xml" for path, _, _ in Site.asked), "robots.txt is obeyed")
        times = [at for _, _, at in Site.asked]
        expect(all(after - before > 0.95 for before, after in zip(times, times[1:])), f"a second between two requests: {times}")

        Site.pages.update({f"/{n}": page(n, [f"/{2 * n}", f"/{2 * n + 1}", "/secret/x"]) for n in range(1, 8)})
        words = ["data", "crawl", base + "/1", "--user-agent", AGENT, "--pause-ms", "50", "--allow-private-addresses", "--depth", "2", "--out"]
        whole = json.loads(run(*words, "whole.jsonl", "--json"))
        expect(whole["finished"] and whole["results"] == {"robots": 1, "written": 7}, f"{whole}")
        for _ in range(5):
            child = subprocess.Popen([trial.yupu, *words, "parts.jsonl"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.2)
            child.kill()
            child.wait()
        run(*words, "parts.jsonl")
        texts = [[json.loads(line)["url"] for line in open(folder / file, encoding="utf-8")] for file in ("whole.jsonl", "parts.jsonl")]
        expect(texts[0] == texts[1] == [f"{base}/{n}" for n in range(1, 8)], f"{texts}")
        refused = json.loads(run("data", "crawl", base + "/1", "--user-agent", AGENT, "--out", "closed.jsonl", "--json"))
        expect(refused["results"] == {"private": 1}, f"{refused}")
        expect("--user-agent" in run("data", "crawl", base + "/1", "--out", "x.jsonl", code=2), "a user agent is needed")
        expect("neither" in run("data", "crawl", "file:///etc/passwd", "--user-agent", AGENT, "--out", "x.jsonl", code=2), "only http")
    server.shutdown()
    return trial.finish("capture: feeds and pages as they should be")


if __name__ == "__main__":
    sys.exit(main())
