"""A fast SMTP server for tests, which takes every mail and records it before it acknowledges it.

Each accepted message is a JSON line in --log: its recipient, Message-ID, and the connection that it came over, counted
from one. The line is in the file, whole, before the reply to the final dot goes out. Prints `port N` when it listens,
then a line for each message, so that a test can wait for mail instead of looking again and again. Stops when its
standard input is closed. Needs nothing but Python.

A message that a client breaks off before the final dot is not recorded, as RFC 5321 4.1.1.4 demands.
"""

import argparse
import asyncio
import json
import os
import sys


class Recorder:
    def __init__(self, path, pause, features):
        self.features = features
        self.log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self.pause = pause
        self.connections = 0

    async def serve(self, reader, writer):
        self.connections += 1
        try:
            await Dialogue(self, self.connections, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # The client is gone; what it had not ended does not count.
        finally:
            writer.close()

    def note(self, recipient, message_id, connection):
        line = {"rcpt": recipient, "message_id": message_id, "connection": connection}
        os.write(self.log, (json.dumps(line) + "\n").encode())
        os.write(1, b"mail\n")


class Dialogue:
    """One connection: RFC 5321 as far as a client needs it that sends one recipient a message."""

    def __init__(self, recorder, number, reader, writer):
        self.recorder = recorder
        self.number = number
        self.reader = reader
        self.writer = writer
        self.recipient = None

    async def run(self):
        self.say("220 recorder.example.com ESMTP")
        while True:
            line = (await self.reader.readuntil(b"\r\n"))[:-2].decode("utf-8", "replace")
            verb = line.split(" ", 1)[0].upper()
            if verb == "EHLO":
                self.say(self.recorder.features)
            elif verb in ("HELO", "NOOP"):
                self.say("250 recorder.example.com")
            elif verb in ("MAIL", "RSET"):
                self.recipient = None
                self.say("250 2.1.0 OK")
            elif verb == "RCPT" and self.recipient is None:
                self.recipient = line[line.index("<") + 1 : line.index(">")]
                self.say("250 2.1.5 OK")
            elif verb == "DATA" and self.recipient is not None:
                await self.data()
            elif verb == "QUIT":
                self.say("221 2.0.0 bye")
                return
            else:
                self.say("503 5.5.1 not now")

    async def data(self):
        self.say("354 go ahead")
        # An empty message has its dot right behind the reply to DATA; ours always have headers.
        content = await self.reader.readuntil(b"\r\n.\r\n")
        if self.recorder.pause:
            await asyncio.sleep(self.recorder.pause)
        self.recorder.note(self.recipient, message_id(content), self.number)
        self.recipient = None
        self.say("250 2.0.0 taken")

    def say(self, reply):
        self.writer.write(reply.encode() + b"\r\n")


def message_id(content):
    for line in content.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"message-id":
            return value.strip().decode()
    return None


async def serve(arguments):
    features = "250 recorder.example.com"
    if not arguments.no_utf8:
        features = "250-recorder.example.com\r\n250-8BITMIME\r\n250 SMTPUTF8"
    recorder = Recorder(arguments.log, arguments.pause, features)
    server = await asyncio.start_server(
        recorder.serve, "127.0.0.1", arguments.port, limit=1 << 20)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    stopped = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().add_reader(
        sys.stdin.fileno(), lambda: stopped.done() or os.read(0, 1) or stopped.set_result(None))
    await stopped
    os._exit(0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--log", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--pause", type=float, default=0, help="seconds before each final dot is answered")
    parser.add_argument(
        "--no-utf8", action="store_true", help="offer neither SMTPUTF8 nor 8BITMIME, and take raw bytes all the same")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
