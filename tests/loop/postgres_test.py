#!/usr/bin/env python3
"""Two `yupu serve` processes on one PostgreSQL database, under load on both: one of them is killed with -9 again and again, then the
database itself, and nothing that was acknowledged is lost, nothing is charged twice. Then a backup is taken and restored.

  postgres_test.py --yupu build/release/yupu [--kills 6] [--seed 1]

Exit status 77 where PostgreSQL's server is not installed.
"""
import argparse
import concurrent.futures
import http.client
import json
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import kill_test
import postgres_server
from kill_test import Broken
from trial import free_port


class Session(kill_test.Session):
    """Commands on the database instead of the working folder's own file."""

    def __init__(self, yupu, folder, rng, url):
        super().__init__(yupu, folder, rng)
        self.place = ["--workdir", self.workdir, "--store", url]
        self.started = []

    def start(self, *words):
        process = super().start(*words)
        self.started.append(process)
        return process

    def end(self):
        """Whatever a test that ended early has left running."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
                process.wait()

    def check_books(self):
        report = json.loads(self.command("ledger", "check", *self.place, "--json"))
        if not report["ok"]:
            raise Broken(f"ledger check: {json.dumps(report)[:800]}")


class BalancedLoad(kill_test.Load):
    """As behind nginx: a connection goes to either server, and after a refusal to the next that comes up."""

    def __init__(self, ports, key, texts, rng):
        super().__init__(ports[0], key, texts)
        self.ports, self.rng = ports, rng

    def pick_port(self):
        return self.rng.choice(self.ports)

    def post(self, connection, route, body, idempotency_key=None):
        answer = super().post(connection, route, body, idempotency_key)
        if self.rng.random() < 0.1:  # the next goes to whichever server
            connection.close()
            connection.port = self.pick_port()
        return answer

    def ask(self, port, key):
        """The call of this key, at this server."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        number = int(key.split("-")[1]) if key.startswith("load-") else 0
        try:
            return kill_test.Load.post(self, connection, "/v1/answer", {"bot": "shop", "text": self.texts[number % len(self.texts)]}, key)
        finally:
            connection.close()


def rows_of(server, sql, database="yupu"):
    return [tuple(line.split("|")) for line in server.psql(database, sql)]


def number_of(server, sql, database="yupu"):
    return int(server.psql(database, sql)[0])


def serve(session, strategy, port):
    process = session.start("serve", "--strategy", strategy, *session.place, "--listen", f"127.0.0.1:{port}")
    kill_test.wait_ready(port, process)
    return process


def let_work(load, clients, seconds, at_least=1):
    """Waits while the clients work; they must get answers meanwhile."""
    before = len(load.acknowledged)
    deadline = time.monotonic() + 60
    time.sleep(seconds)
    while len(load.acknowledged) < before + at_least:
        for client in clients:
            if client.done():
                client.result()
        if time.monotonic() > deadline:
            raise Broken("no call was answered for a minute")
        time.sleep(0.05)


def load_and_kill(session, server, strategy, ports, kills):
    key = (session.workdir / "secrets" / "keys" / "green-hill-tea").read_text().strip()
    texts = [json.loads(line)["text"] for line in (session.folder / "visitors.jsonl").read_text(encoding="utf-8").splitlines()]
    load = BalancedLoad(ports, key, texts, random.Random(session.rng.random()))
    processes = [serve(session, strategy, port) for port in ports]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        clients = [pool.submit(load.client, i) for i in range(8)]
        try:
            let_work(load, clients, 0.5, at_least=20)
            for kill in range(kills):
                victim = kill % 2
                processes[victim].send_signal(signal.SIGKILL)
                processes[victim].wait()
                let_work(load, clients, session.rng.uniform(0.1, 0.5))  # the other answers alone
                session.check_books()
                processes[victim] = serve(session, strategy, ports[victim])
                let_work(load, clients, session.rng.uniform(0.1, 0.5))
            server.crash()
            let_work(load, clients, 1.0, at_least=20)  # both have found their way back
            for port, process in zip(ports, processes):
                kill_test.wait_ready(port, process)
        finally:
            load.stop.set()
        for client in clients:
            client.result()
    return load, processes


def ask_everything_again(session, load):
    """Every key once more, at one server or the other: what was acknowledged by either is what is stored."""
    for number in range(1, load.counter + 1):
        name = f"load-{number}"
        status, body = load.ask(load.ports[number % 2], name)
        if status != 200:
            raise Broken(f"{name}: HTTP {status} {body[:300]}")
        if load.acknowledged.setdefault(name, body) != body:
            raise Broken(f"{name}: what was acknowledged before is not what is stored")
    session.check_books()


def check_database(server, load, visitor_count, database="yupu"):
    events = number_of(server, "SELECT count(*) FROM usage_event", database) - visitor_count
    if events != load.counter:
        raise Broken(f"{events} usage events for {load.counter} calls")
    traces = {trace for (trace,) in rows_of(server, "SELECT trace_id FROM trace", database)}
    lost = [name for name, body in load.acknowledged.items() if json.loads(body)["trace_id"] not in traces]
    if lost:
        raise Broken(f"{len(lost)} acknowledged answers without a trace: {lost[:5]}")
    rated = {trace for (trace,) in rows_of(server, "SELECT trace_id FROM feedback", database)}
    if load.feedback - rated:
        raise Broken(f"{len(load.feedback - rated)} acknowledged feedbacks are lost")


def back_up_and_restore(session, server, strategy, load, visitor_count):
    """docs/operate/postgresql.md, with a server that goes on meanwhile."""
    dump = session.folder / "yupu.dump"
    dump.write_bytes(subprocess.run([server.programs / "pg_dump", "-Fc", "-d", server.url()], capture_output=True, check=True).stdout)
    server.psql("postgres", "CREATE DATABASE restored")
    server.program("pg_restore", "--exit-on-error", "-d", server.url("restored"), dump)
    check_database(server, load, visitor_count, "restored")
    restored = Session(session.yupu, session.folder, session.rng, server.url("restored"))
    restored.started = session.started
    restored.check_books()
    port = free_port()
    process = serve(restored, strategy, port)
    status, body = load.ask(port, "load-1")
    if status != 200 or body != load.acknowledged["load-1"]:
        raise Broken(f"the restored store gives another answer to load-1: HTTP {status}")
    status, body = load.ask(port, "after-restore")
    if status != 200:
        raise Broken(f"the restored store takes no call: HTTP {status} {body[:300]}")
    stop(process)
    restored.check_books()


def stop(process):
    process.send_signal(signal.SIGTERM)
    if process.wait(timeout=30) != 0:
        raise Broken(f"serve ended with {process.returncode} after SIGTERM")


def one_run_at_a_time(session, strategy):
    """Two processes carry out the strategy at once: one does, the other is told so, or comes when all is done."""
    words = ["run", strategy, *session.place, "--once"]
    both = [session.start(*words), session.start(*words)]
    codes = sorted(process.wait(timeout=300) for process in both)
    if codes not in ([0, 0], [0, 1]):
        raise Broken(f"two runs at once ended with {codes}")
    session.command(*words)
    session.check_books()


def story(session, server, kills):
    strategy, visitor_count = kill_test.write_strategy(session.folder, 1)
    one_run_at_a_time(session, strategy)
    if (session.workdir / "yupu.db").exists():
        raise Broken("a file yupu.db was made beside the database")
    ports = [free_port(), free_port()]
    load, processes = load_and_kill(session, server, strategy, ports, kills)
    ask_everything_again(session, load)
    check_database(server, load, visitor_count)
    back_up_and_restore(session, server, strategy, load, visitor_count)
    for process in processes:
        stop(process)
    print(f"{kills} kills of one of two servers and one of the database under load, {load.counter} calls, {len(load.feedback)} "
          "feedbacks: none lost, none charged twice; backed up and restored")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--yupu", required=True)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="yupu-two-servers-"))
    with postgres_server.start_or_skip() as server:
        session = Session(options.yupu, folder, random.Random(options.seed), server.url())
        try:
            story(session, server, options.kills)
        except Broken as broken:
            print(f"BROKEN (seed {options.seed}, {folder}): {broken}")
            print((folder / "log.txt").read_text(errors="replace")[-3000:])
            return 1
        finally:
            session.end()
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
