"""A real SMTP server for tests, which does what the recipient's local part says.

    reply-550-5.1.1@…    that reply to RCPT TO (421 closes the connection too)
    reply-452-4.3.1@…    … as the *sender*: that reply to MAIL FROM
    dot-554-5.7.1@…      that reply to the final dot
    drop-after-mail@…    the connection is dropped instead of an answer to RCPT TO
    drop-at-data@…       … right behind the 354, before the message has come
    drop-at-dot@…        … when the whole message has come, without an answer
    odd-at-dot@…         a line that is no reply answers the final dot
    hang@… hang-at-data@… hang-at-dot@…
                         no answer ever to RCPT TO, to DATA, to the final dot; prints `hangs LOCALPART` then
    dribble@…            as the *sender*: MAIL FROM is answered by lines that never end; prints `hangs dribble`
    slow@…               the final dot is answered after half a second
    very-slow@…          … after three seconds
    then-421@…           accepted; the connection is then closed with a 421, as an idle one would be
    then-drop@…          accepted; the connection is then closed without a word
    anything else        accepted

Each accepted message is a JSON line in --log before it is acknowledged. Prints `port N` when it listens, and stops
when its standard input is closed. Needs aiosmtpd, and the openssl command for TLS.
"""

import argparse
import asyncio
import email.parser
import email.policy
import json
import os
import ssl
import subprocess
import sys

from aiosmtpd.smtp import SMTP, AuthResult, syntax

FOREVER = 100_000
USER, PASSWORD = b"care", b"open sesame"


def reply_of(local, prefix):
    """`reply-550-5.1.1` as `550 5.1.1 …`, or None."""
    parts = local.split("-")
    if parts[0] != prefix or len(parts) < 2 or not parts[1].isdigit():
        return None
    return " ".join(parts[1:3]) + " scripted for <" + local + "@example.com>"


class Server(SMTP):
    connections = 0

    def __init__(self, *args, banner_reply=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.banner_reply = banner_reply
        Server.connections += 1
        self.connection = Server.connections

    async def push(self, status):
        if self.banner_reply and self.session.host_name is None and status.startswith("220"):
            status = self.banner_reply
        await super().push(status)

    @syntax("DATA")
    async def smtp_DATA(self, arg):
        if any(local_part(to) == "drop-at-data" for to in self.envelope.rcpt_tos):
            await self.push("354 and then nothing")
            await drop(self)
        if any(local_part(to) == "hang-at-data" for to in self.envelope.rcpt_tos):
            await hang("hang-at-data")
        await super().smtp_DATA(arg)


def local_part(address):
    return address.rsplit("@", 1)[0]


async def hang(local):
    print("hangs", local, flush=True)
    await asyncio.sleep(FOREVER)


async def dribble(server):
    print("hangs dribble", flush=True)
    while not server.transport.is_closing():
        server.transport.write(b"250-still at it\r\n")
        await asyncio.sleep(0.02)


async def drop(server):
    server.transport.abort()
    await asyncio.sleep(FOREVER)


class Handler:
    def __init__(self, log):
        self.log = log

    async def handle_MAIL(self, server, session, envelope, address, options):
        reply = reply_of(local_part(address), "reply")
        if reply:
            return reply
        if local_part(address) == "dribble":
            await dribble(server)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        local = local_part(address)
        if local == "drop-after-mail":
            await drop(server)
        if local == "hang":
            await hang(local)
        reply = reply_of(local, "reply")
        if reply:
            if reply.startswith("421"):
                asyncio.get_running_loop().call_later(0, server.transport.close)
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        local = local_part(envelope.rcpt_tos[0])
        reply = reply_of(local, "dot")
        if reply:
            return reply
        self.note(server, session, envelope)
        if local == "drop-at-dot":
            await drop(server)
        if local == "hang-at-dot":
            await hang(local)
        if local == "odd-at-dot":
            return "who are you?"
        if local == "slow":
            await asyncio.sleep(0.5)
        if local == "very-slow":
            await asyncio.sleep(3)
        if local == "then-421":
            asyncio.get_running_loop().call_soon(
                lambda: asyncio.ensure_future(self.goodbye(server)))
        if local == "then-drop":
            asyncio.get_running_loop().call_soon(
                lambda: asyncio.ensure_future(self.goodbye(server, say=None)))
        return "250 2.0.0 queued as " + str(server.connection)

    async def goodbye(self, server, say=b"421 4.4.2 idle for too long\r\n"):
        if say:
            server.transport.write(say)
        server.transport.close()

    def note(self, server, session, envelope):
        message = email.parser.BytesParser(policy=email.policy.default).parsebytes(
            envelope.content, headersonly=True)
        line = {
            "rcpt": envelope.rcpt_tos[0],
            "sender": envelope.mail_from,
            "message_id": message["Message-ID"],
            "connection": server.connection,
            "bytes": len(envelope.content),
            "tls": server.transport.get_extra_info("ssl_object") is not None,
            "login": bool(session.authenticated),
            "options": [option for option in envelope.mail_options],
            "body": envelope.content.decode("utf-8", "replace") if len(envelope.content) < 4096 else "",
        }
        self.log.write(json.dumps(line) + "\n")
        self.log.flush()


def certificate(folder):
    """A self-signed certificate for localhost, and the context that shows it."""
    key, cert = os.path.join(folder, "key.pem"), os.path.join(folder, "cert.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-keyout", key, "-out", cert],
        check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


def authenticate(server, session, envelope, mechanism, data):
    good = data.login == USER and data.password == PASSWORD
    return AuthResult(success=good, handled=False)


def options_of(arguments, context):
    options = {
        "hostname": "sink.example.com",
        "ident": "ready",
        "enable_SMTPUTF8": not arguments.no_utf8,
        "auth_exclude_mechanism": ["PLAIN", "LOGIN"],
    }
    if arguments.tls == "starttls":
        options["tls_context"] = context
    if arguments.auth:
        options.update(
            authenticator=authenticate, auth_required=True, auth_require_tls=False,
            auth_exclude_mechanism=[])
    return options


async def serve(arguments):
    context = certificate(arguments.folder) if arguments.tls != "none" else None
    log = open(arguments.log, "a", encoding="utf-8")
    handler = Handler(log)
    options = options_of(arguments, context)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Server(handler, loop=loop, banner_reply=arguments.banner, **options),
        "127.0.0.1", arguments.port, ssl=context if arguments.tls == "smtps" else None)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    stopped = loop.create_future()
    loop.add_reader(sys.stdin.fileno(), lambda: stopped.done() or os.read(0, 1) or stopped.set_result(None))
    await stopped
    server.close()
    os._exit(0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--log", required=True)
    parser.add_argument("--folder", default=".")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls", choices=["none", "starttls", "smtps"], default="none")
    parser.add_argument("--auth", action="store_true", help="offer and demand a login (care, open sesame)")
    parser.add_argument("--no-utf8", action="store_true", help="do not offer SMTPUTF8")
    parser.add_argument("--banner", help="greet with this instead of 220")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
