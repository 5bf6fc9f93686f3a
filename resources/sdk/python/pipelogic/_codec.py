"""Values and their canonical JSON, by wire type.

An encoder checks while it converts, so that a value that does not fit never leaves the component. A decoder trusts the
shape of its input, because the sender checked it. Numpy is recognised by how its values behave and never imported.
"""

import math
import operator
import struct

_SAFE = 2**53 - 1
_RANGES = {
    "Int32": (-(2**31), 2**31 - 1),
    "UInt32": (0, 2**32 - 1),
    "Int64": (-(2**63), 2**63 - 1),
    "UInt64": (0, 2**64 - 1),
}
_NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class Mismatch(TypeError):
    """A value is not of the type it should have; ``path`` leads to the part that is not."""

    def __init__(self, expected, value):
        super().__init__()
        self.expected = expected
        self.found = _describe(value)
        self.path = ""

    def __str__(self):
        at = f"at {self.path}: " if self.path else ""
        return f"{at}expected {self.expected}, got {self.found}"

    def deeper(self, step):
        self.path = step + self.path
        return self


def encoder_of(kind):
    """Returns ``encode(value, attachments)``; each Bytes value is appended to the list ``attachments``."""
    if isinstance(kind, str):
        if kind in _RANGES:
            return _integer(kind)
        if kind in _ENCODERS:
            return _ENCODERS[kind]
    elif "list" in kind:
        return _list_encoder(kind)
    elif "tuple" in kind:
        return _tuple_encoder(kind)
    elif "record" in kind:
        return _record_encoder(kind)
    elif "maybe" in kind:
        encode = encoder_of(kind["maybe"])
        return lambda value, attachments: None if value is None else encode(value, attachments)
    elif "union" in kind:
        return _union_encoder(kind)
    raise TypeError(f"pipelogic: this SDK does not know the type {kind!r}")


def decoder_of(kind):
    """Returns ``decode(json, attachments)``, or None where the JSON is the value."""
    if isinstance(kind, str):
        return _DECODERS.get(kind)
    if "list" in kind:
        decode = decoder_of(kind["list"])
        return decode and (lambda json, attachments: [decode(item, attachments) for item in json])
    if "tuple" in kind:
        decoders = [decoder_of(of) or _same for of in kind["tuple"]]
        return lambda json, attachments: tuple([d(item, attachments) for d, item in zip(decoders, json)])
    if "record" in kind:
        return _record_decoder([(name, decoder_of(of)) for name, of in kind["record"].items()])
    if "maybe" in kind:
        decode = decoder_of(kind["maybe"])
        return decode and (lambda json, attachments: None if json is None else decode(json, attachments))
    return _union_decoder(kind["union"])


def name_of(kind):
    """The type as the type language writes it, for messages."""
    if isinstance(kind, str):
        return kind
    if "list" in kind:
        return f"[{name_of(kind['list'])}]"
    if "tuple" in kind:
        inner = ", ".join(name_of(of) for of in kind["tuple"])
        return f"({inner},)" if len(kind["tuple"]) == 1 else f"({inner})"
    if "record" in kind:
        return "{" + ", ".join(f"{name}: {name_of(of)}" for name, of in kind["record"].items()) + "}"
    if "maybe" in kind:
        return f"Maybe<{name_of(kind['maybe'])}>"
    return " | ".join(of.get("name") or name_of(of["type"]) for of in kind["union"])


def _same(json, _attachments):
    return json


def _is_bool(value):
    return isinstance(value, bool) or getattr(getattr(value, "dtype", None), "kind", "") == "b"


def _encode_bool(value, _attachments):
    if not _is_bool(value):
        raise Mismatch("Bool", value)
    return bool(value)


def _encode_string(value, _attachments):
    if not isinstance(value, str):
        raise Mismatch("String", value)
    return value


def _encode_char(value, _attachments):
    if not isinstance(value, str) or len(value) != 1:
        raise Mismatch("Char", value)
    return value


def _integer(name):
    low, high = _RANGES[name]

    def encode(value, _attachments):
        if type(value) is not int:
            if _is_bool(value):
                raise Mismatch(name, value)
            try:
                value = operator.index(value)
            except TypeError:
                raise Mismatch(name, value) from None
        if not low <= value <= high:
            raise Mismatch(name, value)
        return value if -_SAFE <= value <= _SAFE else str(value)

    return encode


def _as_float(name, value):
    if type(value) is float:
        return value
    if isinstance(value, (str, bytes)) or _is_bool(value):
        raise Mismatch(name, value)
    if not hasattr(value, "__float__") and not hasattr(value, "__index__"):
        raise Mismatch(name, value)
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise Mismatch(name, value) from None


def _encode_double(value, _attachments):
    number = _as_float("Double", value)
    return number if math.isfinite(number) else _name_of_number(number)


def _encode_float(value, _attachments):
    number = _as_float("Float", value)
    if not math.isfinite(number):
        return _name_of_number(number)
    try:
        return struct.unpack("f", struct.pack("f", number))[0]
    except OverflowError:
        raise Mismatch("Float", value) from None


def _name_of_number(number):
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def _as_bytes(value):
    """A flat view of the value's memory, or None. Copies only what is not contiguous."""
    if isinstance(value, (bytes, bytearray)):
        return value
    try:
        view = memoryview(value)
    except TypeError:
        return None
    if not view.c_contiguous:
        return view.tobytes()
    return view.cast("B") if view.nbytes else b""


def _encode_bytes(value, attachments):
    view = None if isinstance(value, str) else _as_bytes(value)
    if view is None:
        raise Mismatch("Bytes", value)
    attachments.append(view)
    return len(attachments) - 1


def _encode_any(value, attachments):
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, dict):
        json = {}
        for name, item in value.items():
            if not isinstance(name, str):
                raise Mismatch("a field's name", name)
            json[name] = _step(_encode_any, item, attachments, f".{name}")
        return json
    if isinstance(value, (list, tuple)):
        return [_step(_encode_any, item, attachments, f"[{index}]") for index, item in enumerate(value)]
    if isinstance(value, (bytes, bytearray, memoryview)):
        import base64

        return base64.b64encode(value).decode("ascii")
    if _is_bool(value):
        return bool(value)
    try:
        integer = operator.index(value)
        return integer if -_SAFE <= integer <= _SAFE else str(integer)
    except TypeError:
        return _encode_double(value, attachments)


def _step(encode, value, attachments, step):
    try:
        return encode(value, attachments)
    except Mismatch as error:
        raise error.deeper(step) from None


def _is_sequence(value):
    return isinstance(value, (list, tuple)) or (hasattr(value, "dtype") and getattr(value, "ndim", 0) > 0)


def _list_encoder(kind):
    encode = encoder_of(kind["list"])
    expected = name_of(kind)

    def encode_list(value, attachments):
        if not _is_sequence(value):
            raise Mismatch(expected, value)
        json = []
        try:
            for item in value:
                json.append(encode(item, attachments))
        except Mismatch as error:
            raise error.deeper(f"[{len(json)}]") from None
        return json

    return encode_list


def _tuple_encoder(kind):
    encoders = [encoder_of(of) for of in kind["tuple"]]
    expected = name_of(kind)

    def encode_tuple(value, attachments):
        if not _is_sequence(value) or len(value) != len(encoders):
            raise Mismatch(expected, value)
        return [_step(encoders[i], item, attachments, f"[{i}]") for i, item in enumerate(value)]

    return encode_tuple


def _record_encoder(kind):
    fields = [(name, encoder_of(of)) for name, of in sorted(kind["record"].items())]
    names = frozenset(kind["record"])
    expected = name_of(kind)

    def encode_record(value, attachments):
        if not isinstance(value, dict):
            raise Mismatch(expected, value)
        if not names.issuperset(value):
            extra = next(name for name in value if name not in names)
            raise Mismatch(f"no such field in {expected}", value[extra]).deeper(f".{extra}")
        json = {}
        name = ""
        try:
            for name, encode in fields:
                # A missing field is None, which only a Maybe takes.
                json[name] = encode(value.get(name), attachments)
        except Mismatch as error:
            raise error.deeper(f".{name}") from None
        return json

    return encode_record




def _content_free(alternative):
    kind = alternative["type"]
    return "name" in alternative and isinstance(kind, dict) and kind.get("tuple") == []


def _union_encoder(kind):
    """An alternative that carries nothing is its name; any other is its value, the first one that fits."""
    names = frozenset(of["name"] for of in kind["union"] if _content_free(of))
    encoders = [encoder_of(of["type"]) for of in kind["union"] if not _content_free(of)]
    expected = name_of(kind)

    def encode_union(value, attachments):
        if isinstance(value, str) and value in names:
            return value
        kept = len(attachments)
        for encode in encoders:
            try:
                return encode(value, attachments)
            except Mismatch:
                del attachments[kept:]
        raise Mismatch(expected, value)

    return encode_union


def _union_decoder(union):
    names = frozenset(of["name"] for of in union if _content_free(of))
    alternatives = [(of["type"], decoder_of(of["type"])) for of in union if not _content_free(of)]
    if all(decode is None for _, decode in alternatives):
        return None

    def decode_union(json, attachments):
        if isinstance(json, str) and json in names:
            return json
        for kind, decode in alternatives:
            if _looks_like(kind, json):
                return decode(json, attachments) if decode else json
        return json

    return decode_union


def _looks_like(kind, json):
    """Whether ``json``, as it is in a frame, can be of ``kind``, as far as its shape tells."""
    if kind == "any":
        return True
    is_integer = isinstance(json, int) and not isinstance(json, bool)
    if kind == "Bool":
        return isinstance(json, bool)
    if kind in ("String", "Char"):
        return isinstance(json, str)
    if kind in ("Float", "Double"):
        return is_integer or isinstance(json, float) or (isinstance(json, str) and json in _NOT_FINITE)
    if kind in ("Int64", "UInt64"):
        return is_integer or (isinstance(json, str) and json.lstrip("-").isdigit())
    if isinstance(kind, str):
        return is_integer
    if "maybe" in kind:
        return json is None or _looks_like(kind["maybe"], json)
    if "union" in kind:
        return any(of["name"] == json if _content_free(of) else _looks_like(of["type"], json) for of in kind["union"])
    if "list" in kind:
        return isinstance(json, list) and all(_looks_like(kind["list"], item) for item in json)
    if "tuple" in kind:
        same = isinstance(json, list) and len(json) == len(kind["tuple"])
        return same and all(_looks_like(of, item) for of, item in zip(kind["tuple"], json))
    record = kind["record"]
    known = isinstance(json, dict) and set(json) <= set(record)
    return known and all(_looks_like(of, json.get(name)) for name, of in record.items())


def _record_decoder(fields):
    changing = [(name, decode) for name, decode in fields if decode]
    if not changing:
        return None

    def decode_record(json, attachments):
        for name, decode in changing:
            if name in json:
                json[name] = decode(json[name], attachments)
        return json

    return decode_record


def _decode_integer(json, _attachments):
    return int(json) if isinstance(json, str) else json


def _decode_real(json, _attachments):
    return _NOT_FINITE[json] if isinstance(json, str) else float(json)


def _describe(value):
    if value is None:
        return "None"
    if isinstance(value, str):
        return f"the string {value[:40]!r}"
    if isinstance(value, (bool, int, float)):
        return f"the {type(value).__name__} {value!r:.40}"
    if isinstance(value, dict):
        return "a dict with the keys " + ", ".join(str(name) for name in list(value)[:8]) if value else "an empty dict"
    if isinstance(value, (list, tuple, bytes)):
        return f"a {type(value).__name__} of {len(value)}"
    return f"a {type(value).__module__}.{type(value).__qualname__}"


_ENCODERS = {
    "Bool": _encode_bool,
    "Char": _encode_char,
    "String": _encode_string,
    "Float": _encode_float,
    "Double": _encode_double,
    "Bytes": _encode_bytes,
    "any": _encode_any,
}

_DECODERS = {
    "Int64": _decode_integer,
    "UInt64": _decode_integer,
    "Float": _decode_real,
    "Double": _decode_real,
    "Bytes": lambda json, attachments: attachments[json],
}
