"""When a call is sent again, and after how long. It is always the same call: its Idempotency-Key is made once."""
from __future__ import annotations

import email.utils
from dataclasses import dataclass
from typing import Optional

WORTH_ANOTHER_TRY = frozenset({408, 429, 502, 503, 504})
CONFLICT = 409


@dataclass(frozen=True)
class RetryPolicy:
    """Seconds. Waits double from `first_wait` to `longest_wait`, each cut by chance to between a half and the whole of it; a
    Retry-After is waited out instead, and a little by chance. One longer than `longest_retry_after` is not: the error is raised."""
    tries: int = 3  # in all
    first_wait: float = 0.5
    longest_wait: float = 8.0
    longest_retry_after: float = 60.0

    def worth_it(self, status: int, unanswered_before: bool) -> bool:
        # The try before may still be in work: its key is taken until it ends.
        return status in WORTH_ANOTHER_TRY or (status == CONFLICT and unanswered_before)

    def wait(self, tries_done: int, retry_after: Optional[float], chance: float) -> Optional[float]:
        """None: do not try again. `chance` from 0 to 1."""
        if tries_done >= self.tries:
            return None
        if retry_after is not None:
            return retry_after + chance * self.first_wait if retry_after <= self.longest_retry_after else None
        return min(self.longest_wait, self.first_wait * 2 ** (tries_done - 1)) * (0.5 + 0.5 * chance)


def retry_after_of(header: Optional[str], now: float) -> Optional[float]:
    """Seconds from now, of either form of the header; None where there is none, or nonsense. `now`: Unix time."""
    if header is None:
        return None
    try:
        return max(0.0, float(int(header)))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - now)
    except (TypeError, ValueError):
        return None
