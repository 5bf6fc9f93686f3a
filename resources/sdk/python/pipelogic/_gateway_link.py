"""The component's line to the gateway. It never gives up: the gateway may come later, and may be replaced."""

import json
import socket
import sys
import threading
import time

_REDIAL_S = 0.03
_REFUSED_REDIAL_S = 0.25
_COMPLAIN_AFTER_S = 5


class GatewayLink:
    def __init__(self, address, register, handlers):
        host, _, port = address.rpartition(":")
        self._address = (host, int(port))
        self._register = register
        self._handlers = handlers
        self._lock = threading.Lock()
        self._socket = None
        self._refused_since = None
        self._complained = False
        threading.Thread(target=self._keep, daemon=True).start()

    def ready(self):
        self._send({"type": "ready"})

    def _send(self, message, sock=None):
        """With ``sock``: unless the gateway on that line has gone. An answer is for whoever asked."""
        with self._lock:
            if self._socket and sock in (None, self._socket):
                try:
                    self._socket.sendall(json.dumps(message).encode() + b"\n")
                except OSError:
                    pass

    def _keep(self):
        while True:
            pause = _REDIAL_S
            try:
                with socket.create_connection(self._address, timeout=10) as sock:
                    sock.settimeout(None)
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                    with self._lock:
                        self._socket = sock
                    self._send(self._register)
                    for line in sock.makefile("rb"):
                        message = json.loads(line)
                        if message["type"] == "refused":
                            pause = _REFUSED_REDIAL_S
                            self._refused(message["reason"])
                        elif message["type"] in self._handlers:
                            self._refused_since = None
                            self._handlers[message["type"]](message, lambda answer, sock=sock: self._send(answer, sock))
            except OSError:
                pass
            with self._lock:
                self._socket = None
            time.sleep(pause)

    def _refused(self, reason):
        """A gateway that has just restarted refuses everyone until its host has told it who we are: no word on that."""
        now = time.monotonic()
        self._refused_since = self._refused_since or now
        if now - self._refused_since > _COMPLAIN_AFTER_S and not self._complained:
            self._complained = True
            print(f"pipelogic: the gateway refuses this component: {reason}", file=sys.stderr, flush=True)
