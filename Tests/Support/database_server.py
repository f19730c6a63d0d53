"""What the starters of database servers have in common: a server of its own for tests, in a temporary folder.

    postgres_server.py [--connections N] [--replica-of FOLDER PORT]
    mariadb_server.py [--connections N] [--server-id N]

It prints `ready FOLDER PORT` when it answers on its Unix socket in FOLDER and on 127.0.0.1, where it takes passwords and
speaks TLS; its certificate is FOLDER/server.crt, for `localhost`. The user `kindly` (password `open sesame`) may only log
in. Lines on its standard input are done and answered, each by a line:

    stop      stopped    the server is shut down as for maintenance
    start     started    … and comes back
    expire    expired    the certificate gives way to one whose time is over

When the input is closed, the server ends and the folder is removed, so it ends with the test process however that ends.

A server refuses to run as root; then everything is run as Debian's own user for it.
"""

import argparse
import os
import pwd
import shutil
import subprocess
import sys
import tempfile

from ports import free_port


class DatabaseServer:
    def __init__(self, name, user):
        self.options = self.parse()
        self.user = pwd.getpwnam(user) if os.geteuid() == 0 else None
        self.folder = tempfile.mkdtemp(prefix=f"kindly-{name}-")
        self.port = free_port()
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)

    @staticmethod
    def parse():
        parser = argparse.ArgumentParser()
        parser.add_argument("--connections", type=int, default=500, help="how many the server takes")
        parser.add_argument("--replica-of", nargs=2, metavar=("FOLDER", "PORT"), default=(),
                            help="another PostgreSQL cluster, of which this one is a copy")
        parser.add_argument("--server-id", type=int,
                            help="under which MariaDB keeps a binary log, to take part in replication")
        return parser.parse_args()

    @property
    def data(self):
        return self.folder + "/data"

    @property
    def identity(self):
        if not self.user:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def run(self, *command, text=""):
        # Into a file, because a server that is left running keeps its starter's output open.
        with open(self.folder + "/commands.log", "ab") as log:
            done = subprocess.run(command, input=text.encode(), stdout=log, stderr=log, cwd=self.folder,
                                  **self.identity)
        if done.returncode != 0:
            with open(log.name, encoding="utf-8", errors="replace") as log:
                sys.exit(f"{command[0]} failed:\n{log.read()}")

    def certify(self, days):
        """Makes a key and its certificate, whose time is over where `days` is negative."""
        key, request = self.folder + "/server.key", self.folder + "/server.csr"
        self.run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                 "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", request)
        self.run("openssl", "x509", "-req", "-in", request, "-signkey", key, "-days", str(days),
                 "-copy_extensions", "copy", "-out", self.folder + "/server.crt")

    def expire(self):
        self.certify(days=-1)
        self.reload()

    def serve(self):
        answers = {"stop": (self.stop, "stopped"), "start": (self.start, "started"),
                   "expire": (self.expire, "expired")}
        try:
            self.make()
            print(f"ready {self.folder} {self.port}", flush=True)
            for line in sys.stdin:
                action, answer = answers[line.strip()]
                action()
                print(answer, flush=True)
        finally:
            self.end()
            shutil.rmtree(self.folder)
