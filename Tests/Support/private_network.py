"""A network of its own, which nobody else sees, with a DNS server and an HTTP server for tests.

The script moves into new mount and network namespaces (and a user namespace, if it is not root). There it gives the
loopback device addresses that are public elsewhere and addresses that are private, answers questions about names,
and serves HTTP at one port of all addresses. Whatever joins the namespaces resolves names with this server alone:
`join` in --folder holds the arguments of nsenter for that.

--zone names a JSON file, {name: [address, ...]}, that is read anew for each question, so that a name can move. A path
with `/once` is answered and the connection closed; any other is answered and the connection kept.

Each connection is a JSON line in `connections.jsonl` of --folder, with the address at which it arrived, before a byte
of it is read; each request is one in --log. Prints `port N` when it listens, and stops when its standard input is
closed. Needs the unshare command.
"""

import argparse
import fcntl
import ipaddress
import json
import os
import socket
import struct
import subprocess
import sys
import threading

from http_server import Handler, Server

PUBLIC = ["93.184.216.34"]
PRIVATE = ["10.0.0.1", "169.254.169.254", "fd00::1", "fe80::1"]
LOOPBACK = 1
INSIDE = "KINDLY_PRIVATE_NETWORK"
IS_ROOT = os.geteuid() == 0

# From linux/sockios.h and linux/if.h; an `ifreq` has 40 bytes.
SET_FLAGS, SET_ADDRESS, UP_AND_RUNNING = 0x8914, 0x8916, 0x41


def move_in():
    kinds = ["--mount", "--net"] if IS_ROOT else ["--map-root-user", "--mount", "--net"]
    joining = ["--mount", "--net"] if IS_ROOT else ["--user", "--preserve-credentials", "--mount", "--net"]
    os.environ[INSIDE] = " ".join(["--target", str(os.getpid())] + joining)
    os.execvp("unshare", ["unshare", *kinds, sys.executable, *sys.argv])


def add_addresses():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as four:
        fcntl.ioctl(four, SET_FLAGS, struct.pack("16sH22x", b"lo", UP_AND_RUNNING))
        own = [address for address in PUBLIC + PRIVATE if ":" not in address]
        for number, address in enumerate(own, 1):
            request = struct.pack(
                "16sHH4s16x", f"lo:{number}".encode(), socket.AF_INET, 0, socket.inet_aton(address))
            fcntl.ioctl(four, SET_ADDRESS, request)
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as six:
        for address in PUBLIC + PRIVATE:
            if ":" in address:
                target = socket.inet_pton(socket.AF_INET6, address)
                fcntl.ioctl(six, SET_ADDRESS, struct.pack("16sIi", target, 128, LOOPBACK))


def replace(path, text, folder):
    """Puts a file of our own in the place of one of the machine's, for this mount namespace alone."""
    own = os.path.join(folder, os.path.basename(path))
    with open(own, "w", encoding="utf-8") as file:
        file.write(text)
    subprocess.run(["mount", "--bind", own, path], check=True)


class Names(threading.Thread):
    """Answers questions for A and AAAA records, as RFC 1035 and RFC 3596 have them, with a time to live of zero."""

    KINDS = {1: 4, 28: 6}

    def __init__(self, zone):
        super().__init__(daemon=True)
        self.zone = zone
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))

    def run(self):
        while True:
            question, asker = self.socket.recvfrom(512)
            self.socket.sendto(self.answer(question), asker)

    def answer(self, question):
        labels, place = [], 12
        while question[place]:
            labels.append(question[place + 1:place + 1 + question[place]].decode())
            place += 1 + question[place]
        kind = int.from_bytes(question[place + 1:place + 3], "big")
        with open(self.zone, encoding="utf-8") as file:
            addresses = json.load(file).get(".".join(labels).lower())
        wanted = [
            address for address in map(ipaddress.ip_address, addresses or [])
            if address.version == self.KINDS.get(kind)]
        records = b"".join(
            struct.pack(">HHHIH", 0xC00C, kind, 1, 0, len(address.packed)) + address.packed
            for address in wanted)
        # An authoritative answer, or one that there is no such name.
        flags = 0x8580 if addresses is not None else 0x8583
        head = question[:2] + struct.pack(">HHHHH", flags, 1, len(wanted), 0, 0)
        return head + question[12:place + 5] + records


class Visitors(Handler):
    connections_log = None

    def setup(self):
        super().setup()
        address = ipaddress.ip_address(self.connection.getsockname()[0])
        line = {"number": self.connection_number, "address": str(address.ipv4_mapped or address)}
        with Handler.lock:
            Visitors.connections_log.write(json.dumps(line) + "\n")
            Visitors.connections_log.flush()


class Everywhere(Server):
    address_family = socket.AF_INET6

    def server_bind(self):
        # IPv4 arrives as mapped addresses.
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--log", required=True)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--zone", required=True)
    arguments = parser.parse_args()
    if INSIDE not in os.environ:
        move_in()
    add_addresses()
    replace("/etc/resolv.conf", "nameserver 127.0.0.1\n", arguments.folder)
    # Otherwise a machine's own resolver might be asked, which does not live in these namespaces.
    replace("/etc/nsswitch.conf", "hosts: dns\n", arguments.folder)
    Handler.log = open(arguments.log, "a", encoding="utf-8")
    Visitors.connections_log = open(
        os.path.join(arguments.folder, "connections.jsonl"), "a", encoding="utf-8")
    with open(os.path.join(arguments.folder, "join"), "w", encoding="utf-8") as file:
        file.write(os.environ[INSIDE])
    Names(arguments.zone).start()
    server = Everywhere(("::", arguments.port), Visitors)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("port", server.server_address[1], flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
