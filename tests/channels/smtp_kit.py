"""A mail server that answers line by line as a script says: every ugly reply, on a real socket."""

import socket
import threading
from contextlib import contextmanager

GOOD = {
    "connect": b"220 hi\r\n",
    "ehlo": b"250 hi\r\n",
    "mail": b"250 2.1.0 ok\r\n",
    "rcpt": b"250 2.1.5 ok\r\n",
    "data": b"354 go on\r\n",
    "dot": b"250 2.0.0 queued as A1\r\n",
    "rset": b"250 ok\r\n",
    "quit": b"221 bye\r\n",
}


class Script:
    """`answers`: phase (connect, ehlo, mail, rcpt, data, dot, quit, rset) to reply bytes, `None` = hang up.

    A list is used up one by one, its last stays. Everything received is kept in `seen`, bodies in `bodies`.
    """

    def __init__(self, **answers):
        self.answers = {
            phase: [reply] if not isinstance(reply, list) else list(reply) for phase, reply in (GOOD | answers).items()
        }
        self.seen, self.bodies, self.connections = [], [], 0

    def reply(self, phase):
        replies = self.answers[phase]
        return replies.pop(0) if len(replies) > 1 else replies[0]


@contextmanager
def scripted(**answers):
    """A server on loopback; gives (port, script)."""
    script = Script(**answers)
    door = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=_serve, args=(door, script), daemon=True)
    thread.start()
    try:
        yield door.getsockname()[1], script
    finally:
        door.shutdown(socket.SHUT_RDWR)
        door.close()
        thread.join(5)


def _serve(door, script):
    while True:
        try:
            talk, _ = door.accept()
        except OSError:
            return
        script.connections += 1
        with talk:
            try:
                _talk(talk, script)
            except (ConnectionError, _HangUp):
                continue


class _HangUp(Exception):
    pass


def _say(talk, script, phase):
    reply = script.reply(phase)
    if reply is None:
        raise _HangUp
    talk.sendall(reply)
    return reply


def _talk(talk, script):
    lines = talk.makefile("rb")
    _say(talk, script, "connect")
    while line := lines.readline():
        script.seen.append(line)
        phase = line.split(b" ")[0].split(b":")[0].strip().lower().decode()
        phase = {"helo": "ehlo"}.get(phase, phase)
        if _say(talk, script, phase)[:3] == b"354":
            body = b""
            if script.answers.get("cut"):
                raise _HangUp
            while not body.endswith(b"\r\n.\r\n"):
                body += lines.readline()
            script.bodies.append(body)
            _say(talk, script, "dot")
        if phase == "quit":
            return
