"""Client of the yupu API. See README.md."""
from . import types
from .aio import AsyncClient
from .client import Client
from .errors import (APIError, Conflict, ConnectionFailed, Internal, InvalidArgument, NotFound, PaymentRequired, PermissionDenied,
                     ResourceExhausted, TimedOut, TooLarge, Unauthenticated, Unavailable, YupuError)
from .operations import VERSION as __version__
from .retry import RetryPolicy

__all__ = ["APIError", "AsyncClient", "Client", "Conflict", "ConnectionFailed", "Internal", "InvalidArgument", "NotFound",
           "PaymentRequired", "PermissionDenied", "ResourceExhausted", "RetryPolicy", "TimedOut", "TooLarge", "Unauthenticated",
           "Unavailable", "YupuError", "__version__", "types"]
