"""Parameters that change while the component runs: between two invocations, never within one, and on the component's own
thread, so that a subscriber may touch what ``process`` touches."""

import collections
import json
import threading


class LiveConfig:
    def __init__(self, values, on_change):
        """``on_change`` is called, on any thread, when there is something to apply."""
        self._values = values
        self._on_change = on_change
        # What was last received of each, as text: a component may have written on the value itself.
        self._known = {}
        self._changes = collections.deque()
        self._subscribers = []
        self._came = threading.Event()

    def welcome(self, values, is_first):
        """The first values are there at once, of later ones what differs."""
        for name, value in values.items():
            if self._known.get(name) == json.dumps(value):
                continue
            if is_first:
                self._values[name] = value
                self._known[name] = json.dumps(value)
            else:
                self.receive(name, value)

    def receive(self, name, value, applied=None):
        """``applied`` is called when the value is in place and every subscriber has returned."""
        self._known[name] = json.dumps(value)
        self._changes.append((name, value, applied))
        self._came.set()
        self._on_change()

    def subscribe(self, callback):
        """Calls ``callback(name, value)`` when a mutable parameter was given another value, once ``config`` has it and
        before the next invocation. Returns how to end it."""
        self._subscribers.append(callback)
        return lambda: callback in self._subscribers and self._subscribers.remove(callback)

    def apply(self):
        while self._changes:
            name, value, applied = self._changes.popleft()
            self._values[name] = value
            for callback in list(self._subscribers):
                callback(name, value)
            if applied:
                applied()

    def apply_for_ever(self):
        """For a component whose one invocation never ends."""
        while True:
            self._came.wait()
            self._came.clear()
            self.apply()
