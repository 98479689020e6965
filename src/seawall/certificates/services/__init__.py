"""What the certificates room does on request."""

from .batches import batch_go, batches_waiting, certificate_batch
from .issue import certificate_issue
from .keys import signing_key_make, signing_key_retire
from .revoke import certificate_revoke, record_changed

__all__ = [
    "batch_go",
    "batches_waiting",
    "certificate_batch",
    "certificate_issue",
    "certificate_revoke",
    "record_changed",
    "signing_key_make",
    "signing_key_retire",
]
