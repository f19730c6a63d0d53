"""A real HTTP/2 server with TLS, Hypercorn, which answers 200 and `{"ok": true}`.

It takes the arguments of http_server.py and prints the same lines. Each request is a JSON line in --log, in which `taken`
is the version of HTTP.
"""

import argparse
import asyncio
import json
import os
import socket
import sys

from hypercorn.asyncio import serve
from hypercorn.config import Config

from http_server import certificate


def application(log):
    async def app(scope, receive, send):
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        line = {"method": scope["method"], "path": scope["path"], "body": body.decode(), "connection": scope["client"][1],
                "headers": {name.decode(): value.decode() for name, value in scope["headers"]},
                "taken": scope["http_version"]}
        log.write(json.dumps(line) + "\n")
        log.flush()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": b'{"ok": true}'})

    return app


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--log", required=True)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls", required=True)
    arguments = parser.parse_args()
    certificate(arguments.folder, arguments.tls)
    listener = socket.create_server(("127.0.0.1", arguments.port))
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.certfile = os.path.join(arguments.folder, "cert.pem")
    config.keyfile = os.path.join(arguments.folder, "key.pem")
    config.errorlog = None
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin.fileno(), lambda: os.read(0, 1) or os._exit(0))
    print("port", listener.getsockname()[1], flush=True)
    await serve(application(open(arguments.log, "a", encoding="utf-8")), config)


if __name__ == "__main__":
    asyncio.run(main())
