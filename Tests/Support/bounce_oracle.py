"""Prints the mails of flufl.bounce's tests with what that package makes of them, one JSON object a line.

The mails are in the source package, which scripts/setup puts into .venv/sources.
"""

import base64
import glob
import json
import os
import sys
import tarfile
from email import message_from_bytes

from flufl.bounce import all_failures

sources = os.path.join(sys.prefix, "sources")
archives = glob.glob(os.path.join(sources, "flufl*bounce-*.tar.gz"))
if not archives:
    sys.exit(f"no source package of flufl.bounce in {sources}; run scripts/setup tests")
with tarfile.open(archives[0]) as archive:
    for member in sorted(archive.getmembers(), key=lambda member: member.name):
        if "/tests/data/" not in member.name or not member.name.endswith(".txt"):
            continue
        mail = archive.extractfile(member).read()
        temporary, permanent = all_failures(message_from_bytes(mail))
        print(json.dumps({
            "name": os.path.basename(member.name),
            "mail": base64.b64encode(mail).decode(),
            "temporary": sorted(address.decode() for address in temporary),
            "permanent": sorted(address.decode() for address in permanent),
        }))
