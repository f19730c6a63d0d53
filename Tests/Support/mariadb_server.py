"""A MariaDB server of its own for tests, from Debian's package, in a temporary folder.

Prints `ready FOLDER PORT` when it answers: on the Unix socket FOLDER/mysqld.sock and on 127.0.0.1, with TLS whose
certificate is FOLDER/server.crt for `localhost`. The user `kindly` (password `open sesame`) may only log in; `root` may do
everything, from the socket and without a password. With a number as its argument it keeps a binary log under that number,
and may take part in replication. Lines on its standard input stop and start the server, each answered by
a line: `stop`, `start`. When the input is closed, the server is stopped and the folder removed, so it ends with the test
process however that ends.

The server should not run as root; then everything is run as Debian's user mysql. Texts compare without regard to case, as
Debian has them, so that nobody's order is that of bytes by chance.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time

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
max-connections = 500
event_scheduler = ON
"""

ROLES = """
CREATE USER kindly@localhost IDENTIFIED BY 'open sesame';
CREATE USER kindly@'127.0.0.1' IDENTIFIED BY 'open sesame';
GRANT PROCESS ON *.* TO kindly@localhost, kindly@'127.0.0.1';
"""

# How often a server that starts is asked whether it answers, and for how long.
PAUSE, PATIENCE = 0.05, 60


class Server:
    def __init__(self, number=None):
        self.number = number
        self.program = shutil.which("mariadbd", path="/usr/sbin:/usr/bin")
        if not self.program:
            sys.exit("MariaDB is not installed; run scripts/setup tests")
        self.user = pwd.getpwnam("mysql") if os.geteuid() == 0 else None
        self.folder = tempfile.mkdtemp(prefix="kindly-mariadb-")
        self.port = free_port()
        self.process = None

    @property
    def identity(self):
        if not self.user:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def run(self, *command, text=""):
        done = subprocess.run(command, input=text, capture_output=True, encoding="utf-8", errors="replace",
                              cwd=self.folder, **self.identity)
        if done.returncode != 0:
            sys.exit(f"{command[0]} failed:\n{done.stdout}{done.stderr}")

    def make(self):
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                 "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                 "-keyout", self.folder + "/server.key", "-out", self.folder + "/server.crt")
        with open(self.settings, "w", encoding="utf-8") as settings:
            settings.write(SETTINGS.format(port=self.port, folder=self.folder))
            if self.number:
                settings.write(f"server-id = {self.number}\nlog-bin = binlog\n")
        os.chmod(self.settings, 0o644)
        self.run("mariadb-install-db", "--defaults-file=" + self.settings, "--skip-test-db",
                 "--auth-root-authentication-method=normal")
        self.start()
        self.run("mariadb", "--no-defaults", "--socket", self.socket, "--user", "root", text=ROLES)

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

    def stop(self):
        self.process.terminate()
        self.process.wait()

    @property
    def settings(self):
        return self.folder + "/server.cnf"

    @property
    def socket(self):
        return self.folder + "/mysqld.sock"

    def remove(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    server = Server(*sys.argv[1:])
    try:
        server.make()
        print(f"ready {server.folder} {server.port}", flush=True)
        for line in sys.stdin:
            if line.strip() == "stop":
                server.stop()
                print("stopped", flush=True)
            elif line.strip() == "start":
                server.start()
                print("started", flush=True)
    finally:
        server.remove()


main()
