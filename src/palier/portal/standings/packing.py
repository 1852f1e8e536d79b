"""Exact values in little room: forecasts, past figures and written pages as compressed JSON, fractions as text."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from pydantic import TypeAdapter

from palier.backends.behind import MonthEnds
from palier.engine.forecast import Forecast

_FORECAST = TypeAdapter(Forecast)
_MONTHS = TypeAdapter(dict[str, tuple[tuple[date, Fraction | None], ...]])
_PARTS = TypeAdapter(dict[str, str])


def pack_forecast(told: Forecast) -> bytes:
    """A forecast as bytes; every fraction keeps its numerator and denominator."""
    return zlib.compress(_FORECAST.dump_json(told))


def unpack_forecast(packed: bytes) -> Forecast:
    """The forecast that was packed."""
    return _FORECAST.validate_json(zlib.decompress(packed))


def pack_months(told: MonthEnds) -> bytes:
    """The figures of month ends as bytes."""
    return zlib.compress(_MONTHS.dump_json(dict(told)))


def unpack_months(packed: bytes) -> MonthEnds:
    """The figures that were packed."""
    return _MONTHS.validate_json(zlib.decompress(packed))


def pack_parts(parts: Mapping[str, str]) -> bytes:
    """The parts of a page as bytes."""
    return zlib.compress(_PARTS.dump_json(dict(parts)))


def unpack_parts(packed: bytes) -> dict[str, str]:
    """The parts that were packed."""
    return _PARTS.validate_json(zlib.decompress(packed))
