#!/usr/bin/env python3
"""Who is told, for monitor.sh: a mail server and a receiver of webhooks on ports of this machine. Writes them to PORTS as
"MAIL HOOK" and what arrives to NOTICES, a JSON line each.  receivers.py PORTS NOTICES"""
import http.server
import json
import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "loop"))
from mail_server import MailServer  # noqa: E402 (the line above finds it)


def main():
    ports, notices = sys.argv[1:3]
    lock = threading.Lock()

    def note(row):
        with lock, open(notices, "a", encoding="utf-8") as out:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self):  # noqa: N802 (the name is the base class's)
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            topic = body["alarms"][0]["topic"] if body["alarms"] else ""
            note({"by": "webhook", "status": body["status"], "topic": topic})
            self.send_response(204)
            self.end_headers()

        def log_message(self, *words):
            pass

    mails = MailServer()
    hook = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    pathlib.Path(ports).write_text(f"{mails.port} {hook.server_port}\n", encoding="ascii")
    seen = 0
    while True:
        for mail in mails.mails[seen:]:
            note({"by": "mail", "to": mail.recipients[0], "subject": str(mail.message["subject"]), "text": mail.part("plain")})
            seen += 1
        time.sleep(0.2)


if __name__ == "__main__":
    main()
