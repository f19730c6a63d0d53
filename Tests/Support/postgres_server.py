"""A PostgreSQL cluster of its own for tests, from Debian's package; what it does is told in database_server.py.

Its socket asks for no password, and its role `postgres` may do everything. Texts sort by ICU's rules for English, so that
nobody's order is that of bytes by chance.
"""

import glob
import os
import sys

from database_server import DatabaseServer

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
max_connections = {connections}
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


class Cluster(DatabaseServer):
    def __init__(self):
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        if not programs:
            sys.exit("PostgreSQL is not installed; run scripts/setup tests")
        super().__init__("postgres", user="postgres")
        self.programs = programs[-1]

    def program(self, name, *arguments):
        self.run(os.path.join(self.programs, name), *arguments)

    def make(self):
        if self.options.replica_of:
            self.copy(*self.options.replica_of)
        else:
            self.create()

    def copy(self, folder, port):
        self.program("pg_basebackup", "--pgdata", self.data, "--host", folder, "--port", port,
                     "--username", "postgres", "--write-recovery-conf", "--checkpoint", "fast")
        self.certify(days=2)
        self.configure()
        self.start()

    def create(self):
        self.program("initdb", "--pgdata", self.data, "--username", "postgres", "--auth", "trust",
                     "--encoding", "UTF8", "--locale", "C.UTF-8", "--locale-provider", "icu",
                     "--icu-locale", "en", "--no-sync")
        self.certify(days=2)
        self.configure()
        with open(self.data + "/pg_hba.conf", "w", encoding="utf-8") as access:
            access.write(ACCESS)
        self.start()
        self.program("psql", "--host", self.folder, "--port", str(self.port), "--username", "postgres",
                     "--command", "CREATE ROLE kindly LOGIN PASSWORD 'open sesame'")

    def configure(self):
        # Of a setting that is written twice the last one holds.
        with open(self.data + "/postgresql.conf", "a", encoding="utf-8") as settings:
            settings.write(SETTINGS.format(port=self.port, folder=self.folder,
                                           connections=self.options.connections))

    def start(self):
        self.program("pg_ctl", "start", "--wait", "--timeout", PATIENCE, "--pgdata", self.data, "--log",
                     self.folder + "/server.log")

    def reload(self):
        self.program("pg_ctl", "reload", "--pgdata", self.data)

    def stop(self, mode="fast"):
        self.program("pg_ctl", "stop", "--wait", "--timeout", PATIENCE, "--pgdata", self.data,
                     "--mode", mode)

    def end(self):
        if os.path.exists(self.data + "/postmaster.pid"):
            self.stop("immediate")


if __name__ == "__main__":
    Cluster().serve()
