"""Finds ports for test servers that must be given one and keep it across restarts."""

import random
import socket


def free_port():
    """A port on which nothing listens now.

    If there is room, it is below the range from which the kernel chooses ports itself (ip(7), ip_local_port_range). A
    port in that range may belong to another connection by the time the server starts, or starts again.
    """
    with open("/proc/sys/net/ipv4/ip_local_port_range") as file:
        lowest = int(file.read().split()[0])
    below = range(max(1024, lowest // 3), lowest)
    for port in random.sample(below, 300) if len(below) >= 1000 else []:
        try:
            return bound(port)
        except OSError:
            continue
    return bound(0)


def bound(port):
    """Binds to a port for a moment, or for 0 to one that the kernel chooses, and returns its number."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", port))
        return probe.getsockname()[1]
