"""What benches of the running server share: a server over a finished folder, a key no quota stops, calls, figures."""
import json
import pathlib
import re
import signal
import socket
import subprocess
import time
import urllib.request


def call(port, path, body=None, key=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=data)
    request.add_header("Content-Type", "application/json")
    if key:
        request.add_header("Authorization", f"Bearer {key}")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read().decode()


def metric(text, name):
    return sum(float(value) for value in re.findall(rf"^{name}(?:{{[^}}]*}})? ([0-9.e+-]+)$", text, re.M))


def bench_key(yupu, workdir):
    """The key of a tenant with a quota that a bench cannot use up."""
    def run(*words):
        return subprocess.run([yupu, *words, "--workdir", workdir], check=True, capture_output=True, text=True).stdout

    run("plans", "set", "bench", "--monthly-tokens", str(10**12), "--price", "classify_tokens=0.10",
        "--price", "answer_tokens=0.30")
    run("plans", "tenant", "bench", "--plan", "bench")
    created = json.loads(run("keys", "create", "--tenant", "bench", "--json"))
    return created.get("secret") or created["key"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Served:
    """`yupu serve` while the block runs."""

    def __init__(self, yupu, strategy, workdir, *more):
        self.port = free_port()
        self.command = [yupu, "serve", "--strategy", str(strategy), "--workdir", str(workdir),
                        "--listen", f"127.0.0.1:{self.port}", *more]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        until = time.monotonic() + 120
        while True:
            try:
                call(self.port, "/readyz")
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > until:
                    self.process.kill()
                    raise RuntimeError(f"the server does not start: {' '.join(self.command)}") from None
                time.sleep(0.1)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)

    def rss_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return round(int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) / 1024, 1)

    def metrics(self):
        return call(self.port, "/metrics")
