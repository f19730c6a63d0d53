"""A PostgreSQL cluster of its own for tests, from Debian's package, in a temporary folder.

Prints `ready FOLDER PORT` when it answers: on a Unix socket in FOLDER without passwords, and on 127.0.0.1 and ::1 with
them, with TLS whose certificate is FOLDER/server.crt for `localhost`. The role `kindly` (password `open sesame`) may
only log in. With the FOLDER and PORT of another such cluster as arguments it is a replica of that one. Lines on its standard input stop and start the server, each answered by a line: `stop`, `start`. When the
input is closed, the server is stopped and the folder removed, so it ends with the test process however that ends.

A server refuses to run as root; then everything is run as Debian's user postgres. Texts sort by ICU's rules for English,
so that nobody's order is that of bytes by chance.
"""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile

SETTINGS = """
listen_addresses = 'localhost'
port = {port}
unix_socket_directories = '{folder}'
ssl = on
ssl_cert_file = '{folder}/server.crt'
ssl_key_file = '{folder}/server.key'
fsync = off
synchronous_commit = off
autovacuum = off
max_connections = 500
max_prepared_transactions = 10
max_wal_size = 256MB
"""

# How many seconds a start or stop may take, on a machine that is busy with other tests.
PATIENCE = "600"

ACCESS = """
local all all trust
local replication all trust
host all all samehost scram-sha-256
"""


class Cluster:
    def __init__(self, primary=()):
        self.primary = primary
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not programs:
            sys.exit("PostgreSQL is not installed; run scripts/setup tests")
        self.programs = programs[-1]
        self.user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        self.folder = tempfile.mkdtemp(prefix="kindly-postgres-")
        self.port = free_port()

    def run(self, *command):
        identity = {}
        if self.user:
            identity = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        with open(os.path.join(self.folder, "commands.log"), "ab") as log:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                  cwd=self.folder, **identity)
        if done.returncode != 0:
            with open(log.name, encoding="utf-8", errors="replace") as log:
                sys.exit(f"{command[0]} failed:\n{log.read()}")

    def program(self, name, *arguments):
        self.run(os.path.join(self.programs, name), *arguments)

    def make(self):
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        if self.primary:
            self.copy(*self.primary)
        else:
            self.create()

    def copy(self, folder, port):
        self.program("pg_basebackup", "--pgdata", self.data, "--host", folder, "--port", port,
                     "--username", "postgres", "--write-recovery-conf", "--checkpoint", "fast")
        self.certify()
        self.configure()
        self.start()

    def create(self):
        self.program("initdb", "--pgdata", self.data, "--username", "postgres", "--auth", "trust",
                     "--encoding", "UTF8", "--locale", "C.UTF-8", "--locale-provider", "icu",
                     "--icu-locale", "en", "--no-sync")
        self.certify()
        self.configure()
        with open(self.data + "/pg_hba.conf", "w", encoding="utf-8") as access:
            access.write(ACCESS)
        self.start()
        self.program("psql", "--host", self.folder, "--port", str(self.port), "--username", "postgres",
                     "--command", "CREATE ROLE kindly LOGIN PASSWORD 'open sesame'")

    def certify(self):
        self.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                 "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                 "-keyout", self.folder + "/server.key", "-out", self.folder + "/server.crt")

    def configure(self):
        # Of a setting that is written twice the last one holds.
        with open(self.data + "/postgresql.conf", "a", encoding="utf-8") as settings:
            settings.write(SETTINGS.format(port=self.port, folder=self.folder))

    def start(self):
        self.program("pg_ctl", "start", "--wait", "--timeout", PATIENCE, "--pgdata", self.data, "--log",
                     self.folder + "/server.log")

    def stop(self):
        self.program("pg_ctl", "stop", "--wait", "--timeout", PATIENCE, "--pgdata", self.data,
                     "--mode", "fast")

    @property
    def data(self):
        return self.folder + "/data"

    def remove(self):
        if os.path.exists(self.data + "/postmaster.pid"):
            self.program("pg_ctl", "stop", "--wait", "--pgdata", self.data, "--mode", "immediate")
        shutil.rmtree(self.folder)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    cluster = Cluster(primary=sys.argv[1:])
    try:
        cluster.make()
        print(f"ready {cluster.folder} {cluster.port}", flush=True)
        for line in sys.stdin:
            if line.strip() == "stop":
                cluster.stop()
                print("stopped", flush=True)
            elif line.strip() == "start":
                cluster.start()
                print("started", flush=True)
    finally:
        cluster.remove()


main()
