"""Reads one message from standard input with Python's parser, and writes what it found as JSON.

Any defect that the parser notices, in a header or in the structure, ends it with an error and exit code 1; so does a
line over 998 bytes, one that is not ended by CRLF, a body line over 76, or a header line with an encoded word over 76.
"""

import base64
import email.header
import email.parser
import email.policy
import email.utils
import json
import re
import sys


def check_lines(raw):
    assert b"\n" not in raw.replace(b"\r\n", b""), "a bare LF"
    assert b"\r" not in raw.replace(b"\r\n", b""), "a bare CR"
    for line in raw.split(b"\r\n"):
        assert len(line) <= 998, "a line over 998 bytes"
    head, _, body = raw.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        if b"=?" in line:
            assert len(line) <= 76, f"a header line of {len(line)} bytes with an encoded word"
        for word in re.findall(rb"=\?[^ ]*\?=", line):
            assert len(word) <= 75, f"an encoded word of {len(word)} characters"
            word.decode("ascii")
    for line in body.split(b"\r\n"):
        is_long = line.startswith((b" boundary=", b"Content-Type: application/vnd."))
        assert len(line) <= 76 or is_long, f"a body line of {len(line)} bytes"


def addresses(header, source):
    """Names and addresses of a header field.

    The names are decoded by the older of Python's two decoders: the newer one of 3.11 keeps the space between two
    encoded words of a phrase, which RFC 2047, 6.2 says to ignore.
    """
    if header is None:
        return []
    found = []
    for name, address in email.utils.getaddresses([re.sub(r"\r\n", "", source)]):
        found.append([str(email.header.make_header(email.header.decode_header(name))), address])
    assert [a.addr_spec for a in header.addresses] == [address for _, address in found]
    return found


def part(message):
    assert not message.defects, message.defects
    if message.is_multipart():
        return {"type": message.get_content_type(), "parts": [part(p) for p in message.iter_parts()]}
    found = {"type": message.get_content_type(), "cid": message["Content-ID"]}
    if message.is_attachment():
        raw = message.get_payload(decode=True)
        found |= {"name": message.get_filename(), "plain_name": message["Content-Type"].params["name"]}
        content = base64.b64encode(raw).decode("ascii") if len(raw) <= 10_000 else None
        return found | {"bytes": len(raw), "content": content}
    content = message.get_content()
    if isinstance(content, bytes):
        found["bytes"] = len(content)
    else:
        found["text"] = content.replace("\r\n", "\n")
    return found


def main():
    raw = sys.stdin.buffer.read()
    check_lines(raw)
    policy = email.policy.SMTPUTF8.clone(raise_on_defect=True)
    message = email.parser.BytesParser(policy=policy).parsebytes(raw)
    for name, value in message.items():
        assert not value.defects, (name, value.defects)
    old = email.parser.BytesParser(policy=email.policy.compat32.clone(linesep="\r\n")).parsebytes(raw)
    result = {
        "names": [name for name, _ in message.items()],
        "subject": str(message["Subject"]),
        "from": addresses(message["From"], old["From"]),
        "reply_to": addresses(message["Reply-To"], old["Reply-To"]),
        "to": addresses(message["To"], old["To"]),
        "date": message["Date"].datetime.isoformat(),
        "message_id": str(message["Message-ID"]),
        "auto_submitted": str(message["Auto-Submitted"]),
        "suppress": str(message["X-Auto-Response-Suppress"]),
        "id": str(message["X-Kindly-Id"]),
        "body": part(message),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
