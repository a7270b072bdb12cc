"""What Arrow says of a Parquet file's columns beyond Parquet's own types: spans, and time zones.

Arrow's writers keep their schema in the file under the key ARROW:schema, in base64: a message of
flatbuffers, of which a few tables are read here.

    message   four bytes 0xff, its length, then the root table Message
    Message   field 2: the table Schema           Schema      field 1: a vector of tables Field
    Field     0: name, 2: number of the type, 3: the table of the type
    Timestamp (10)   0: unit, 1: time zone        Duration (18)   0: unit

A table begins with the distance back to its list of offsets, one for each field, 0 where absent.
"""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass

_TIMESTAMP, _DURATION = 10, 18
_MILLISECOND = 1  # what an absent unit of a span means
_CONTINUATION = b"\xff\xff\xff\xff"


@dataclass(frozen=True)
class ArrowType:
    """A column of instants, with its zone, or of spans, with its unit.

    Attributes
    ----------
    zone : str or None
    per_second : int or None
        Units of a span in a second.
    """

    zone: str | None = None
    per_second: int | None = None


def arrow_types(encoded: bytes) -> dict[str, ArrowType]:
    """Column -> its type, for columns of spans and of instants; empty for what is no schema."""
    try:
        return dict(_types(base64.b64decode(encoded, validate=True)))
    except (binascii.Error, struct.error, IndexError, UnicodeDecodeError):
        return {}


def _types(message: bytes) -> list[tuple[str, ArrowType]]:
    data = message[8:] if message.startswith(_CONTINUATION) else message[4:]
    root = _Table(data, struct.unpack_from("<I", data, 0)[0])
    schema = root.table(2)
    fields = schema.tables(1) if schema else []
    found = []
    for entry in fields:
        kind, type_, name = entry.number(2, "<B", 0), entry.table(3), entry.text(0)
        if type_ is None or name is None:
            continue
        if kind == _TIMESTAMP and (zone := type_.text(1)):
            found.append((name, ArrowType(zone=zone)))
        if kind == _DURATION:
            unit = type_.number(0, "<h", _MILLISECOND)
            found.append((name, ArrowType(per_second=(1, 10**3, 10**6, 10**9)[unit])))
    return found


@dataclass(frozen=True)
class _Table:
    """A table of flatbuffers at a place in the data."""

    data: bytes
    place: int

    def _field(self, index: int) -> int | None:
        """Where a field lies, None where it is absent."""
        offsets = self.place - int(struct.unpack_from("<i", self.data, self.place)[0])
        size = struct.unpack_from("<H", self.data, offsets)[0]
        if 4 + 2 * index >= size:
            return None
        offset = int(struct.unpack_from("<H", self.data, offsets + 4 + 2 * index)[0])
        return self.place + offset if offset else None

    def _target(self, at: int) -> int:
        return at + int(struct.unpack_from("<I", self.data, at)[0])

    def number(self, index: int, form: str, absent: int) -> int:
        at = self._field(index)
        return absent if at is None else int(struct.unpack_from(form, self.data, at)[0])

    def table(self, index: int) -> _Table | None:
        at = self._field(index)
        return None if at is None else _Table(self.data, self._target(at))

    def tables(self, index: int) -> list[_Table]:
        at = self._field(index)
        if at is None:
            return []
        start = self._target(at)
        count = struct.unpack_from("<I", self.data, start)[0]
        places = range(start + 4, min(start + 4 + 4 * count, len(self.data)), 4)
        return [_Table(self.data, self._target(place)) for place in places]

    def text(self, index: int) -> str | None:
        at = self._field(index)
        if at is None:
            return None
        start = self._target(at)
        length = struct.unpack_from("<I", self.data, start)[0]
        return self.data[start + 4 : start + 4 + length].decode()
