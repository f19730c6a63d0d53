"""A MariaDB server of its own for tests, from Debian's package; what it does is told in database_server.py.

Its socket is FOLDER/mysqld.sock, from which `root` may do everything, without a password. Texts compare without regard to
case, as Debian has them, so that nobody's order is that of bytes by chance.
"""

import os
import shutil
import socket
import subprocess
import sys
import time

from database_server import DatabaseServer

SETTINGS = """
[mariadbd]
datadir = {folder}/data
tmpdir = {folder}
socket = {folder}/mysqld.sock
pid-file = {folder}/mysqld.pid
log-error = {folder}/server.log
bind-address = 127.0.0.1
port = {port}
ssl-cert = {folder}/server.crt
ssl-key = {folder}/server.key
character-set-server = utf8mb4
collation-server = utf8mb4_general_ci
skip-name-resolve
innodb-buffer-pool-size = 64M
innodb-log-file-size = 32M
innodb-flush-log-at-trx-commit = 0
max-connections = {connections}
event_scheduler = ON
"""

ROLES = """
CREATE USER kindly@localhost IDENTIFIED BY 'open sesame';
CREATE USER kindly@'127.0.0.1' IDENTIFIED BY 'open sesame';
GRANT PROCESS ON *.* TO kindly@localhost, kindly@'127.0.0.1';
"""

# How often a server that starts is asked whether it answers, and for how long.
PAUSE, PATIENCE = 0.05, 60


class Server(DatabaseServer):
    def __init__(self):
        self.program = shutil.which("mariadbd", path="/usr/sbin:/usr/bin")
        if not self.program:
            sys.exit("MariaDB is not installed; run scripts/setup tests")
        super().__init__("mariadb", user="mysql")
        self.process = None

    @property
    def settings(self):
        return self.folder + "/server.cnf"

    @property
    def socket(self):
        return self.folder + "/mysqld.sock"

    def make(self):
        self.certify(days=2)
        with open(self.settings, "w", encoding="utf-8") as settings:
            settings.write(SETTINGS.format(port=self.port, folder=self.folder,
                                           connections=self.options.connections))
            if self.options.server_id:
                settings.write(f"server-id = {self.options.server_id}\nlog-bin = binlog\n")
        os.chmod(self.settings, 0o644)
        self.run("mariadb-install-db", "--defaults-file=" + self.settings, "--skip-test-db",
                 "--auth-root-authentication-method=normal")
        self.start()
        self.ask(ROLES)

    def ask(self, sql):
        self.run("mariadb", "--no-defaults", "--socket", self.socket, "--user", "root", text=sql)

    def start(self):
        self.process = subprocess.Popen([self.program, "--defaults-file=" + self.settings],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, cwd=self.folder, **self.identity)
        end = time.monotonic() + PATIENCE
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > end:
                with open(self.folder + "/server.log", encoding="utf-8", errors="replace") as log:
                    sys.exit(f"mariadbd did not start:\n{log.read()}")
            time.sleep(PAUSE)

    def answers(self):
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(self.socket)
                return bool(probe.recv(1))
            except OSError:
                return False

    def reload(self):
        self.ask("FLUSH SSL")

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


if __name__ == "__main__":
    Server().serve()
