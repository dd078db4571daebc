"""What moto works out again for each request, remembered.

A service's extensions are in place before its first request, so its methods do not change later.
"""

from __future__ import annotations

import functools

from moto.core import responses, utils
from moto.sqs import models as sqs_models

_underscored = functools.lru_cache(4096)(utils.camelcase_to_underscores)
_method_names = functools.lru_cache(256)(utils.method_names_from_class)

for _module in (responses, sqs_models):
    _module.camelcase_to_underscores = _underscored  # type: ignore[attr-defined]
responses.method_names_from_class = _method_names  # type: ignore[attr-defined]
