"""What is logged names no secret: tokens in addresses, codes and passwords are struck out first."""

from __future__ import annotations

import logging
import re

STRUCK = "[…]"
_PATHS = re.compile(r"(/(?:invitation|mails|account/password/reset/key|account/confirm-email)/)[^/\s?'\"]+")
_PAIRS = re.compile(
    r"((?:password\w*|code|state|token|key|secret|credential|csrf\w*|session\w*)['\"]?\s*[=:]\s*['\"]?)[^\s&'\",;]+",
    re.IGNORECASE,
)


def struck_out(said: str) -> str:
    """The text without its secrets."""
    return _PAIRS.sub(rf"\1{STRUCK}", _PATHS.sub(rf"\1{STRUCK}", said))


class NoSecrets(logging.Filter):
    """Strikes secrets out of whatever is logged, traces of errors included."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; it is always logged."""
        record.msg, record.args = struck_out(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = struck_out(record.exc_text)
        return True
