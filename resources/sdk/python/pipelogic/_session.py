"""This process as a component: one line to the gateway, its edges, and what it is ready for.

With PROOFBENCH_CHECK=1 nothing is dialled: publishing imports the component that way to see whether it parses and whether
its imports resolve, and the process ends with 0 as soon as it would run.
"""

import atexit
import datetime
import json
import os
import signal
import sys
import threading
import uuid

from . import __version__
from ._codec import Mismatch, decoder_of, encoder_of, name_of
from ._edges import EdgeOut, EdgesIn
from ._gateway_link import GatewayLink
from ._live_config import LiveConfig

IS_CHECK = os.environ.get("PROOFBENCH_CHECK") == "1"


class Port:
    """One input or output stream of this component."""

    def __init__(self, name, kind):
        self.name = name
        self.kind = kind
        self.is_maybe = isinstance(kind, dict) and "maybe" in kind
        self.decode = decoder_of(kind)
        self._encode = encoder_of(kind)

    def encode(self, value):
        attachments = []
        try:
            return self._encode(value, attachments), attachments
        except Mismatch as error:
            raise TypeError(f"the value for {self.name} does not fit {name_of(self.kind)}: {error}") from None


class Config:
    """The component's parameters as attributes. Reading one that it does not have fails by name."""

    def __init__(self, values):
        self.__dict__.update(values)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if IS_CHECK:
            # Without values there is no telling what comes after this line; the imports above it did resolve.
            checked()
        known = ", ".join(self.__dict__) or "none"
        raise AttributeError(f"config.{name} is not a parameter of this component (it has: {known})")


class Session:
    """``ready`` is set once run() was called and every edge is connected."""

    def __init__(self):
        self.inputs = []
        self.outputs = []
        self.ready = threading.Event()
        self.edges_in = EdgesIn(self._settle)
        self._edges_out = {}
        self._by_output = {}
        self._lock = threading.RLock()
        self._welcomed = threading.Event()
        self._conditions = {"run"}
        self._told = False
        self._link = None
        self.debug = False

    def connect(self, address, token):
        port = self.edges_in.listen(int(os.environ.get("PROOFBENCH_EDGE_PORT", "7001")))
        register = {
            "type": "register",
            "token": token,
            "edge_port": port,
            "http_port": int(os.environ.get("PROOFBENCH_HTTP_PORT", "8080")),
            "sdk": f"py/{__version__}",
            "instance": str(uuid.uuid4()),
        }
        handlers = {"welcome": self._welcome, "connect": self._connect, "config": self._change}
        self._link = GatewayLink(address, register, handlers)
        self._welcomed.wait()

    def running(self):
        self._met("run")

    def trace(self, direction, port, message_ids, size):
        """One line a message, for a debug deployment."""
        at = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = f"pipelogic: {at} {direction} {port.name} {','.join(message_ids)} {name_of(port.kind)} {size} bytes"
        print(line, file=sys.stderr, flush=True)

    def edges_of(self, output):
        return self._by_output.get(output, ())

    def _welcome(self, message, _reply):
        with self._lock:
            is_first = not self._welcomed.is_set()
            live_config.welcome(message["config"], is_first)
            self.debug = message["log_level"] == "debug"
            if is_first:
                self.inputs = [Port(f"input {i}", port["type"]) for i, port in enumerate(message["inputs"])]
                self.outputs = [Port(f"output {i}", port["type"]) for i, port in enumerate(message["outputs"])]
            self._told = False
            self._conditions.add("edges")
            self.edges_in.expect([(p.decode, given["edges"]) for p, given in zip(self.inputs, message["inputs"])])
        self._welcomed.set()

    def _change(self, message, reply):
        seq = message["seq"]
        live_config.receive(message["name"], message["value"], lambda: reply({"type": "config_applied", "seq": seq}))

    def _connect(self, message, _reply):
        with self._lock:
            for plan in message["edges"]:
                edge = self._edges_out.get(plan["id"])
                if edge:
                    edge.redirect(plan)
                else:
                    self._edges_out[plan["id"]] = EdgeOut(plan, self._settle)
            by_output = {}
            for edge in self._edges_out.values():
                by_output.setdefault(edge.output, []).append(edge)
            self._by_output = by_output
        self._met("edges")

    def _met(self, condition):
        with self._lock:
            self._conditions.discard(condition)
        self._settle()

    def _settle(self):
        with self._lock:
            if self._told or self._conditions or not self.edges_in.accepted:
                return
            if not all(edge.open for edge in self._edges_out.values()):
                return
            self._told = True
        self._link.ready()
        self.ready.set()


config = Config(json.loads(os.environ.get("PROOFBENCH_CHECK_CONFIG", "{}")) if IS_CHECK else {})
session = Session()
live_config = LiveConfig(config.__dict__, session.edges_in.inbox.interrupt)


def connect_session():
    signal.signal(signal.SIGTERM, lambda _signal, _frame: leave(0))
    signal.signal(signal.SIGINT, lambda _signal, _frame: leave(0))
    if IS_CHECK:
        atexit.register(_never_ran)
        return
    address, token = os.environ.get("PROOFBENCH_GATEWAY"), os.environ.get("PROOFBENCH_TOKEN")
    if not address or not token:
        raise RuntimeError(
            "pipelogic: PROOFBENCH_GATEWAY and PROOFBENCH_TOKEN are not set. Components run inside a deployment."
        )
    session.connect(address, token)


def leave(code):
    """Ends at once: no thread is waited for."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
    os._exit(code)


def checked():
    leave(0)


def _never_ran():
    # A module that failed has said so already, and its exit code is not ours to change.
    if getattr(sys, "last_value", None) is None:
        print("pipelogic: the component never called run()", file=sys.stderr, flush=True)
        leave(1)
