"""Stand-ins for the services that Kindly's channels send to, which check what the real ones check.

Started with `--provider NAME --options JSON`; the options hold what the service knows of its customer (keys, secrets)
and `now`, the time in seconds that its clock shows. A request that the real service would refuse is refused in its
words, and the JSON line of the request in --log tells the `fault`; the signatures are computed by the vendors' own
packages where there are some. A message that was taken has `taken`, the id or text by which tests know it.

Lines on standard input tell what becomes of the next requests:

    {"status": 429, "body": {…}, "headers": {…}}   this answer instead of the service's own, for one request
    {"do": "drop"} {"do": "hang"} {"do": "cut"}    taken, and then no answer, or half of one
    {"do": "html"} {"do": "nested"}                a page, or 100,000 brackets
    {"token": {…}}                                 any of these for a request for an access token or a list
    {"do": "expire"}                               the access token that was given out is not valid any more

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
from email.utils import format_datetime, parsedate_to_datetime
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
    # The status of the answer to a message that was taken.
    accepted = 200

    def __init__(self, options):
        self.options = options
        self.known = set()

    @property
    def now(self):
        return self.options.get("now") or time.time()

    def took(self):
        """The message that `take` has just checked was taken, whatever became of the answer."""

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


class AliyunSMS(Provider):
    """SendSms of 2017-05-25; the signature is computed by alibabacloud-openapi-util."""

    nonces = set()

    def take(self, request):
        from alibabacloud_openapi_util.client import Client

        headers, query = request.headers, request.query
        wrong = {"Code": "SignatureDoesNotMatch", "Message": "not matched", "RequestId": "r"}
        given = dict(part.split("=", 1) for part in headers["authorization"].split(" ", 1)[1].split(","))
        names = given["SignedHeaders"].split(";")
        demanded = {"host"} | {name for name in headers if name.startswith("x-acs-") or name == "content-type"}
        self.require(set(names) == demanded and names == sorted(names), "headers that are not signed", 400, wrong)
        call = type("Call", (), {})()
        call.method, call.pathname, call.query = request.method, request.path, query
        call.headers = {name: headers[name] for name in names}
        body_hash = hashlib.sha256(request.body).hexdigest()
        self.require(headers["x-acs-content-sha256"] == body_hash, "another body", 400, wrong)
        wanted = Client.get_authorization(
            call, "ACS3-HMAC-SHA256", body_hash, self.options["key"], self.options["secret"])
        self.require(headers["authorization"] == wanted, "a wrong signature", 400, wrong)
        moment = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
        self.require(abs(moment.timestamp() - self.now) <= 900, "the time is wrong", 400,
                     {"Code": "InvalidTimeStamp.Expired", "Message": "expired"})
        nonce = headers["x-acs-signature-nonce"]
        self.require(nonce not in self.nonces, "a nonce that was used", 400,
                     {"Code": "SignatureNonceUsed", "Message": "used"})
        self.nonces.add(nonce)
        self.require(headers["x-acs-action"] == "SendSms" and headers["x-acs-version"] == "2017-05-25",
                     "another action", 404, {"Code": "InvalidAction.NotFound", "Message": "?"})
        self.require(set(query) <= {"PhoneNumbers", "SignName", "TemplateCode", "TemplateParam", "OutId"},
                     "an unknown parameter", 400)
        self.require(query["PhoneNumbers"].isdigit(), "no number",
                     body={"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": "number"})
        self.require(query["SignName"] == self.options["sign"], "another sign",
                     body={"Code": "isv.SMS_SIGNATURE_ILLEGAL", "Message": "sign"})
        parameters = json.loads(query.get("TemplateParam", "{}"))
        self.require(all(isinstance(value, str) for value in parameters.values()), "a value that is no string",
                     body={"Code": "isv.INVALID_JSON_PARAM", "Message": "json"})
        return query["OutId"], {"Message": "OK", "RequestId": "r", "Code": "OK", "BizId": "9006^0"}


class TencentSMS(Provider):
    """SendSms of 2021-01-11; the signature is computed by tencentcloud-sdk-python-common."""

    def take(self, request):
        from tencentcloud.common.abstract_client import AbstractClient

        def error(code):
            return {"Response": {"Error": {"Code": code, "Message": "said"}, "RequestId": "r"}}

        headers = request.headers
        call = type("Call", (), {})()
        call.method, call.uri, call.data = request.method, request.path, request.body
        call.header = {"Content-Type": headers["content-type"], "Host": headers["host"],
                       "X-TC-Timestamp": headers["x-tc-timestamp"]}
        date = datetime.fromtimestamp(int(headers["x-tc-timestamp"]), timezone.utc).strftime("%Y-%m-%d")
        signature = AbstractClient._get_tc3_signature(None, {}, call, date, "sms", self.options["secret"])
        wanted = (f"TC3-HMAC-SHA256 Credential={self.options['key']}/{date}/sms/tc3_request, "
                  f"SignedHeaders=content-type;host, Signature={signature}")
        self.require(headers["authorization"] == wanted, "a wrong signature",
                     body=error("AuthFailure.SignatureFailure"))
        self.require(abs(int(headers["x-tc-timestamp"]) - self.now) <= 300, "the time is wrong",
                     body=error("AuthFailure.SignatureExpire"))
        self.require((headers["x-tc-action"], headers["x-tc-version"]) == ("SendSms", "2021-01-11"),
                     "another action", body=error("InvalidAction"))
        self.require(headers["x-tc-region"] == "ap-guangzhou", "another region", body=error("UnsupportedRegion"))
        body = request.json()
        self.require(set(body) <= {"PhoneNumberSet", "SmsSdkAppId", "SignName", "TemplateId", "TemplateParamSet",
                                   "SessionContext"}, "an unknown parameter", body=error("UnknownParameter"))
        numbers = body["PhoneNumberSet"]
        self.require(len(numbers) == 1 and numbers[0][0] == "+" and numbers[0][1:].isdigit(), "no number",
                     body=error("InvalidParameterValue.IncorrectPhoneNumber"))
        self.require(body["SmsSdkAppId"] == self.options["app"], "another app",
                     body=error("InvalidParameterValue.SdkAppIdNotExist"))
        self.require(all(isinstance(value, str) for value in body["TemplateParamSet"]), "a value that is no string",
                     body=error("InvalidParameter"))
        self.require(len(body["SessionContext"].encode()) <= 512, "too long a context", body=error("InvalidParameter"))
        status = {"SerialNo": "2019", "PhoneNumber": numbers[0], "Fee": 1, "Code": "Ok", "IsoCode": "CN",
                  "SessionContext": body["SessionContext"], "Message": "send success"}
        return body["SessionContext"], {"Response": {"SendStatusSet": [status], "RequestId": "r"}}


class Twilio(Provider):
    """Messages, and the list of them: newest first, filtered by number and by the date of sending, in pages."""

    def __init__(self, options):
        super().__init__(options)
        self.messages = []
        self.checked = None

    def take(self, request):
        def error(code, status):
            return {"code": code, "message": "said", "more_info": "https://example.com", "status": status}

        account = self.options["account"]
        login = base64.b64encode(f"{account}:{self.options['token']}".encode()).decode()
        self.require(request.headers.get("authorization") == "Basic " + login, "not logged in", 401,
                     error(20003, 401))
        self.require(request.path == f"/2010-04-01/Accounts/{account}/Messages.json", "another path", 404,
                     error(20404, 404))
        if request.method == "GET":
            return None, self.list(request.path, request.query, error)
        form = request.form()
        self.require(set(form) <= {"To", "Body", "From", "MessagingServiceSid", "ValidityPeriod", "StatusCallback"},
                     "an unknown field", 400, error(20001, 400))
        self.require(form["To"][0] == "+" and form["To"][1:].isdigit(), "no number", 400, error(21211, 400))
        self.require(("From" in form) != ("MessagingServiceSid" in form), "no sender", 400, error(21603, 400))
        self.require(0 < len(form["Body"]) <= 1600, "too long", 400, error(21617, 400))
        if "ValidityPeriod" in form:
            self.require(1 <= int(form["ValidityPeriod"]) <= 36000, "a validity out of range", 400, error(20001, 400))
        moment = format_datetime(datetime.fromtimestamp(int(self.now), timezone.utc))
        self.checked = {
            "sid": f"SM{len(self.messages) + 1:032x}", "to": form["To"], "from": form.get("From"),
            "messaging_service_sid": form.get("MessagingServiceSid"), "body": form["Body"], "status": "queued",
            "direction": "outbound-api", "error_code": None, "date_created": moment, "date_sent": None}
        return form["Body"], self.checked

    def took(self):
        self.messages.insert(0, self.checked | {"status": "sent", "date_sent": self.checked["date_created"]})

    def list(self, path, query, error):
        self.require(set(query) <= {"To", "From", "DateSent", "DateSent<", "DateSent>", "PageSize", "Page", "PageToken"},
                     "an unknown filter", 400, error(20001, 400))

        def holds(message):
            sent = parsedate_to_datetime(message["date_sent"]).strftime("%Y-%m-%d")
            return (query.get("To", message["to"]) == message["to"] and query.get("From", message["from"]) == message["from"]
                    and query.get("DateSent", sent) == sent and query.get("DateSent>", sent) <= sent
                    and query.get("DateSent<", sent) >= sent)

        size, page = int(query.get("PageSize", 50)), int(query.get("Page", 0))
        self.require(1 <= size <= 1000, "a page out of range", 400, error(20001, 400))
        found = [message for message in self.messages if holds(message)]
        end = (page + 1) * size
        more = None
        if end < len(found):
            more = path + "?" + urllib.parse.urlencode(query | {"Page": page + 1, "PageToken": "PA" + found[end - 1]["sid"]})
        return {"messages": found[page * size:end], "page": page, "page_size": size, "next_page_uri": more}

    accepted = 201


class WeChat(Provider):
    """Template messages and the stable token; the same client_msg_id is refused."""

    tokens = 0
    path = "/cgi-bin/message/template/send"
    recognises = False
    limits = {"thing": 20, "number": 32, "letter": 32, "symbol": 5, "character_string": 32, "phrase": 5,
              "phone_number": 17, "car_number": 8}

    @property
    def token(self):
        return f"TOKEN_{self.tokens}"

    def take(self, request):
        if request.path == "/cgi-bin/stable_token":
            return None, self.stable_token(request.json())
        self.require(request.path == self.path, "another path", 404)
        self.require(request.query.get("access_token") == self.token, "an old token",
                     body={"errcode": 42001 if self.tokens else 41001, "errmsg": "access_token expired"})
        body = request.json()
        self.check(body)
        for name, field in body["data"].items():
            limit = self.limits.get(name.rstrip("0123456789"), 20)
            self.require(0 < len(field["value"]) <= limit and "\n" not in field["value"], "a field out of range",
                         body={"errcode": 47003, "errmsg": f"argument invalid! data.{name}.value is invalid"})
        return self.identity(body), {"errcode": 0, "errmsg": "ok", "msgid": 200228332}

    def stable_token(self, body):
        self.require(body["grant_type"] == "client_credential" and body["appid"] == self.options["app"],
                     "another app", body={"errcode": 40013, "errmsg": "invalid appid"})
        self.require(body["secret"] == self.options["secret"], "a wrong secret",
                     body={"errcode": 40125, "errmsg": "invalid appsecret"})
        if body["force_refresh"] or not self.tokens:
            type(self).tokens += 1
        return {"access_token": self.token, "expires_in": 7200}

    def expire(self):
        type(self).tokens += 1

    def check(self, body):
        self.require(set(body) <= {"touser", "template_id", "url", "miniprogram", "client_msg_id", "data"},
                     "an unknown field", body={"errcode": 47001, "errmsg": "data format error"})
        self.require(body["client_msg_id"] not in self.known, "a repeat",
                     body={"errcode": 40241, "errmsg": "duplicate in 60 seconds"})
        self.known.add(body["client_msg_id"])

    def identity(self, body):
        return body["client_msg_id"]


class WeChatSubscribe(WeChat):
    path = "/cgi-bin/message/subscribe/send"

    def check(self, body):
        self.require(set(body) <= {"touser", "template_id", "page", "miniprogram_state", "lang", "data"},
                     "an unknown field", body={"errcode": 47001, "errmsg": "data format error"})
        self.require(body["miniprogram_state"] in ("formal", "trial", "developer"), "an unknown state", 400)
        self.require(body["lang"] in ("zh_CN", "en_US", "zh_HK", "zh_TW"), "an unknown language", 400)

    def identity(self, body):
        return json.dumps(body["data"], ensure_ascii=False, sort_keys=True)


class WeCom(Provider):
    """Application messages; the same JSON is dropped while its interval lasts."""

    tokens = 1
    recognises = True

    @property
    def token(self):
        return f"TOKEN_{self.tokens}"

    def expire(self):
        type(self).tokens += 1

    def take(self, request):
        if request.path == "/cgi-bin/gettoken":
            wanted = {"corpid": self.options["corp"], "corpsecret": self.options["secret"]}
            self.require(request.method == "GET" and request.query == wanted, "a wrong secret",
                         body={"errcode": 40001, "errmsg": "invalid credential"})
            return None, {"errcode": 0, "errmsg": "ok", "access_token": self.token, "expires_in": 7200}
        self.require(request.path == "/cgi-bin/message/send", "another path", 404)
        self.require(request.query == {"access_token": self.token}, "an old token",
                     body={"errcode": 42001, "errmsg": "access_token expired"})
        body = request.json()
        self.require(set(body) == {"touser", "msgtype", "agentid", "text", "enable_duplicate_check",
                                   "duplicate_check_interval"}, "an unknown field", body={"errcode": 40008})
        self.require(body["agentid"] == self.options["agent"], "another agent",
                     body={"errcode": 301002, "errmsg": "not allow operate another agent"})
        self.require(body["enable_duplicate_check"] == 1 and 0 < body["duplicate_check_interval"] <= 14400,
                     "no duplicate check", 400)
        self.require(0 < len(body["text"]["content"].encode()) <= 2048, "too long", body={"errcode": 40058})
        known = self.options.get("members")
        unknown = [user for user in body["touser"].split("|") if known and user not in known]
        self.require(not unknown, "an unknown member",
                     body={"errcode": 81013, "errmsg": "user & party & tag all invalid"})
        return request.body.decode(), {"errcode": 0, "errmsg": "ok", "invaliduser": "", "msgid": "m1"}


class Ntfy(Provider):
    def take(self, request):
        self.require(request.headers.get("authorization") == "Bearer tk_0", "forbidden", 403,
                     {"code": 40301, "http": 403, "error": "forbidden"})
        body = request.json()
        self.require(body["topic"].replace("-", "").replace("_", "").isalnum(), "no topic", 400,
                     {"code": 40009, "http": 400, "error": "invalid request: topic invalid"})
        self.require(set(body) <= {"topic", "title", "message", "priority", "tags", "click"}, "another field", 400)
        return body["title"] + ": " + body["message"], {"id": "n1", "event": "message"}


class Gotify(Provider):
    def take(self, request):
        self.require(request.path == "/message" and request.headers.get("x-gotify-key") == "tk_0", "no token", 401,
                     {"error": "Unauthorized", "errorCode": 401, "errorDescription": "you need to provide a valid token"})
        body = request.json()
        self.require(body["message"] and isinstance(body["priority"], int), "no message", 400)
        return body["title"] + ": " + body["message"], {"id": 25, "appid": 5, "message": body["message"]}


class Bark(Provider):
    def take(self, request):
        body = request.json()
        self.require(request.path == "/push" and body["device_key"] == "dev-1", "an unknown device", 400,
                     {"code": 400, "message": "failed to get device token", "timestamp": 1})
        return body["title"] + ": " + body["body"], {"code": 200, "message": "success", "timestamp": 1}


class Slack(Provider):
    def take(self, request):
        self.require(request.path == "/services/tk_0/tk_0/tk_0", "no service", 404, "no_service")
        return request.json()["text"], "ok"


class Telegram(Provider):
    def take(self, request):
        self.require(request.path == "/bottk_0/sendMessage", "another token", 401,
                     {"ok": False, "error_code": 401, "description": "Unauthorized"})
        body = request.json()
        self.require(body["chat_id"] != "blocked", "blocked", 403,
                     {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"})
        return body["text"], {"ok": True, "result": {"message_id": 1}}


class Voice(Provider):
    def take(self, request):
        self.require(request.path == "/tts/3/single" and request.headers.get("authorization") == "App tk_0",
                     "no login", 401, {"requestError": {"serviceException": {"messageId": "UNAUTHORIZED"}}})
        body = request.json()
        group = "PENDING" if body["to"].lstrip("+").isdigit() else "REJECTED"
        taken = body["text"] if group == "PENDING" else None
        return taken, {"messages": [{"to": body["to"], "messageId": "m", "status": {"groupName": group}}]}


PROVIDERS = {
    "ntfy": Ntfy,
    "gotify": Gotify,
    "bark": Bark,
    "slack": Slack,
    "telegram": Telegram,
    "voice": Voice,
    "wechat": WeChat,
    "wechat-subscribe": WeChatSubscribe,
    "wecom": WeCom,
    "aliyun-sms": AliyunSMS,
    "tencent-sms": TencentSMS,
    "twilio": Twilio,
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
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:
            # The client ended in the middle of its request, which is none.
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        fault = taken = None
        status, answer, more = Handler.provider.accepted, {}, {}
        with Handler.lock:
            try:
                taken, answer = Handler.provider.take(Request(self.command, self.path, headers, body))
                if taken is None:
                    status = 200
            except Refused as refused:
                fault, status, answer = str(refused), refused.status, refused.body
            except Exception as error:
                fault, status, answer = f"{type(error).__name__}: {error}", 400, {"fault": str(error)}
            repeated = None
            if taken is not None and Handler.provider.recognises and taken in Handler.known:
                taken, repeated = None, taken
            order = {}
            is_message = taken is not None or repeated is not None
            if fault is None and Handler.orders and ("token" in Handler.orders[0]) != is_message:
                order = Handler.orders.pop(0)
                order = order.get("token", order)
                if "status" in order or "body" in order:
                    taken = order.get("taken")
                status, answer = order.get("status", status), order.get("body", answer)
                more = order.get("headers", {})
            if taken is not None:
                Handler.known.add(taken)
                Handler.provider.took()
            line = {"method": self.command, "path": self.path, "headers": headers,
                    "body": body.decode("utf-8", "replace"), "connection": 0, "fault": fault, "taken": taken,
                    "repeated": repeated}
            Handler.log.write(json.dumps(line) + "\n")
            Handler.log.flush()
        # A slow service gives a test the time to end its client in between.
        time.sleep(Handler.delay)
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
    parser.add_argument("--delay", type=float, default=0, help="seconds before each answer")
    arguments = parser.parse_args()
    Handler.provider = PROVIDERS[arguments.provider](json.loads(arguments.options))
    Handler.log = open(arguments.log, "a", encoding="utf-8")
    Handler.delay = arguments.delay
    server = Server(("127.0.0.1", arguments.port), Handler)
    if arguments.tls:
        server.socket = certificate(arguments.folder, arguments.tls).wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False)
    print("port", server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for line in sys.stdin:
        order = json.loads(line)
        with Handler.lock:
            if order.get("do") == "expire":
                Handler.provider.expire()
            else:
                Handler.orders.append(order)
        print("told", flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
