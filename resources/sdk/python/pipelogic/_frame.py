"""A frame: length:u32be (of what follows), json_length:u32be, json, attachments."""

import json
import struct

MAX_FRAME_BYTES = 256 * 1024 * 1024
_READ_BYTES = 256 * 1024
_PREFIX = struct.Struct(">II")
PREFIX_BYTES = _PREFIX.size
_LENGTH = struct.Struct(">I")
_encode_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def parts_of_json(document, attachments=()):
    """The buffers of a frame, in order; attachments are not copied."""
    text = _encode_json(document).encode("utf-8", "surrogatepass")
    sizes = [len(attachment) for attachment in attachments]
    length = 4 + len(text) + sum(sizes)
    if length > MAX_FRAME_BYTES:
        raise ValueError(f"pipelogic: a message of {length} bytes is over the limit of 256 MiB")
    return [_PREFIX.pack(length, len(text)) + text, *attachments]


def parts_of(value, attachments, message_ids):
    sizes = [len(attachment) for attachment in attachments]
    return parts_of_json({"attachments": sizes, "message_ids": message_ids, "value": value}, attachments)


def read_frames(sock, max_bytes):
    """Yields ``(json, attachments, size)``, the size that of both. ``max_bytes()`` is asked for the limit before each frame.

    Small frames are cut out of one read; a large one is received straight into memory of its own size.
    """
    buffer = bytearray(_READ_BYTES)
    view = memoryview(buffer)
    start = end = 0
    while True:
        if end - start >= 4:
            (length,) = _LENGTH.unpack_from(buffer, start)
            if length < 4 or length > max_bytes():
                raise ValueError(f"a frame of {length} bytes is not allowed")
            if end - start - 4 >= length:
                body = bytes(view[start + 4 : start + 4 + length])
                start += 4 + length
                yield _parse(body)
                continue
            if length + 4 > _READ_BYTES:
                body = bytearray(length)
                held = end - start - 4
                body[:held] = view[start + 4 : end]
                start = end = 0
                if not _fill(sock, memoryview(body)[held:]):
                    return
                yield _parse(body)
                continue
        if start > 0:
            held = end - start
            buffer[:held] = buffer[start:end]
            start, end = 0, held
        received = sock.recv_into(view[end:])
        if received == 0:
            return
        end += received


def _fill(sock, view):
    while len(view) > 0:
        received = sock.recv_into(view)
        if received == 0:
            return False
        view = view[received:]
    return True


def _parse(body):
    (json_length,) = _LENGTH.unpack_from(body, 0)
    at = 4 + json_length
    if at > len(body):
        raise ValueError("the JSON of a frame is longer than the frame")
    document = json.loads(body[4:at])
    attachments = []
    for length in document.get("attachments", ()):
        if at + length > len(body):
            raise ValueError("the attachments of a frame are longer than the frame")
        attachments.append(bytes(memoryview(body)[at : at + length]))
        at += length
    return document, attachments, len(body) - 4
