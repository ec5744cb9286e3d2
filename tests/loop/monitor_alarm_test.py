#!/usr/bin/env python3
"""From a pushed text to a webhook through the real binary: an alarm fires, is told, silenced, acknowledged, delivered although the
receiver fails at first; kill -9 between all of it; and the addresses a webhook may not have.
monitor_alarm_test.py --yupu build/release/yupu"""
import datetime
import hashlib
import hmac
import http.server
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

from trial import Trial, yupu_from_arguments

SECRET = "hush"


class Receiver(http.server.BaseHTTPRequestHandler):
    statuses = []
    notices = []

    def do_POST(self):  # noqa: N802 (the name is the base class's)
        body = self.rfile.read(int(self.headers["content-length"]))
        signed = self.headers["x-yupu-timestamp"].encode() + b"." + body
        wanted = "sha256=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        status = Receiver.statuses.pop(0) if Receiver.statuses else 204
        Receiver.notices.append((self.headers["idempotency-key"], status, self.headers["x-yupu-signature"] == wanted, json.loads(body)))
        self.send_response(status)
        self.end_headers()

    def log_message(self, *words):
        pass


def strategy(port, **more):
    route = {"allow_private_addresses": "true", "wait_seconds": "0", **more}
    lines = "".join(f"{key} = {value}\n" for key, value in route.items())
    return f"""[strategy]
name = "newsroom"
[monitor]
[[monitor.topic]]
name = "tea"
absolute_limit = 5
[[monitor.topic]]
name = "water"
absolute_limit = 5
[[monitor.file]]
path = "feed.jsonl"
[[monitor.route]]
name = "desk"
url = "http://127.0.0.1:{port}/hook"
secret_file = "secret"
{lines}"""


def ago(minutes):
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu_from_arguments(), name)
        folder, run, expect = trial.folder, trial.run, trial.expect
        (folder / "s.toml").write_text(strategy(server.server_port))
        (folder / "secret").write_text(SECRET + "\n")

        def append(rows):
            with open(folder / "feed.jsonl", "a", encoding="utf-8") as out:
                out.writelines(json.dumps(row) + "\n" for row in rows)

        def monitor(*words):
            return json.loads(run("monitor", words[0], "s.toml", *words[1:], "--json"))

        def crisis(topic, minutes):
            return [{"guid": f"{topic}{n}", "title": f"{topic} story {n}", "url": f"http://paper{n}.example/{topic}", "sentiment": "negative",
                     "received": ago(minutes)} for n in range(6)]

        append([{"text": "tea and water", "sentiment": "neutral", "received": ago(170)}])
        first = monitor("run", "--once")
        expect(first["outcomes"] == {"new": 1} and first["changes"] == 0, f"{first}")
        # Since the detection looks at what is received after it looked, the crisis is that of a monitor that was away.
        shutil.rmtree(folder / "yupu-data")
        append(crisis("tea", 20))
        Receiver.statuses[:] = [500]
        fired = monitor("run", "--once")
        expect(fired["outcomes"] == {"new": 7} and fired["notices"] == 1 and fired["postponed"] == 1, f"{fired}")
        alarms = monitor("alarms")["alarms"]
        expect(len(alarms) == 1 and alarms[0]["state"] == "firing" and alarms[0]["explanation"]["negative"] == 6, f"{alarms}")
        expect({row["topic"]: row["state"] for row in monitor("topics")["topics"]} == {"tea": "firing", "water": "learning"}, "states")

        # The receiver is well again; the process that tells it is killed once on the way.
        child = subprocess.Popen([trial.yupu, "monitor", "run", "s.toml"], cwd=folder, stderr=subprocess.DEVNULL)
        time.sleep(0.3)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child = subprocess.Popen([trial.yupu, "monitor", "run", "s.toml"], cwd=folder, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while time.monotonic() < until and not monitor("notices", "--state", "sent")["notices"]:
            time.sleep(0.2)
        child.terminate()
        expect(child.wait(timeout=30) == 0, "the monitor ends when it is told to")
        keys = {key for key, _, _, _ in Receiver.notices}
        expect(len(keys) == 1 and len(Receiver.notices) >= 2, f"{Receiver.notices}")
        expect(all(signed for _, _, signed, _ in Receiver.notices), "every attempt is signed")
        body = Receiver.notices[-1][3]
        expect(body["status"] == "firing" and body["alarms"][0]["documents"][0]["url"] == "http://paper0.example/tea", f"{body}")

        alarm = alarms[0]["alarm"]
        run("monitor", "ack", "s.toml", alarm, "--by", "Li", "--note", "calling the factory")
        expect(monitor("alarms")["alarms"][0]["acknowledged_by"] == "Li", "acknowledged")
        expect("already" in run("monitor", "ack", "s.toml", alarm, "--by", "Wu", code=1), "once")
        silence = monitor("silence", "--by", "Li", "--topic", "water", "--minutes", "60")["silence"]
        expect([row["topic"] for row in monitor("alarms")["silences"]] == ["water"], "silenced")
        run("monitor", "silence", "s.toml", "--by", "Li", "--end", silence)
        expect(monitor("alarms")["silences"] == [], "the silence has ended")
        events = [row["event"] for row in monitor("alarms", "--audit")["audit"]][::-1]
        expect(events == ["firing", "noticed", "acknowledged", "silenced", "silence_ended"], f"{events}")
        replayed = monitor("replay")
        expect(replayed["fired"] == 1 and replayed["mentions"] == 8, f"{replayed}")

        refused = lambda words, says: expect(says in run(*words, code=2), f"{words} does not say {says}")
        refused(["monitor", "ack", "s.toml", "tea@1", "--by", "Li"], "tea@1")
        refused(["monitor", "ack", "s.toml", alarm], "--by")
        refused(["monitor", "silence", "s.toml", "--by", "Li"], "--minutes")
        refused(["monitor", "silence", "s.toml", "--by", "Li", "--minutes", "5", "--topic", "coffee"], "coffee")
        refused(["monitor", "notices", "s.toml", "--resend", "ntc_x"], "ntc_x")

        # Without leave a notice does not reach this machine: dead at once, and the reason is there to read.
        (folder / "s.toml").write_text(strategy(server.server_port, allow_private_addresses="false"))
        shutil.rmtree(folder / "yupu-data")
        told = len(Receiver.notices)
        expect(monitor("run", "--once")["dead"] == 1 and len(Receiver.notices) == told, "refused")
        dead = monitor("notices", "--state", "dead")["notices"][0]
        expect("not an address of the open Internet" in dead["last_error"], f"{dead}")
        expect(monitor("notices", "--resend", dead["id"])["waiting"] == dead["id"], "sent again by hand")
        (folder / "s.toml").write_text(strategy(server.server_port))
        expect(monitor("run", "--once")["sent"] == 1 and Receiver.notices[-1][0] == dead["id"], "under the same key")
        for key, value, says in [("url", '"ftp://a.example/"', "url"), ("topics", '["coffee"]', "coffee"), ("wait_seconds", "-1", "wait_seconds")]:
            (folder / "bad.toml").write_text(strategy(server.server_port).replace('url = "http', f'{key} = {value}\nold = "http', 1)
                                             if key == "url" else strategy(server.server_port, **{key: value}))
            refused(["monitor", "topics", "bad.toml"], says)
        (folder / "secret").write_text("\n")
        refused(["monitor", "run", "s.toml", "--once"], "secret")
    server.shutdown()
    return trial.finish("monitor alarms: fired, told, retried, acknowledged, silenced, replayed, refused")


if __name__ == "__main__":
    sys.exit(main())
