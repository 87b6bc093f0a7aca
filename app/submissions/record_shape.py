"""The shape that a file's records have in common, learned from some of them.

Records of one file look alike. Decoded into a type with exactly their fields they cost a third of
what dictionaries cost. The type holds no guess about the specification: it is made from what
stands in the file, and a record that does not fit is decoded the general way and then learned.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

import msgspec

# The fields that are looked at, with those of the objects inside them.
Interest = Mapping[str, "Interest | None"]

_SCALARS = (str, int, bool, type(None))
_MOST_FIELDS = 200
# What a field of a msgspec type cannot be called.
_UNUSABLE_NAME = re.compile(r'[\x00-\x1f"\\]')


@dataclass
class Shape:
    """What kinds of value each field had so far. Unusable once a kind cannot be told apart."""

    fields: dict[str, Kinds] = field(default_factory=dict)
    usable: bool = True

    def learn(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Take in more records."""
        for record in records:
            for key, value in record.items():
                kinds = self.fields.get(key)
                if kinds is None:
                    kinds = self.fields[key] = Kinds()
                    self.usable &= _UNUSABLE_NAME.search(key) is None
                self.usable = kinds.learn(value) and self.usable
            if len(self.fields) > _MOST_FIELDS:
                self.usable = False
            if not self.usable:
                return

    def record_type(self, interest: Interest) -> type[msgspec.Struct]:
        """A type for records of this shape; fields of interest are there under their own names."""
        names = [*self.fields, *(key for key in interest if key not in self.fields)]
        own = {key if key in interest else f"field_{place}": key for place, key in enumerate(names)}
        definitions = [
            (name, self.fields.get(key, Kinds()).annotation(interest.get(key)), msgspec.UNSET)
            for name, key in own.items()
        ]
        return msgspec.defstruct("Record", definitions, rename=own, omit_defaults=True, gc=False)


@dataclass
class Kinds:
    """The kinds of value that one field had."""

    scalars: set[type] = field(default_factory=set)
    objects: Shape | None = None  # of a list of objects
    entries: set[type] | None = None  # of a list of scalars

    def learn(self, value: Any) -> bool:
        """Take in one value; False when no type can hold it exactly."""
        if isinstance(value, list):
            return self._learn_list(value)
        self.scalars.add(type(value))
        return type(value) in _SCALARS

    def _learn_list(self, value: list[Any]) -> bool:
        if value and all(type(entry) is dict for entry in value):
            if self.objects is None:
                self.objects = Shape()
            self.objects.learn(value)
            return self.objects.usable and not self.entries
        if self.entries is None:
            self.entries = set()
        self.entries |= {type(entry) for entry in value}
        known = all(kind in _SCALARS for kind in self.entries)
        return known and not (self.entries and self.objects is not None)

    def annotation(self, interest: Interest | None) -> Any:
        """The type expression of the field."""
        parts: list[Any] = [msgspec.UnsetType, *sorted(self.scalars, key=str)]
        if self.objects is not None or interest is not None:
            shape = self.objects or Shape()
            parts.append(list[shape.record_type(interest or {})])  # type: ignore[misc]
        elif self.entries is not None:
            entries = reduce(or_, sorted(self.entries, key=str)) if self.entries else None
            parts.append(list[entries])  # type: ignore[valid-type]
        elif not self.scalars:
            parts += _SCALARS
        return reduce(or_, parts)


class _Loose:
    """A record that was decoded as a dictionary, seen as an object."""

    def __init__(self, fields: Mapping[str, object]) -> None:
        self.__dict__.update(fields)


def as_object(record: Mapping[str, Any], interest: Interest) -> Any:
    """A dictionary with its fields of interest as attributes (UNSET where absent)."""
    fields: dict[str, object] = {}
    for key, inner in interest.items():
        value = record.get(key, msgspec.UNSET)
        if inner is not None and type(value) is list:
            value = [as_object(entry, inner) if type(entry) is dict else entry for entry in value]
        fields[key] = value
    return _Loose(fields)
