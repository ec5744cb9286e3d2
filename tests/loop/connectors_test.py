#!/usr/bin/env python3
"""WeCom, DingTalk, Feishu and a signed webhook talk with the bot through the real binary, against simulated servers of theirs:
messages are proven, answered once, replays and forgeries refused, a network that is down waited for, a person's words go out by the
same way, the process is killed in between.  connectors_test.py --yupu build/release/yupu"""
import base64
import hashlib
import hmac
import http.server
import json
import os
import re
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from agents_test import Stream
from conversation_test import STRATEGY, Server, write_files
from story_test import call
from trial import Trial, yupu_from_arguments

CORP, WECOM_TOKEN, WECOM_KEY = "ww1234567890", "wecom-token", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
DING_SECRET, SITE_SECRET = "ding-app-secret", "a secret of the site and its server, 32 bytes or more"
FEISHU_TOKEN, FEISHU_KEY = "feishu-verification", "feishu encrypt key"
SECRETS = {"TEST_WECOM_SECRET": "wecom-secret", "TEST_WECOM_TOKEN": WECOM_TOKEN, "TEST_WECOM_KEY": WECOM_KEY, "TEST_DING_SECRET": DING_SECRET,
           "TEST_FEISHU_SECRET": "feishu-secret", "TEST_FEISHU_TOKEN": FEISHU_TOKEN, "TEST_FEISHU_KEY": FEISHU_KEY}


def strategy(port, allowed="true"):
    api = f'http://127.0.0.1:{port}'
    common = f'tenant = "one"\nallow_private_addresses = {allowed}\n'
    wecom = f'corp_id = "{CORP}"\nagent_id = 7\nsecret_env = "TEST_WECOM_SECRET"\ntoken_env = "TEST_WECOM_TOKEN"\naes_key_env = "TEST_WECOM_KEY"\n'
    tables = f"""
[[connector]]
name = "site"
kind = "webhook"
url = "{api}/hook"
secret_file = "site.secret"
{common}
[[connector]]
name = "wecom"
kind = "wecom"
api = "{api}"
{wecom}{common}
[[connector]]
name = "wecom-now"
kind = "wecom"
reply = "at_once"
api = "{api}"
{wecom}{common}
[[connector]]
name = "ding"
kind = "dingtalk"
api = "{api}"
secret_env = "TEST_DING_SECRET"
{common}
[[connector]]
name = "feishu"
kind = "feishu"
api = "{api}"
app_id = "cli_1"
secret_env = "TEST_FEISHU_SECRET"
token_env = "TEST_FEISHU_TOKEN"
encrypt_key_env = "TEST_FEISHU_KEY"
{common}"""
    return STRATEGY[:STRATEGY.index("[[service.test]]")] + STRATEGY[STRATEGY.index("[commerce]"):] + tables


class Vendors(http.server.BaseHTTPRequestHandler):
    """The APIs of all of them, and the site's hook. What was told: (network, to whom, text)."""
    lock = threading.Lock()
    told, refuse, hooks, tokens = [], [], [], 0

    def answer(self, status, body):
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def do_GET(self):  # noqa: N802 (the name is the base class's)
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path == "/cgi-bin/gettoken" and query == {"corpid": CORP, "corpsecret": "wecom-secret"}:
            with Vendors.lock:
                Vendors.tokens += 1
            return self.answer(200, {"errcode": 0, "errmsg": "ok", "access_token": "W1", "expires_in": 7200})
        return self.answer(200, {"errcode": 40013, "errmsg": "invalid corpid"})

    def do_POST(self):  # noqa: N802
        raw = self.rfile.read(int(self.headers["content-length"]))
        body = json.loads(raw)
        url = urllib.parse.urlsplit(self.path)
        with Vendors.lock:
            if url.path != "/open-apis/auth/v3/tenant_access_token/internal" and Vendors.refuse:
                return self.answer(Vendors.refuse.pop(0), {})
            if url.path == "/cgi-bin/message/send":
                if url.query != "access_token=W1":
                    return self.answer(200, {"errcode": 40014, "errmsg": "invalid access_token"})
                Vendors.told.append(("wecom", body["touser"], body["text"]["content"]))
                return self.answer(200, {"errcode": 0, "errmsg": "ok"})
            if url.path == "/robot/sendBySession":
                Vendors.told.append(("ding", dict(urllib.parse.parse_qsl(url.query))["session"], body["text"]["content"]))
                return self.answer(200, {"errcode": 0, "errmsg": "ok"})
            if url.path == "/open-apis/auth/v3/tenant_access_token/internal":
                if body != {"app_id": "cli_1", "app_secret": "feishu-secret"}:
                    return self.answer(400, {"code": 10003, "msg": "invalid param"})
                return self.answer(200, {"code": 0, "msg": "ok", "tenant_access_token": "t-1", "expire": 7200})
            if (reply := re.fullmatch(r"/open-apis/im/v1/messages/(\w+)/reply", url.path)) and self.headers["authorization"] == "Bearer t-1":
                Vendors.told.append(("feishu", reply[1], json.loads(body["content"])["text"]))
                return self.answer(200, {"code": 0, "msg": "success"})
            if url.path == "/hook":
                signed = self.headers["x-yupu-timestamp"].encode() + b"." + raw
                wanted = "sha256=" + hmac.new(SITE_SECRET.encode(), signed, hashlib.sha256).hexdigest()
                if self.headers["x-yupu-signature"] != wanted or self.headers["idempotency-key"] != body["id"]:
                    return self.answer(401, {})
                Vendors.hooks.append(body)
                Vendors.told.append(("site", body["visitor"], body["text"]))
                return self.answer(200, {})
        return self.answer(404, {})

    def log_message(self, *words):
        pass


def heard(network, whom, count=1, seconds=30):
    """The texts that reached somebody, once there are so many."""
    until = time.monotonic() + seconds
    while True:
        with Vendors.lock:
            texts = [text for n, to, text in Vendors.told if (n, to) == (network, whom)]
        if len(texts) >= count or time.monotonic() > until:
            return texts
        time.sleep(0.05)


def aes(key, iv, data, decrypt=False):
    words = ["openssl", "enc", "-aes-256-cbc", "-nopad", "-K", key.hex(), "-iv", iv.hex(), *(["-d"] if decrypt else [])]
    return subprocess.run(words, input=data, capture_output=True, check=True).stdout


def padded(data, unit):
    count = unit - len(data) % unit
    return data + bytes([count]) * count


# --- what each network sends; none of it shares a line with the product

def site(server, body, now=None, secret=SITE_SECRET, tampered=None):
    raw = json.dumps(body).encode()
    stamp = str(int(now or time.time()))
    sign = "sha256=" + hmac.new(secret.encode(), stamp.encode() + b"." + raw, hashlib.sha256).hexdigest()
    return call(server.port, "POST", "/v1/connectors/site", tampered or raw, headers={"x-yupu-timestamp": stamp, "x-yupu-signature": sign})


def wecom_secret(message):
    key = base64.b64decode(WECOM_KEY + "=")
    return base64.b64encode(aes(key, key[:16], padded(os.urandom(16) + struct.pack(">I", len(message)) + message + CORP.encode(), 32))).decode()


def wecom_plain(secret):
    key = base64.b64decode(WECOM_KEY + "=")
    plain = aes(key, key[:16], base64.b64decode(secret), decrypt=True)
    return plain[20:20 + struct.unpack(">I", plain[16:20])[0]].decode()


def wecom_sign(stamp, nonce, secret):
    return hashlib.sha1("".join(sorted([WECOM_TOKEN, stamp, nonce, secret])).encode()).hexdigest()


def wecom(server, msg_id, text, connector="wecom", user="li", now=None, sign=None):
    stamp = str(int(now or time.time()))
    message = (f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><FromUserName><![CDATA[{user}]]></FromUserName><CreateTime>{stamp}</CreateTime>"
               f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content><MsgId>{msg_id}</MsgId><AgentID>7</AgentID></xml>")
    secret = wecom_secret(message.encode())
    query = urllib.parse.urlencode({"msg_signature": sign or wecom_sign(stamp, "n1", secret), "timestamp": stamp, "nonce": "n1"})
    body = f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><Encrypt><![CDATA[{secret}]]></Encrypt><AgentID>7</AgentID></xml>"
    return call(server.port, "POST", f"/v1/connectors/{connector}?{query}", body.encode())


def ding(server, msg_id, text, session="s1", now=None, secret=DING_SECRET):
    stamp = str(int((now or time.time()) * 1000))
    sign = base64.b64encode(hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()).decode()
    body = {"msgtype": "text", "msgId": msg_id, "conversationId": "chat", "conversationType": "2", "senderStaffId": session, "text": {"content": f" {text}"},
            "sessionWebhook": f"https://oapi.dingtalk.com/robot/sendBySession?session={session}",
            "sessionWebhookExpiredTime": int((time.time() + 3600) * 1000)}
    return call(server.port, "POST", "/v1/connectors/ding", body, headers={"timestamp": stamp, "sign": sign})


def feishu(server, event, now=None, key=FEISHU_KEY, signed=True):
    iv = os.urandom(16)
    secret = base64.b64encode(iv + aes(hashlib.sha256(key.encode()).digest(), iv, padded(json.dumps(event).encode(), 16))).decode()
    raw = json.dumps({"encrypt": secret}).encode()
    stamp = str(int(now or time.time()))
    headers = {"x-lark-request-timestamp": stamp, "x-lark-request-nonce": "n1"}
    if signed:
        headers["x-lark-signature"] = hashlib.sha256(f"{stamp}n1{key}".encode() + raw).hexdigest()
    return call(server.port, "POST", "/v1/connectors/feishu", raw, headers=headers)


def feishu_message(event_id, text, message_id, token=FEISHU_TOKEN):
    return {"schema": "2.0", "header": {"event_id": event_id, "event_type": "im.message.receive_v1", "token": token, "app_id": "cli_1"},
            "event": {"sender": {"sender_id": {"open_id": "ou_1"}, "sender_type": "user"},
                      "message": {"message_id": message_id, "chat_id": "oc_1", "chat_type": "group", "message_type": "text",
                                  "content": json.dumps({"text": f"@_user_1 {text}"}), "mentions": [{"key": "@_user_1", "name": "bot"}]}}}


# --- the story

def everybody_is_answered(trial, server):
    expect = trial.expect
    expect(site(server, {"id": "e1", "visitor": "u1", "text": "please refund me"})[:2] == (202, {"id": "e1"}), "the site's message is taken")
    expect(wecom(server, 1, "please refund me")[:2] == (200, ""), "WeCom's message is taken")
    expect(ding(server, "d1", "please refund me")[0] == 200, "DingTalk's message is taken")
    expect(feishu(server, feishu_message("f1", "please refund me", "om_1"))[0] == 200, "Feishu's message is taken")
    for network, whom in (("site", "u1"), ("wecom", "li"), ("ding", "s1"), ("feishu", "om_1")):
        expect(heard(network, whom) == ["Within three days."], f"{network}: {heard(network, whom)}")
    # Verifications of the address.
    stamp, secret = str(int(time.time())), wecom_secret(b"1616140317555161061")
    query = urllib.parse.urlencode({"msg_signature": wecom_sign(stamp, "n2", secret), "timestamp": stamp, "nonce": "n2", "echostr": secret})
    status, said, _ = call(server.port, "GET", f"/v1/connectors/wecom?{query}")
    expect((status, str(said)) == (200, "1616140317555161061"), f"WeCom verifies: {status} {said}")
    verified = feishu(server, {"type": "url_verification", "token": FEISHU_TOKEN, "challenge": "c-1"}, signed=False)
    expect(verified[:2] == (200, {"challenge": "c-1"}), f"Feishu verifies: {verified[:2]}")


def conversations_go_on(trial, server):
    """A form over WeCom: what was asked is known in the next message, and the conversation has the sender's name."""
    expect = trial.expect
    for number, (text, part) in enumerate([("where is my parcel", "order number"), ("GH12345678", "GH12345678, is that right"), ("yes", "is on its way")]):
        wecom(server, 10 + number, text, user="wu")
        said = heard("wecom", "wu", number + 1)
        expect(len(said) == number + 1 and part in said[-1], f"'{text}': {said}")
    listed = json.loads(trial.run("conversations", "list", "--workdir", "w", "--visitor", "wecom:wu", "--json"))["conversations"]
    expect(len(listed) == 1 and listed[0]["channel"] == "wecom", f"one conversation of wecom:wu: {listed}")


def replays_and_forgeries(trial, server):
    expect = trial.expect
    before = len(Vendors.told)
    # A network's own retries: taken, and answered no second time.
    for _ in range(3):
        expect(wecom(server, 1, "please refund me")[0] == 200, "WeCom delivers again")
        expect(ding(server, "d1", "please refund me")[0] == 200, "DingTalk delivers again")
        expect(feishu(server, feishu_message("f1", "please refund me", "om_1"))[0] == 200, "Feishu delivers again")
        expect(site(server, {"id": "e1", "visitor": "u1", "text": "please refund me"})[0] == 202, "the site delivers again")
    late, later = time.time() - 400, time.time() - 4000
    message = {"id": "e9", "visitor": "u1", "text": "please refund me"}
    rows = [
        ("another text under a known id", site(server, {**message, "id": "e1", "text": "now"}), 409, "id"),
        ("tampered", site(server, message, tampered=json.dumps({**message, "visitor": "u2"}).encode()), 401, "x-yupu-signature"),
        ("another secret", site(server, message, secret="x" * 40), 401, "x-yupu-signature"),
        ("late", site(server, message, now=late), 403, "x-yupu-timestamp"),
        ("unsigned", call(server.port, "POST", "/v1/connectors/site", message), 401, "x-yupu-signature"),
        ("no text", site(server, {"id": "e9", "visitor": "u1"}), 400, "text"),
        ("WeCom, forged", wecom(server, 9, "hi", sign="0" * 40), 401, "msg_signature"),
        ("WeCom, late", wecom(server, 9, "hi", now=late), 403, "timestamp"),
        ("WeCom, unsigned", call(server.port, "POST", "/v1/connectors/wecom", b"<xml><Encrypt>x</Encrypt></xml>"), 401, "msg_signature"),
        ("WeCom, no XML", call(server.port, "POST", "/v1/connectors/wecom", b"{}"), 400, "body"),
        ("DingTalk, another secret", ding(server, "d9", "hi", secret="x"), 401, "sign"),
        ("DingTalk, late", ding(server, "d9", "hi", now=later), 403, "timestamp"),
        ("Feishu, another key", feishu(server, feishu_message("f9", "hi", "om_9"), key="x"), 401, "X-Lark-Signature"),
        ("Feishu, late", feishu(server, feishu_message("f9", "hi", "om_9"), now=late), 403, "X-Lark-Request-Timestamp"),
        ("Feishu, unsigned", feishu(server, feishu_message("f9", "hi", "om_9"), signed=False), 401, "X-Lark-Signature"),
        ("Feishu, another app", feishu(server, feishu_message("f9", "hi", "om_9", token="x")), 403, "token"),
        ("no such connector", call(server.port, "POST", "/v1/connectors/slack", {}), 404, "name"),
    ]
    for name, (status, body, headers), wanted, field in rows:
        expect(status == wanted and body.get("field") == field and headers["content-type"] == "application/problem+json", f"{name}: {status} {body}")
    time.sleep(1.5)
    expect(len(Vendors.told) == before, f"nobody was told anything: {Vendors.told[before:]}")


def at_once(trial, server):
    expect = trial.expect
    before = len(Vendors.told)
    texts = []
    for _ in range(2):  # the second time because the first answer did not arrive
        status, body, _ = wecom(server, 21, "please refund me", connector="wecom-now", user="zhao")
        found = dict(re.findall(r"<(\w+)><!\[CDATA\[(.*?)\]\]></\1>", str(body))) | dict(re.findall(r"<(TimeStamp)>(\d+)</", str(body)))
        if status != 200 or "Encrypt" not in found:
            expect(False, f"no reply at once: {status} {body}")
            return
        expect(found["MsgSignature"] == wecom_sign(found["TimeStamp"], found["Nonce"], found["Encrypt"]), "the reply is signed")
        texts.append(wecom_plain(found["Encrypt"]))
    expect(all("<Content><![CDATA[Within three days.]]></Content>" in t and "<ToUserName><![CDATA[zhao]]>" in t for t in texts), f"the reply: {texts}")
    time.sleep(7.5)  # longer than a text is held back
    expect(len(Vendors.told) == before, f"said once: {Vendors.told[before:]}")


def down_and_killed(trial, server):
    """The site is down: the bot answers the others; the process dies; the text is told under the same id, once."""
    expect = trial.expect
    with Vendors.lock:
        Vendors.refuse[:] = [503]
    site(server, {"id": "e2", "visitor": "u2", "text": "when do you open"})
    until = time.monotonic() + 20
    while Vendors.refuse and time.monotonic() < until:
        time.sleep(0.02)
    server.kill_and_start()
    ding(server, "d2", "please refund me", session="s2")
    expect(heard("ding", "s2") == ["Within three days."], "the others are answered")
    expect(heard("site", "u2") == ["From ten to six."], f"told after the kill: {heard('site', 'u2')}")
    # Killed right after a message was taken: it is answered by the next process, and charged once.
    for number in range(5):
        expect(site(server, {"id": f"k{number}", "visitor": f"k{number}", "text": "please refund me"})[0] == 202, "taken")
        server.kill_and_start()
        # At least once, under one id; the bot was asked once.
        expect(set(heard("site", f"k{number}")) == {"Within three days."}, f"k{number}: {heard('site', f'k{number}')}")
        hooks = [(hook["id"], hook["conversation"]) for hook in Vendors.hooks if hook["visitor"] == f"k{number}"]
        expect(len(set(hooks)) == 1, f"told under more than one id: {hooks}")
        shown = json.loads(trial.run("conversations", "show", hooks[0][1] if hooks else "none", "--workdir", "w", "--json"))
        expect([message["author"] for message in shown["messages"]] == ["visitor", "bot"], f"asked once: {shown}")
    trial.run("ledger", "check", "--workdir", "w")


def a_person(trial, server):
    expect = trial.expect
    token = json.loads(trial.run("agents", "add", "Mei", "--workdir", "w", "--tenant", "one", "--json"))["token"]
    mine = []
    stream = Stream(server, "/v1/agent/events", token, lambda event, data: mine.append((event, data)))
    time.sleep(0.5)
    feishu(server, feishu_message("f5", "let me talk to somebody", "om_5"))
    site(server, {"id": "e5", "visitor": "u5", "text": "let me talk to somebody"})
    until = time.monotonic() + 20
    while len([1 for event, _ in mine if event == "assigned"]) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    conversations = [data["conversation"] for event, data in mine if event == "assigned"]
    expect(len(conversations) == 2, f"two conversations wait for Mei: {mine}")
    handed = (len(heard("feishu", "om_5")), len(heard("site", "u5")))  # what the bot says then
    for conversation in conversations:
        for number in (1, 2):
            status, said, _ = call(server.port, "POST", f"/v1/agent/conversations/{conversation}/say",
                                   {"message_id": f"m{number}", "text": f"Mei says {number}"}, token)
            expect(status == 200, f"Mei speaks: {status} {said}")
    expect(heard("feishu", "om_5", handed[0] + 2)[handed[0]:] == ["Mei says 1", "Mei says 2"], f"Feishu heard {heard('feishu', 'om_5')}")
    expect(heard("site", "u5", handed[1] + 2)[handed[1]:] == ["Mei says 1", "Mei says 2"], f"the site heard {heard('site', 'u5')}")
    said = [hook for hook in Vendors.hooks if hook["visitor"] == "u5" and hook["author"] == "person"]
    expect([hook["agent"] for hook in said] == ["Mei", "Mei"] and all(hook["conversation"] in conversations for hook in said), f"signed by Mei: {said}")
    # Beside a person the bot is silent.
    site(server, {"id": "e6", "visitor": "u5", "text": "thank you"})
    time.sleep(1.5)
    expect(len(heard("site", "u5")) == handed[1] + 2, f"the bot is silent: {heard('site', 'u5')}")
    stream.end()


def deleted(trial, server):
    server.stop(signal.SIGTERM)
    trial.run("conversations", "delete", "--workdir", "w", "--visitor", "wecom:wu")
    stored = b"".join(file.read_bytes() for file in (trial.folder / "w").glob("yupu.db*"))
    trial.expect(b"GH12345678" not in stored, "nothing of a deleted conversation is left in the store")
    for name, secret in (*SECRETS.items(), ("site", SITE_SECRET)):
        trial.expect(secret.encode() not in stored, f"the secret {name} is not stored")
    server.start()


def refused_addresses(trial, server, port):
    """Without leave an answer does not reach this machine: dead at once, listed, and sent when it is told to again."""
    expect, run = trial.expect, trial.run
    server.stop(signal.SIGTERM)
    (trial.folder / "strategy.toml").write_text(strategy(port, allowed="false"), encoding="utf-8")
    server.start()
    before = len(Vendors.told)
    site(server, {"id": "e7", "visitor": "u7", "text": "please refund me"})
    until = time.monotonic() + 20
    dead = []
    while not dead and time.monotonic() < until:
        dead = json.loads(run("connectors", "outbox", "--workdir", "w", "--state", "dead", "--json"))["outbox"]
        time.sleep(0.1)
    expect(len(dead) == 1 and "not an address of the open Internet" in dead[0]["last_error"], f"refused: {dead}")
    expect(len(Vendors.told) == before, "nobody was called")
    server.stop(signal.SIGTERM)
    (trial.folder / "strategy.toml").write_text(strategy(port), encoding="utf-8")
    server.start()
    run("connectors", "outbox", "--workdir", "w", "--resend", dead[0]["id"] if dead else "none")
    expect(heard("site", "u7") == ["Within three days."], "sent again by hand")
    expect("none" in run("connectors", "outbox", "--workdir", "w", "--resend", "none", code=2), "nothing of that id")


def bad_files(trial, port):
    good = strategy(port)
    for old, new, says in (('secret_file = "site.secret"', 'secret = "hush"', "must not stand in this file"),
                           (f'url = "http://127.0.0.1:{port}/hook"', 'url = "https://shop.example/hook"', "https"),
                           ('kind = "dingtalk"', 'kind = "slack"', "kind"), ('secret_env = "TEST_DING_SECRET"', 'secret_env = "TEST_NONE"', "TEST_NONE")):
        (trial.folder / "bad.toml").write_text(good.replace(old, new, 1), encoding="utf-8")
        trial.expect(says in trial.run("serve", "--strategy", "bad.toml", "--workdir", "w", "--listen", "127.0.0.1:0", code=2), f"{new} does not say {says}")
    (trial.folder / "site.secret").chmod(0o644)
    trial.expect("chmod 600" in trial.run("serve", "--strategy", "strategy.toml", "--workdir", "w", "--listen", "127.0.0.1:0", code=2), "a secret others may read")


def main():
    os.environ.update(SECRETS)
    vendors = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Vendors)
    threading.Thread(target=vendors.serve_forever, daemon=True).start()
    port = vendors.server_port
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu_from_arguments(), name)
        write_files(trial.folder, strategy(port))
        (trial.folder / "site.secret").write_text(SITE_SECRET + "\n")
        (trial.folder / "site.secret").chmod(0o600)
        trial.run("run", "strategy.toml", "--workdir", "w", "--once", "--until", "accounts")
        server = Server(trial)
        try:
            everybody_is_answered(trial, server)
            conversations_go_on(trial, server)
            replays_and_forgeries(trial, server)
            at_once(trial, server)
            down_and_killed(trial, server)
            a_person(trial, server)
            deleted(trial, server)
            refused_addresses(trial, server, port)
        finally:
            server.stop(signal.SIGTERM)
        bad_files(trial, port)
    vendors.shutdown()
    return trial.finish("connectors: proven, answered once, retried, killed, a person heard, forgeries refused")


if __name__ == "__main__":
    sys.exit(main())
