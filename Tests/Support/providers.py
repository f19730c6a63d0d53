"""Stand-ins for the services that Kindly's channels send to, which check what the real ones check.

Started with `--provider NAME --options JSON`; the options hold what the service knows of its customer (keys, secrets)
and `now`, the time in seconds that its clock shows. A request that the real service would refuse is refused in its
words, and the JSON line of the request in --log tells the `fault`; the signatures are computed by the vendors' own
packages where there are some. A message that was taken has `taken`, the id or text by which tests know it.

Lines on standard input tell what becomes of the next requests:

    {"status": 429, "body": {…}, "headers": {…}}   this answer instead of the service's own, for one request
    {"do": "drop"} {"do": "hang"} {"do": "cut"}    taken, and then no answer, or half of one
    {"do": "html"} {"do": "nested"}                a page, or 100,000 brackets

Each such line is answered by a line `told`. Prints `port N` when it listens, and stops when its standard input closes.
"""

import argparse
import base64
import hashlib
import hmac
import json
import os
import sys
import threading
import time
import urllib.parse
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler

from http_server import Server, certificate


class Refused(Exception):
    """What the service answers to a request that it does not take."""

    def __init__(self, why, status=200, body=None):
        super().__init__(why)
        self.status, self.body = status, body or {}


class Request:
    def __init__(self, method, path, headers, body):
        self.method, self.headers, self.body = method, headers, body
        url = urllib.parse.urlsplit(path)
        self.path = url.path
        self.query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True, strict_parsing=bool(url.query)))

    def json(self):
        return json.loads(self.body)

    def form(self):
        return dict(urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True))


class Provider:
    """What one service takes. `take` returns the id of the message and the answer's body, or raises Refused."""

    # Whether it takes a message with a known id once, and answers a repeat as if it had taken it.
    recognises = False

    def __init__(self, options):
        self.options = options

    @property
    def now(self):
        return self.options.get("now") or time.time()

    def require(self, holds, why, status=200, body=None):
        if not holds:
            raise Refused(why, status, body)


class Webhook(Provider):
    """Standard Webhooks: the signature by the specification's own package; an id is taken once."""

    recognises = True

    def take(self, request):
        from standardwebhooks import Webhook as Verifier

        headers = request.headers
        self.require(request.method == "POST", "not a POST", 405)
        self.require(headers.get("content-type") == "application/json", "not JSON", 415)
        moment = datetime.fromtimestamp(int(headers["webhook-timestamp"]), timezone.utc)
        self.require(abs(moment.timestamp() - self.now) <= 300, "the timestamp is too old or too new", 400)
        wanted = [Verifier(secret).sign(headers["webhook-id"], moment, request.body.decode())
                  for secret in self.options["secrets"]]
        given = headers["webhook-signature"].split(" ")
        self.require(set(wanted) & set(given), "no matching signature", 401)
        body = request.json()
        self.require(body["type"] == "customer.reminder.due", "an unknown type", 400)
        datetime.fromisoformat(body["timestamp"].replace("Z", "+00:00"))
        data = body["data"]
        self.require(data["id"] == headers["webhook-id"], "another id in the body", 400)
        for key in ("rule", "class", "customer", "to", "subject", "text"):
            self.require(key in data, "no " + key, 400)
        return headers["webhook-id"], {"ok": True}


class WeComRobot(Provider):
    def take(self, request):
        self.require(request.path == "/cgi-bin/webhook/send", "another path", 404)
        self.require(request.query == {"key": self.options["key"]}, "invalid key",
                     body={"errcode": 93000, "errmsg": "invalid webhook url"})
        body = request.json()
        self.require(set(body) == {"msgtype", "text"} and body["msgtype"] == "text", "another form",
                     body={"errcode": 40008, "errmsg": "invalid message type"})
        content = body["text"]["content"]
        self.require(0 < len(content.encode()) <= 2048, "too long",
                     body={"errcode": 40058, "errmsg": "content size out of limit"})
        return content, {"errcode": 0, "errmsg": "ok"}


class DingTalkRobot(Provider):
    def take(self, request):
        wrong = {"errcode": 310000, "errmsg": "sign not match"}
        self.require(request.path == "/robot/send", "another path", 404)
        self.require(request.query.get("access_token") == self.options["token"], "unknown token",
                     body={"errcode": 300005, "errmsg": "token is not exist"})
        if "secret" in self.options:
            secret, stamp = self.options["secret"], request.query["timestamp"]
            self.require(abs(int(stamp) / 1000 - self.now) < 3600, "the timestamp is an hour wrong", body=wrong)
            digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
            self.require(request.query["sign"] == base64.b64encode(digest).decode(), "a wrong signature", body=wrong)
        body = request.json()
        self.require(body["msgtype"] == "text" and len(request.body) <= 20_000 + 100, "another form",
                     body={"errcode": 400105, "errmsg": "unsupported msgtype"})
        return body["text"]["content"], {"errcode": 0, "errmsg": "ok"}


class FeishuRobot(Provider):
    def take(self, request):
        wrong = {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"}
        self.require(request.path == "/open-apis/bot/v2/hook/" + self.options["token"], "unknown token",
                     body={"code": 19001, "msg": "param invalid: incoming webhook access token invalid"})
        self.require(len(request.body) <= 20 * 1024, "too long", body={"code": 9499, "msg": "Bad Request"})
        body = request.json()
        if "secret" in self.options:
            stamp = body["timestamp"]
            self.require(abs(int(stamp) - self.now) < 3600, "the timestamp is an hour wrong", body=wrong)
            key = f"{stamp}\n{self.options['secret']}".encode()
            digest = hmac.new(key, b"", hashlib.sha256).digest()
            self.require(body["sign"] == base64.b64encode(digest).decode(), "a wrong signature", body=wrong)
        self.require(body["msg_type"] == "text", "another form", body={"code": 9499, "msg": "Bad Request"})
        return body["content"]["text"], {"code": 0, "msg": "success", "data": {}}


PROVIDERS = {
    "webhook": Webhook,
    "wecom-robot": WeComRobot,
    "dingtalk-robot": DingTalkRobot,
    "feishu-robot": FeishuRobot,
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    lock = threading.Lock()
    orders = []
    known = set()

    def log_message(self, *_):
        pass

    def handle_request(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        fault = taken = None
        status, answer, more = 200, {}, {}
        with Handler.lock:
            try:
                taken, answer = Handler.provider.take(Request(self.command, self.path, headers, body))
            except Refused as refused:
                fault, status, answer = str(refused), refused.status, refused.body
            except Exception as error:
                fault, status, answer = f"{type(error).__name__}: {error}", 400, {"fault": str(error)}
            repeated = None
            if taken is not None and Handler.provider.recognises and taken in Handler.known:
                taken, repeated = None, taken
            order = {}
            if fault is None and Handler.orders:
                order = Handler.orders.pop(0)
                if "status" in order or "body" in order:
                    taken = order.get("taken")
                status, answer = order.get("status", status), order.get("body", answer)
                more = order.get("headers", {})
            if taken is not None:
                Handler.known.add(taken)
            line = {"method": self.command, "path": self.path, "headers": headers,
                    "body": body.decode("utf-8", "replace"), "connection": 0, "fault": fault, "taken": taken,
                    "repeated": repeated}
            Handler.log.write(json.dumps(line) + "\n")
            Handler.log.flush()
        self.answer(status, answer, more, order.get("do"))

    def answer(self, status, answer, more, what):
        text = (answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)).encode()
        kind, length = "application/json; charset=utf-8", None
        if what == "hang":
            print("hangs", flush=True)
            threading.Event().wait()
        if what == "drop":
            self.close_connection = True
            self.connection.close()
            return
        if what == "cut":
            length = len(text) + 100
            self.close_connection = True
        if what == "html":
            text, kind = b"<html><body>Please log in</body></html>", "text/html"
        if what == "nested":
            text = b"[" * 100_000
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text) if length is None else length))
        for name, value in more.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(text)
        except OSError:
            self.close_connection = True

    do_GET = do_POST = do_PUT = handle_request


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--log", required=True)
    parser.add_argument("--folder", default=".")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls")
    parser.add_argument("--provider", choices=PROVIDERS, required=True)
    parser.add_argument("--options", default="{}")
    arguments = parser.parse_args()
    Handler.provider = PROVIDERS[arguments.provider](json.loads(arguments.options))
    Handler.log = open(arguments.log, "a", encoding="utf-8")
    server = Server(("127.0.0.1", arguments.port), Handler)
    if arguments.tls:
        server.socket = certificate(arguments.folder, arguments.tls).wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False)
    print("port", server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for line in sys.stdin:
        with Handler.lock:
            Handler.orders.append(json.loads(line))
        print("told", flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
