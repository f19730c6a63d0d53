"""A real HTTP server for tests, which does what the path of a request says.

    /status/CODE             that status, with a JSON body; `?retry-after=TEXT` adds the header
    /hang                    the request is read whole and never answered; prints `hangs`
    /deaf                    the request's head is read and its body is not; prints `hangs`
    /drop                    the request is read whole, and the connection is dropped
    /drop-once               … the first time; later requests are answered
    /cut                     an answer whose body ends before its Content-Length
    /long                    an answer of 50 MB
    /dribble                 a status line, then a header a second for ever; prints `hangs`
    /html                    200 and a page, as a captive portal gives it
    /nested                  200 and 100,000 opening brackets
    /early                   400 before the body of the request has been read; then the connection is closed
    /garbage                 bytes that are no HTTP
    /redirect                302 to /status/200
    /once                    200, and the connection is closed behind it
    anything else            200 and `{"ok": true}`

Each request is a JSON line in --log before it is answered. Prints `port N` when it listens, and stops when its
standard input is closed. Needs the openssl command for TLS.
"""

import argparse
import json
import os
import ssl
import subprocess
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    lock = threading.Lock()
    connections = 0
    dropped = False

    def setup(self):
        super().setup()
        with Handler.lock:
            Handler.connections += 1
            self.connection_number = Handler.connections

    def log_message(self, *_):
        pass

    def hang(self):
        print("hangs", flush=True)
        threading.Event().wait()

    def drop(self):
        self.close_connection = True
        self.connection.close()

    def answer(self, status, body=b'{"ok": true}', kind="application/json", headers=(), length=None):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def handle_request(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path == "/deaf":
            self.hang()
        if url.path == "/early":
            self.answer(400, b'{"error": "early"}')
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.note(body)
        match url.path.split("/")[1:]:
            case ["status", code]:
                headers = [("Retry-After", query["retry-after"])] if "retry-after" in query else []
                self.answer(int(code), json.dumps({"status": int(code)}).encode(), headers=headers)
            case ["hang"]:
                self.hang()
            case ["drop"]:
                self.drop()
            case ["drop-once"] if not Handler.dropped:
                Handler.dropped = True
                self.drop()
            case ["cut"]:
                self.answer(200, b'{"ok": tr', length=4000)
                self.close_connection = True
            case ["long"]:
                self.answer(200, b" " * 50_000_000)
            case ["dribble"]:
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                print("hangs", flush=True)
                try:
                    while not threading.Event().wait(0.05):
                        self.wfile.write(b"X-Still: here\r\n")
                except OSError:
                    self.close_connection = True
            case ["html"]:
                self.answer(200, b"<html><body>Please log in</body></html>", "text/html")
            case ["nested"]:
                self.answer(200, b"[" * 100_000)
            case ["garbage"]:
                self.wfile.write(b"\x00\x01 who are you?\r\n\r\n")
                self.close_connection = True
            case ["redirect"]:
                self.answer(302, b"", headers=[("Location", "/status/200")])
            case ["once"]:
                self.answer(200, headers=[("Connection", "close")])
                self.close_connection = True
            case _:
                self.answer(200)

    def note(self, body):
        line = {
            "method": self.command,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body.decode("utf-8", "replace"),
            "connection": self.connection_number,
        }
        with Handler.lock:
            Handler.log.write(json.dumps(line) + "\n")
            Handler.log.flush()

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.handle_request
        raise AttributeError(name)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A client that goes away is no fault of the server."""


def certificate(folder, name):
    """A self-signed certificate, and the context that shows it."""
    key, cert = os.path.join(folder, "key.pem"), os.path.join(folder, "cert.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-days", "2", "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:" + name,
         "-keyout", key, "-out", cert],
        check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--log", required=True)
    parser.add_argument("--folder", default=".")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls", help="serve TLS with a certificate for this name")
    arguments = parser.parse_args()
    Handler.log = open(arguments.log, "a", encoding="utf-8")
    server = Server(("127.0.0.1", arguments.port), Handler)
    if arguments.tls:
        context = certificate(arguments.folder, arguments.tls)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print("port", server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
