"""Finds ports for test servers that must be given one and keep it across restarts."""

import random
import socket
import sys

# UDP sockets with the numbers of the ports that were found: while they are open, no other script finds the same.
marks = []


def free_port():
    """A port on which nothing listens now, and which no other script is given while this one runs.

    If there is room, it is below the range from which the kernel chooses ports itself (ip(7), ip_local_port_range). A
    port in that range may belong to another connection by the time the server starts, or starts again.
    """
    with open("/proc/sys/net/ipv4/ip_local_port_range") as file:
        lowest = int(file.read().split()[0])
    below = range(max(1024, lowest // 3), lowest)
    wanted = random.sample(below, 300) if len(below) >= 1000 else []
    for port in wanted + 100 * [0]:
        try:
            return reserved(port)
        except OSError:
            continue
    sys.exit("no free port")


def reserved(port):
    """Reserves a port while this script runs, or for 0 one that the kernel chooses, and returns its number."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", port))
        port = probe.getsockname()[1]
    mark = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    mark.bind(("127.0.0.1", port))
    marks.append(mark)
    return port
