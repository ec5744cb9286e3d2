#!/usr/bin/env python3
"""The C++ client against a server that misbehaves: tries, keys, errors.  check.py SCENARIO"""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "python" / "tests"))

from fake_server import Answer, FakeServer, problem  # noqa: E402

ASK = {"name": "ask", "call": "answer", "with": {"bot": "shop", "text": "你好"}}
FINE = {"decision": "answer", "text": "是", "score": 1, "intent": "a", "sources": [], "options": [], "trace_id": "t", "conversation": "c"}
EVENTS = (b'data: {"choices":[{"delta":{"content":"a"}}]}\n\n: a comment\n\ndata: {"choices":\ndata: []}\r\n\r\n'
          b'data:{"choices":[],"yupu":{}}\n\ndata: [DONE]\n\n')
CHAT = {"name": "chat", "call": "stream_chat_completions", "with": {"model": "shop", "messages": [{"role": "user", "content": "a"}]}}


def play(scenario, answers, steps):
    """(exit status, what it printed, what the server was asked)."""
    with FakeServer() as fake, tempfile.TemporaryDirectory() as folder:
        fake.answers = answers
        file = pathlib.Path(folder) / "steps.json"
        file.write_text(json.dumps({"steps": steps}), encoding="utf-8")
        done = subprocess.run([scenario, fake.url + "/base/", "yp_1", str(file)], capture_output=True, text=True, check=False, timeout=60)
        return done.returncode, done.stdout + done.stderr, fake.asked


def main():
    scenario, findings = sys.argv[1], []

    def expect(condition, what):
        if not condition:
            findings.append(str(what))

    closed = problem(503, "unavailable")
    closed.headers = {"connection": "close"}
    code, said, asked = play(scenario, [closed, Answer(drop=True), Answer(body=FINE)], [{**ASK, "expect": {"text": "是"}}])
    expect((code, len(asked)) == (0, 3), f"tried again: {said} {asked}")
    expect(len({one.headers.get("idempotency-key") for one in asked}) == 1, f"with one key: {asked}")
    expect((asked[0].method, asked[0].path, asked[0].body) == ("POST", "/base/v1/answer", ASK["with"]), f"what was said: {asked[0]}")
    expect(asked[0].headers["authorization"] == "Bearer yp_1" and asked[0].headers["user-agent"].startswith("yupu-cpp/"), asked[0].headers)
    for status, kind, name in ((400, "invalid_argument", "InvalidArgument"), (402, "payment_required", "PaymentRequired"),
                               (404, "not_found", "NotFound"), (409, "conflict", "Conflict"), (500, "internal", "Internal"),
                               (405, "method_not_allowed", "APIError")):
        wanted = {"class": name, "status": status, "code": kind, "field": "text", "request_id": "req_1"}
        code, said, asked = play(scenario, [problem(status, kind, field="text")], [{**ASK, "error": wanted}])
        expect((code, len(asked)) == (0, 1), f"{name}: {said}")
    late = Answer(429, {"code": "resource_exhausted", "detail": "busy"}, {"retry-after": "61"})
    code, said, asked = play(scenario, [late], [{**ASK, "error": {"class": "ResourceExhausted"}}])
    expect((code, len(asked)) == (0, 1), f"a wait too long: {said}")
    code, said, asked = play(scenario, [Answer(body=EVENTS, headers={"content-type": "text/event-stream"})],
                             [{**CHAT, "expect": {"count": 3, "content": "a"}}])
    expect(code == 0 and asked[0].body["stream"] is True, f"a stream: {said}")
    code, said, asked = play(scenario, [Answer(body=EVENTS[:30], headers={"content-type": "text/event-stream"}, promise=50)] * 3, [CHAT])
    expect((code, len(asked)) == (1, 1), f"a stream that breaks off is not begun again: {said}")
    code, said, asked = play(scenario, [Answer(body=b"<html>", headers={}), Answer()], [ASK])
    expect(code == 1 and "not JSON" in said, f"no JSON: {said}")
    print("\n".join(findings) if findings else "the C++ client is as patient as the others")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
