"""A TCP proxy on 127.0.0.1 that breaks connections as a network does, for tests of what comes of it.

    cutting_proxy.py PORT

carries every connection to PORT here, and prints `port N` when it listens. Lines on its standard input:

    cut N      after N more bytes of the server's, that connection is reset; answered by `cut` when it has happened
    hush N     after N more bytes of the server's, nothing is carried on that connection any more, and it stays open; `hushed`
    refuse     every connection is reset, and new ones are, until `accept`; `refusing`
    accept     connections are carried again; `accepting`
    hide WORD  this word of the server's arrives as so many X from now on, wherever it is; `hiding`
    refuse-mail UIDS   an IMAP server answers NO from now on if it has to open one of these mails, such as 2,3; without
                       UIDS it opens all; `withholding`
    drop-mail UIDS     it resets the connection instead; `withholding`

It ends when its standard input is closed.
"""

import os
import selectors
import socket
import struct
import sys

CHUNK = 1 << 16


class Pair:
    """A client and the server it talks to."""

    def __init__(self, client, server):
        self.client, self.server = client, server
        self.is_hushed = False


class Proxy:
    def __init__(self, port):
        self.port = port
        self.selector = selectors.DefaultSelector()
        self.pairs = set()
        self.is_refusing = False
        # What is to be done to a connection, and after how many bytes more of the server's.
        self.plan, self.left = None, 0
        self.hidden = None
        # The mails that an IMAP server cannot open, and what it does then.
        self.withheld, self.withholding = [], None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.selector.register(self.listener, selectors.EVENT_READ, self.accept)
        self.selector.register(sys.stdin.fileno(), selectors.EVENT_READ, self.listen)
        print("port", self.listener.getsockname()[1], flush=True)

    def run(self):
        while True:
            for key, _ in self.selector.select():
                key.data()

    def listen(self):
        lines = os.read(sys.stdin.fileno(), CHUNK).decode()
        if not lines:
            os._exit(0)
        for line in lines.splitlines():
            word, *numbers = line.split()
            if word in ("cut", "hush"):
                self.plan, self.left = word, int(numbers[0])
            elif word == "refuse":
                self.is_refusing = True
                for pair in list(self.pairs):
                    self.reset(pair)
                print("refusing", flush=True)
            elif word == "accept":
                self.is_refusing = False
                print("accepting", flush=True)
            elif word == "hide":
                self.hidden = numbers[0].encode()
                print("hiding", flush=True)
            elif word in ("refuse-mail", "drop-mail"):
                self.withheld = [int(uid) for uid in numbers[0].split(",")] if numbers else []
                self.withholding = word
                print("withholding", flush=True)

    def accept(self):
        client, _ = self.listener.accept()
        if self.is_refusing:
            abort(client)
            return
        try:
            server = socket.create_connection(("127.0.0.1", self.port))
        except OSError:
            abort(client)
            return
        pair = Pair(client, server)
        self.pairs.add(pair)
        self.selector.register(client, selectors.EVENT_READ, lambda: self.carry(pair, client, server))
        self.selector.register(server, selectors.EVENT_READ, lambda: self.carry(pair, server, client))

    def carry(self, pair, source, target):
        # An event before this one in the same round may have closed it.
        if pair not in self.pairs:
            return
        try:
            data = source.recv(CHUNK)
            if not data:
                self.close(pair)
                return
            if pair.is_hushed:
                return
            if source is pair.client and self.withheld and self.withholds(pair, data):
                return
            if source is pair.server and self.hidden:
                data = data.replace(self.hidden, b"X" * len(self.hidden))
            if source is pair.server and self.plan:
                data = self.spoil(pair, data)
            target.sendall(data)
        except OSError:
            self.close(pair)
            return
        if source is pair.server and self.plan and self.left <= 0:
            self.strike(pair)

    def withholds(self, pair, data):
        """Whether an IMAP client's command needs a withheld mail; the command is answered here then."""
        words = data.split()
        if words[1:3] != [b"UID", b"FETCH"] or not (b"BODY" in data or b"RFC822.SIZE" in data):
            return False
        if not any(holds(words[3].decode(), uid) for uid in self.withheld):
            return False
        if self.withholding == "drop-mail":
            self.reset(pair)
        else:
            pair.client.sendall(words[0] + b" NO broken\r\n")
        return True

    def spoil(self, pair, data):
        """The part of the server's data that still passes."""
        passing = data[:max(self.left, 0)]
        self.left -= len(data)
        return passing

    def strike(self, pair):
        plan, self.plan = self.plan, None
        if plan == "cut":
            self.reset(pair)
            print("cut", flush=True)
        else:
            pair.is_hushed = True
            print("hushed", flush=True)

    def reset(self, pair):
        self.forget(pair)
        abort(pair.client)
        abort(pair.server)

    def close(self, pair):
        self.forget(pair)
        pair.client.close()
        pair.server.close()

    def forget(self, pair):
        if pair in self.pairs:
            self.pairs.remove(pair)
            self.selector.unregister(pair.client)
            self.selector.unregister(pair.server)


def holds(numbers, uid):
    """Whether a set of UIDs such as 1:3,7 holds one."""
    for part in numbers.split(","):
        first, _, last = part.partition(":")
        if int(first) <= uid <= int(last or first):
            return True
    return False


def abort(connection):
    """Closes with a reset, as a firewall or a dead machine does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


if __name__ == "__main__":
    Proxy(int(sys.argv[1])).run()
