"""A mail server for tests: SMTP (RFC 5321) with STARTTLS or TLS from the first byte and AUTH PLAIN and LOGIN, on a port of this
machine. What it takes is kept in `mails`; what a test wants refused stands in `refusals`."""
import asyncio
import base64
import email
import email.policy
import pathlib
import ssl
import subprocess
import threading


def make_certificate(folder):
    """A certificate of 127.0.0.1 that vouches for itself: key and certificate in one file."""
    path = pathlib.Path(folder) / "mail.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", str(path), "-out", str(path) + ".crt"], check=True, capture_output=True)
    with open(path, "a", encoding="ascii") as out:
        out.write(pathlib.Path(str(path) + ".crt").read_text(encoding="ascii"))
    return str(path)


def tls_context(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


class Mail:
    def __init__(self, sender, recipients, data, is_encrypted, user):
        self.sender, self.recipients, self.is_encrypted, self.user = sender, recipients, is_encrypted, user
        self.message = email.message_from_bytes(data, policy=email.policy.default)
        self.data = data

    def part(self, kind):
        return self.message.get_body((kind,)).get_content()


class MailServer:
    """`accounts`: user -> password; with any, nothing is taken from who has not signed in. `certificate`: offers STARTTLS;
    `is_encrypted`: TLS from the first byte. `refusals`: command or recipient -> replies to give first, one each time ("hang": no reply at all)."""

    def __init__(self, accounts=None, certificate=None, is_encrypted=False):
        self.accounts, self.certificate, self.is_encrypted = accounts or {}, certificate, is_encrypted
        self.mails, self.refusals, self.logins, self.port = [], {}, 0, 0
        self.loop = asyncio.new_event_loop()
        started = threading.Event()
        threading.Thread(target=self._run, args=(started,), daemon=True).start()
        started.wait(10)

    def _run(self, started):
        asyncio.set_event_loop(self.loop)
        context = tls_context(self.certificate) if self.is_encrypted else None
        server = self.loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context))
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        self.loop.run_forever()

    async def _serve(self, reader, writer):
        try:
            await Session(self, reader, writer).talk()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        finally:
            writer.close()


class Session:
    def __init__(self, server, reader, writer):
        self.server, self.reader, self.writer = server, reader, writer
        self.encrypted, self.user, self.sender, self.recipients = server.is_encrypted, None, None, []

    async def say(self, *lines):
        for i, line in enumerate(lines):
            code, rest = line.split(" ", 1)
            self.writer.write(f"{code}{' ' if i + 1 == len(lines) else '-'}{rest}\r\n".encode())
        await self.writer.drain()

    async def line(self):
        return (await self.reader.readuntil(b"\r\n"))[:-2].decode()

    async def talk(self):
        await self.say("220 test ESMTP")
        while True:
            line = await self.line()
            verb = line.split(" ")[0].split(":")[0].upper()
            refusals = self.server.refusals.get(verb)
            if refusals:
                reply = refusals.pop(0)
                if reply == "hang":
                    await asyncio.sleep(60)
                await self.say(reply)
                continue
            if verb == "QUIT":
                await self.say("221 bye")
                return
            await getattr(self, f"do_{verb.lower()}", self.do_unknown)(line)

    async def do_unknown(self, line):
        await self.say("500 what?")

    async def do_ehlo(self, line):
        offers = ["test"]
        if self.server.certificate and not self.encrypted:
            offers.append("STARTTLS")
        if self.server.accounts and (self.encrypted or not self.server.certificate):
            offers.append("AUTH PLAIN LOGIN")
        await self.say(*(f"250 {offer}" for offer in offers))

    async def do_starttls(self, line):
        await self.say("220 go on")
        await self.writer.start_tls(tls_context(self.server.certificate))
        self.encrypted = True

    async def do_auth(self, line):
        words = line.split(" ")
        if words[1] == "PLAIN":
            if len(words) < 3:
                await self.say("334  ")
                words.append(await self.line())
            _, user, password = base64.b64decode(words[2]).decode().split("\0")
        else:
            await self.say("334 VXNlcm5hbWU6")
            user = base64.b64decode(await self.line()).decode()
            await self.say("334 UGFzc3dvcmQ6")
            password = base64.b64decode(await self.line()).decode()
        self.server.logins += 1
        if self.server.accounts.get(user) != password:
            await self.say("535 5.7.8 wrong password")
            return
        self.user = user
        await self.say("235 hello")

    async def do_mail(self, line):
        if self.server.accounts and self.user is None:
            await self.say("530 5.7.0 sign in first")
            return
        self.sender, self.recipients = line.split("<")[1].split(">")[0], []
        await self.say("250 ok")

    async def do_rcpt(self, line):
        recipient = line.split("<")[1].split(">")[0]
        if self.server.refusals.get(recipient):
            await self.say(self.server.refusals[recipient].pop(0))
            return
        if recipient.startswith("nobody@"):
            await self.say("550 5.1.1 no such user")
            return
        self.recipients.append(recipient)
        await self.say("250 ok")

    async def do_data(self, line):
        await self.say("354 go on")
        data = await self.reader.readuntil(b"\r\n.\r\n")
        lines = [line[1:] if line.startswith(b".") else line for line in data[:-5].split(b"\r\n")]
        self.server.mails.append(Mail(self.sender, self.recipients, b"\r\n".join(lines) + b"\r\n", self.encrypted, self.user))
        await self.say("250 taken")

    async def do_rset(self, line):
        await self.say("250 ok")

    do_noop = do_rset
