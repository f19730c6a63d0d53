"""Debian's Dovecot with one mailbox of its own on free loopback ports, until standard input closes.

Prints `ready FOLDER PORT TLS-PORT`. The user is care, the password open sesame. The mailbox is FOLDER/mail, a maildir:
a file put into `new` is a mail. Its folder Other is FOLDER/mail/.Other. The certificate is FOLDER/cert.pem. Standard
input takes lines:

  fill N    puts N short mails in, answers `filled`
  restart   restarts the server, which ends its connections, answers `restarted`
"""

import argparse
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from ports import free_port

parser = argparse.ArgumentParser()
parser.add_argument("--no-move", action="store_true", help="do not offer MOVE")
arguments = parser.parse_args()


binary = shutil.which("dovecot") or "/usr/sbin/dovecot"
if not os.path.exists(binary):
    sys.exit("no dovecot; run scripts/setup tests")

# Dovecot refuses to keep mail of root.
owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
server_user = "dovecot" if os.geteuid() == 0 else owner.pw_name
login_user = "dovenull" if os.geteuid() == 0 else owner.pw_name

folder = tempfile.mkdtemp(prefix="kindly-imap-")
os.chmod(folder, 0o755)
mail = os.path.join(folder, "mail")
boxes = [os.path.join(box, name) for box in (mail, os.path.join(mail, ".Other")) for name in ("", "new", "cur", "tmp")]
for path in (*boxes, os.path.join(folder, "home")):
    os.mkdir(path)
    os.chown(path, owner.pw_uid, owner.pw_gid)
subprocess.run(
    ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
     "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
     "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"],
    check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

with open(f"{folder}/users", "w") as file:
    file.write("care:{PLAIN}open sesame\n")

port, tls_port = free_port(), free_port()
capability = "imap_capability = IMAP4rev1 LITERAL+ UIDPLUS" if arguments.no_move else ""
with open(f"{folder}/dovecot.conf", "w") as file:
    file.write(f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{mail}
mail_max_userip_connections = 0
first_valid_uid = 1
default_internal_user = {server_user}
default_internal_group = {'dovecot' if os.geteuid() == 0 else ''}
default_login_user = {login_user}
namespace inbox {{
  inbox = yes
  mailbox Done {{
    auto = create
  }}
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={owner.pw_uid} gid={owner.pw_gid} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
protocol imap {{
  {capability}
}}
""")


def listens():
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return connection.recv(4) == b"* OK"
    except OSError:
        return False


def start():
    process = subprocess.Popen([binary, "-F", "-c", f"{folder}/dovecot.conf"], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=sys.stderr, start_new_session=True)
    while not listens():
        if process.poll() is not None:
            try:
                complaint = open(f"{folder}/log").read()
            except OSError:
                complaint = ""
            sys.exit(f"dovecot ended: {complaint}")
    return process


def stop(process):
    # Dovecot waits two minutes for its idle processes; they form a group of their own. Some die later than the first,
    # and a new server that finds their sockets answered gives up. A dead process that nobody has reaped does no harm.
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        process.poll()
        time.sleep(0.01)


server = start()
print(f"ready {folder} {port} {tls_port}", flush=True)
try:
    for line in sys.stdin:
        words = line.split()
        if words[:1] == ["fill"]:
            for number in range(int(words[1])):
                path = f"{mail}/new/{1_700_000_000 + number}.M{number}.test"
                with open(path, "w") as file:
                    file.write(f"From: a{number}@example.net\nSubject: Note {number}\n\nHello {number}\n")
                os.chown(path, owner.pw_uid, owner.pw_gid)
            print("filled", flush=True)
        elif words[:1] == ["restart"]:
            stop(server)
            server = start()
            print("restarted", flush=True)
finally:
    stop(server)
    shutil.rmtree(folder, ignore_errors=True)
