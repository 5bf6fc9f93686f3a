import inspect
import os
import threading
import time
import traceback

from ._frame import PREFIX_BYTES, parts_of
from ._session import IS_CHECK, checked, leave, live_config, session

# How often a component that is not ready looks for new values of its parameters.
_LOOK_S = 0.05
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def run(process):
    """Feeds ``process`` with messages until the deployment ends.

    One argument per input stream; one result per output stream, a tuple where there are several. None emits nothing
    (it is a value where the output is a Maybe). A generator emits all that it yields. A component without inputs is
    called once. An exception is written to stderr with its traceback and ends the process with exit code 1.
    """
    if IS_CHECK:
        checked()
    session.running()
    _ending_on_failure(_feed if session.inputs else _start_source, process)


def _feed(process):
    while not session.ready.wait(_LOOK_S):
        live_config.apply()
    take = session.edges_in.inbox.take
    while True:
        messages = take()
        if messages is None:
            live_config.apply()
            continue
        if session.debug:
            for port, (_, message_ids, size) in zip(session.inputs, messages):
                session.trace("in", port, message_ids, size)
        ids = _ids_of(messages)
        _emit_all(process(*[value for value, _, _ in messages]), lambda: ids)


def _start_source(process):
    threading.Thread(target=_ending_on_failure, args=(live_config.apply_for_ever,), daemon=True).start()
    session.ready.wait()
    _emit_all(process(), lambda: [_new_message_id()])
    while True:
        time.sleep(3600)


def _ending_on_failure(work, *arguments):
    try:
        work(*arguments)
    except SystemExit:
        raise
    except BaseException:
        traceback.print_exc()
        leave(1)


def _emit_all(result, next_ids):
    if inspect.isgenerator(result):
        for item in result:
            _emit(item, next_ids)
    else:
        _emit(result, next_ids)


def _emit(result, next_ids):
    outputs = session.outputs
    if not outputs:
        return
    if len(outputs) == 1:
        _emit_one(0, result, next_ids())
        return
    if result is None:
        return
    if not isinstance(result, (tuple, list)) or len(result) != len(outputs):
        raise TypeError(f"a component with {len(outputs)} outputs must return a tuple of {len(outputs)} values")
    ids = next_ids()
    for output, value in enumerate(result):
        _emit_one(output, value, ids)


def _emit_one(output, value, ids):
    port = session.outputs[output]
    if value is None and not port.is_maybe:
        return
    json, attachments = port.encode(value)
    parts = parts_of(json, attachments, ids)
    if session.debug:
        session.trace("out", port, ids, sum(map(len, parts)) - PREFIX_BYTES)
    for edge in session.edges_of(output):
        edge.send(parts)


def _ids_of(messages):
    if len(messages) == 1:
        return messages[0][1]
    return list(dict.fromkeys(message_id for _, ids, _ in messages for message_id in ids))


def _new_message_id():
    """``msg_`` and a lower-case ULID."""
    milliseconds = time.time_ns() // 1_000_000
    stamp = "".join(_ALPHABET[(milliseconds >> shift) & 31] for shift in range(45, -1, -5))
    return "msg_" + stamp + "".join(_ALPHABET[byte & 31] for byte in os.urandom(16))
