#!/usr/bin/env python3
"""A surge that is told by mail through the real binary: signed in over STARTTLS and over TLS, each recipient alone, Chinese subjects,
tried again and given up; a chat's robot over https; and what must not be sent over an open line.
monitor_mail_test.py --yupu build/release/yupu"""
import datetime
import email.header
import http.server
import json
import os
import sys
import tempfile
import threading
import time

from mail_server import MailServer, make_certificate, tls_context
from trial import Trial, yupu_from_arguments


class Robot(http.server.BaseHTTPRequestHandler):
    posts = []

    def do_POST(self):  # noqa: N802 (the name is the base class's)
        Robot.posts.append((self.path, json.loads(self.rfile.read(int(self.headers["content-length"])))))
        answer = b'{"errcode":0,"errmsg":"ok"}'
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *words):
        pass


def mail_route(name, url, to, lines):
    return f"""[[monitor.route]]
name = "{name}"
kind = "mail"
url = "{url}"
from = "alerts@bank.example"
from_name = "语铺舆情"
to = {json.dumps(to)}
allow_private_addresses = true
wait_seconds = 0
{lines}
"""


HEAD = """[strategy]
name = "newsroom"
[monitor]
[[monitor.topic]]
name = "青山茶"
absolute_limit = 5
[[monitor.file]]
path = "feed.jsonl"
"""
ACCOUNT = 'user = "alerts"\nsecret_file = "password"\nca_file = "ca.crt"'


def ago(minutes):
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def main():
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu_from_arguments(), name)
        folder, run, expect = trial.folder, trial.run, trial.expect
        certificate = make_certificate(folder)
        os.rename(certificate + ".crt", folder / "ca.crt")
        tls = MailServer({"alerts": "hush"}, certificate)
        first_byte = MailServer({"alerts": "hush"}, certificate, is_encrypted=True)
        plain = MailServer()
        robot = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Robot)
        robot.socket = tls_context(certificate).wrap_socket(robot.socket, server_side=True)
        threading.Thread(target=robot.serve_forever, daemon=True).start()

        def secret(file, text):
            (folder / file).write_text(text)
            os.chmod(folder / file, 0o600)

        secret("password", "hush\n")
        secret("robot", f"https://127.0.0.1:{robot.server_port}/cgi-bin/webhook/send?key=k1\n")
        desk = mail_route("desk", f"smtp://127.0.0.1:{tls.port}", ["li@bank.example", "nobody@bank.example", "wu@bank.example"], ACCOUNT)
        boss = mail_route("boss", f"smtps://127.0.0.1:{first_byte.port}", ["chen@bank.example"], ACCOUNT + '\nlanguage = "en"')
        chat = """[[monitor.route]]
name = "group"
kind = "wecom"
url_file = "robot"
ca_file = "ca.crt"
wait_seconds = 0
allow_private_addresses = true
"""
        (folder / "s.toml").write_text(HEAD + desk + boss + chat)
        rows = [{"guid": f"n{n}", "title": f"青山茶被召回 第{n}批 <b>", "url": f"http://paper{n}.example/recall?a=1&b={n}", "sentiment": "negative",
                 "received": ago(20)} for n in range(6)]
        (folder / "feed.jsonl").write_text(json.dumps({"text": "青山茶", "sentiment": "neutral", "received": ago(170)}) + "\n"
                                           + "".join(json.dumps(row) + "\n" for row in rows))

        def once():
            return json.loads(run("monitor", "run", "s.toml", "--once", "--json"))

        def notices(state):
            return json.loads(run("monitor", "notices", "s.toml", "--state", state, "--json"))["notices"]

        tls.refusals["li@bank.example"] = ["451 4.7.1 come back later"]  # as greylisting says
        first = once()
        expect([first["notices"], first["sent"], first["postponed"], first["dead"]] == [3, 3, 1, 1], f"{first}")
        dead = notices("dead")
        expect([(row["recipient"], "550" in row["last_error"]) for row in dead] == [("nobody@bank.example", True)], f"{dead}")
        until = time.monotonic() + 20
        while len(tls.mails) < 2 and time.monotonic() < until:
            once()
        told = sorted(mail.recipients[0] for mail in tls.mails)
        expect(told == ["li@bank.example", "wu@bank.example"] and all(len(mail.recipients) == 1 for mail in tls.mails), f"{told}")
        for mail in tls.mails:
            other = "wu" if mail.recipients[0].startswith("li") else "li"
            expect(f"{other}@".encode() not in mail.data and b"nobody@" not in mail.data, "recipients see each other")
            expect(mail.is_encrypted and mail.user == "alerts" and mail.sender == "alerts@bank.example", "signed in over TLS")
            expect(max(mail.data) < 128 and max(map(len, mail.data.split(b"\r\n"))) <= 78, "seven bits, short lines")
            subject = str(email.header.make_header(email.header.decode_header(str(mail.message["subject"]))))
            expect(subject == "[newsroom] 负面舆情警报：青山茶", subject)
            expect("语铺舆情" in str(mail.message["from"]) and mail.message["auto-submitted"] == "auto-generated", "who writes")
            expect("6 篇中有 6 篇负面" in mail.part("plain") and "http://paper0.example/recall?a=1&b=0" in mail.part("plain"), mail.part("plain"))
            expect("<b>" not in mail.part("html") and "href=\"http://paper0.example/recall?a=1&amp;b=0\"" in mail.part("html"), mail.part("html"))
        expect(len({mail.message["message-id"] for mail in tls.mails}) == 2, "a mail each")
        english = first_byte.mails[0]
        expect("Surge of negative news: 青山茶" in str(english.message["subject"]) and english.is_encrypted, f"{english.message['subject']}")
        path, posted = Robot.posts[0]
        expect(path == "/cgi-bin/webhook/send?key=k1" and "负面舆情警报：青山茶" in posted["markdown"]["content"], f"{path} {posted}")

        # A test notice, and what stands in its way.
        run("monitor", "notices", "s.toml", "--test", "boss")
        run("monitor", "notices", "s.toml", "--test", "group")
        expect(str(first_byte.mails[-1].message["subject"]) == "[newsroom] A test" and len(Robot.posts) == 2, "tests arrive")
        fails = lambda route, says, code=1: expect(says in run("monitor", "notices", "s.toml", "--test", route, code=code), f"{route}: {says}")
        fails("desk", "550 5.1.1 no such user")
        fails("nowhere", "nowhere", 2)
        (folder / "s.toml").write_text(HEAD + boss.replace('ca_file = "ca.crt"', ""))
        fails("boss", "certificate")
        (folder / "s.toml").write_text(HEAD + boss)
        secret("password", "guess\n")
        fails("boss", "535 5.7.8 wrong password")
        os.chmod(folder / "password", 0o644)
        expect("password" in run("monitor", "notices", "s.toml", "--test", "boss", code=2), "a password that others can read")
        os.chmod(folder / "password", 0o600)
        # A server without STARTTLS learns neither password nor mail, unless it is said that nothing is to be hidden.
        (folder / "s.toml").write_text(HEAD + mail_route("desk", f"smtp://127.0.0.1:{plain.port}", ["li@bank.example"], ACCOUNT))
        fails("desk", "STARTTLS")
        expect(plain.mails == [] and plain.logins == 0, "nothing over an open line")
        (folder / "s.toml").write_text(HEAD + mail_route("desk", f"smtp://127.0.0.1:{plain.port}", ["li@bank.example"], 'tls = "none"'))
        run("monitor", "notices", "s.toml", "--test", "desk")
        expect(len(plain.mails) == 1 and not plain.mails[0].is_encrypted, "in the open where that is said")
        (folder / "s.toml").write_text(HEAD + mail_route("desk", f"smtp://127.0.0.1:{plain.port}", ["li@bank.example"], ACCOUNT + '\ntls = "none"'))
        expect("anybody can read" in run("monitor", "notices", "s.toml", "--test", "desk", code=2), "a password in the open")
        robot.shutdown()
    return trial.finish("monitor mail: signed in over TLS, each recipient alone, tried again, given up, tested; chat over https")


if __name__ == "__main__":
    sys.exit(main())
