"""Edges: one TCP connection each. The consumer accepts, the producer dials.

A thread per incoming edge reads into an inbox of 16 messages a port and stops reading when it is full, which is what slows the
producer down: it is then held in ``sendall``.
"""

import collections
import hashlib
import hmac
import socket
import sys
import threading
import time

from ._frame import MAX_FRAME_BYTES, parts_of_json, read_frames

MAX_WAITING = 16
_MAX_HELLO_BYTES = 4 * 1024
_HELLO_WITHIN_S = 5
_REDIAL_S = 0.05
_QUIET_S = 1
_JOIN_BELOW_BYTES = 64 * 1024
_IOV_MAX = 512


class Inbox:
    """What waits at the input ports, in the order it arrived."""

    def __init__(self):
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._ports = []
        self._interrupted = False

    def open(self, ports):
        with self._lock:
            while len(self._ports) < ports:
                self._ports.append((collections.deque(), threading.Condition(self._lock)))

    def put(self, port, message):
        """Waits while the port is full."""
        messages, room = self._ports[port]
        with self._lock:
            while len(messages) >= MAX_WAITING:
                room.wait()
            messages.append(message)
            self._changed.notify()

    def interrupt(self):
        """Makes ``take`` return None, now or when it is called next."""
        with self._lock:
            self._interrupted = True
            self._changed.notify()

    def take(self):
        """One message of every port, as soon as each has one."""
        with self._lock:
            while not self._interrupted:
                if all(messages for messages, _ in self._ports):
                    return [self._take(*port) for port in self._ports]
                self._changed.wait()
            self._interrupted = False

    @staticmethod
    def _take(messages, room):
        room.notify()
        return messages.popleft()


class EdgesIn:
    def __init__(self, on_accepted):
        self._on_accepted = on_accepted
        self._known = threading.Event()
        self._lock = threading.Lock()
        self._edges = {}
        self.inbox = Inbox()

    def listen(self, port):
        server = socket.create_server(("0.0.0.0", port), backlog=128)
        threading.Thread(target=self._serve, args=(server,), daemon=True).start()
        return server.getsockname()[1]

    def expect(self, inputs):
        """``inputs``: of each port, its decoder and its edges."""
        with self._lock:
            self.inbox.open(len(inputs))
            for port, (decode, edges) in enumerate(inputs):
                for edge in edges:
                    known = self._edges.setdefault(edge["id"], {"port": port, "decode": decode, "connection": None})
                    known["token"] = _digest(edge["token"])
        self._known.set()

    @property
    def accepted(self):
        with self._lock:
            return all(edge["connection"] for edge in self._edges.values())

    def _serve(self, server):
        while True:
            sock, address = server.accept()
            threading.Thread(target=self._read, args=(sock, address), daemon=True).start()

    def _read(self, sock, address):
        # A producer may be faster than our own welcome.
        self._known.wait()
        edge = None
        connection = _Connection(sock)
        name = f"a connection from {address[0]}"
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(_HELLO_WITHIN_S)
            for document, attachments, size in read_frames(sock, lambda: MAX_FRAME_BYTES if edge else _MAX_HELLO_BYTES):
                if edge:
                    decode = edge["decode"]
                    value = document["value"]
                    value = decode(value, attachments) if decode else value
                    connection.waits = True
                    self.inbox.put(edge["port"], (value, document["message_ids"], size))
                    connection.waits = False
                    connection.taken += 1
                    continue
                edge, before = self._welcome(document, connection)
                name = f"edge {document['edge']}"
                sock.settimeout(None)
                self._on_accepted()
                if before:
                    connection.waits = True
                    before.finish()
                    connection.waits = False
        except (ConnectionError, TimeoutError):
            pass
        except Exception as error:
            print(f"pipelogic: closed {name}: {error}", file=sys.stderr, flush=True)
        finally:
            with self._lock:
                if edge and edge["connection"] is connection:
                    edge["connection"] = None
            sock.close()
            connection.over.set()

    def _welcome(self, hello, connection):
        """The edge, and the connection that its producer had before it was started again."""
        with self._lock:
            edge = self._edges.get(hello.get("edge"))
            if not edge or not hmac.compare_digest(edge["token"], _digest(str(hello.get("token")))):
                raise ValueError("unknown edge or token")
            before, edge["connection"] = edge["connection"], connection
            return edge, before


class _Connection:
    def __init__(self, sock):
        self.sock = sock
        self.over = threading.Event()
        # Messages that the inbox has taken, and whether the next must wait.
        self.taken = 0
        self.waits = False

    def finish(self):
        """Waits until what the producer said before it ended is in the inbox. A line that nothing comes out of any more,
        although there is room, was never closed: it is given up."""
        taken = -1
        while taken != self.taken or self.waits:
            taken = self.taken
            if self.over.wait(_QUIET_S):
                return
        _shut(self.sock)
        self.over.wait()


class EdgeOut:
    def __init__(self, plan, on_open):
        self.output = plan["output"]
        self._plan = plan
        self._on_open = on_open
        self._changed = threading.Condition()
        self._socket = None
        self._generation = 0
        self._dial()

    @property
    def open(self):
        return self._socket is not None

    def redirect(self, plan):
        """The consumer may have restarted: dial again unless it is the very process already connected to."""
        with self._changed:
            same = self._socket and plan.get("instance") and plan["instance"] == self._plan.get("instance")
            self._plan = plan
            if same:
                return
            if self._socket:
                _shut(self._socket)
            self._socket = None
        self._dial()

    def send(self, parts):
        """Returns once the kernel has taken everything; waits while the consumer is away."""
        while True:
            with self._changed:
                while self._socket is None:
                    self._changed.wait()
                sock = self._socket
            try:
                return _send_all(sock, parts)
            except OSError:
                self._lost(sock)

    def _lost(self, sock):
        with self._changed:
            if self._socket is not sock:
                return
            self._socket = None
        self._dial()

    def _dial(self):
        with self._changed:
            self._generation += 1
            generation = self._generation
        threading.Thread(target=self._dial_until_open, args=(generation,), daemon=True).start()

    def _dial_until_open(self, generation):
        while True:
            with self._changed:
                if generation != self._generation:
                    return
                plan = self._plan
            try:
                sock = socket.create_connection((plan["host"], plan["port"]), timeout=10)
                sock.settimeout(None)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                _send_all(sock, parts_of_json({"edge": plan["id"], "token": plan["token"]}))
                break
            except OSError:
                time.sleep(_REDIAL_S)
        with self._changed:
            if generation != self._generation:
                sock.close()
                return
            self._socket = sock
            self._changed.notify_all()
        self._on_open()
        self._watch(sock)

    def _watch(self, sock):
        """The consumer never writes: reading ends when it is gone, and that is the time to dial again."""
        try:
            while sock.recv(64):
                pass
        except OSError:
            pass
        self._lost(sock)
        # Whoever is held in sending on it must hear of it.
        _shut(sock)
        sock.close()


def _send_all(sock, parts):
    total = sum(map(len, parts))
    if len(parts) == 1:
        sock.sendall(parts[0])
    elif total <= _JOIN_BELOW_BYTES:
        sock.sendall(b"".join(parts))
    else:
        views = [memoryview(part) for part in parts if len(part)]
        while views:
            sent = sock.sendmsg(views[:_IOV_MAX])
            while views and sent >= len(views[0]):
                sent -= len(views.pop(0))
            if views and sent:
                views[0] = views[0][sent:]


def _shut(sock):
    """Wakes whoever is blocked on the socket; closing alone would not."""
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def _digest(token):
    return hashlib.sha256(token.encode()).digest()
