"""What a call may raise. An answer that is an error is an APIError of the class of its `code`; no answer is ConnectionFailed."""
from __future__ import annotations

import json
from typing import Any, Dict, Optional


class YupuError(Exception):
    """Of everything this package raises about a call."""


class ConnectionFailed(YupuError):
    """No answer came: refused, broken off, or not HTTP."""


class TimedOut(ConnectionFailed):
    """The server was silent for longer than `timeout`."""


class APIError(YupuError):
    """A problem document (RFC 9457).

    status      of HTTP
    code        stable name of the error, "not_found"
    detail      what, which, and what to do next
    field       of the request, where one is to blame
    request_id  to quote when asking for help
    retry_after seconds the server asks to wait
    problem     the document as it came
    """

    def __init__(self, status: int, code: str, detail: str, field: Optional[str], request_id: Optional[str],
                 retry_after: Optional[float], problem: Dict[str, Any]) -> None:
        super().__init__(f"{status} {code}: {detail}" + (f" (field {field})" if field else "") + (f" [{request_id}]" if request_id else ""))
        self.status, self.code, self.detail, self.field = status, code, detail, field
        self.request_id, self.retry_after, self.problem = request_id, retry_after, problem


class InvalidArgument(APIError):
    pass


class Unauthenticated(APIError):
    pass


class PaymentRequired(APIError):
    pass


class PermissionDenied(APIError):
    pass


class NotFound(APIError):
    pass


class Conflict(APIError):
    pass


class TooLarge(APIError):
    pass


class ResourceExhausted(APIError):
    pass


class Internal(APIError):
    pass


class Unavailable(APIError):
    pass


BY_CODE = {"invalid_argument": InvalidArgument, "unauthenticated": Unauthenticated, "payment_required": PaymentRequired,
           "permission_denied": PermissionDenied, "not_found": NotFound, "conflict": Conflict, "too_large": TooLarge,
           "resource_exhausted": ResourceExhausted, "internal": Internal, "unavailable": Unavailable}
DETAIL_LENGTH_MAX = 200


def error_of(status: int, body: bytes, request_id: Optional[str], retry_after: Optional[float]) -> APIError:
    """Also of what is no problem document: something between may have answered."""
    try:
        problem = json.loads(body)
    except ValueError:
        problem = None
    if not isinstance(problem, dict):
        problem = {}
    code = str(problem.get("code", f"http_{status}"))
    detail = str(problem.get("detail", body.decode("utf-8", "replace")[:DETAIL_LENGTH_MAX]))
    return BY_CODE.get(code, APIError)(status, code, detail, problem.get("field"), problem.get("request_id", request_id), retry_after, problem)
