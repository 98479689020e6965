"""Nothing can be written for a while: the disk is full, here or at the database, or the database only reads."""

import errno

from seawall.terms.acts import Refused

FULL, READS_ONLY = "53100", "25006"  # as PostgreSQL numbers them


def why(error: BaseException) -> Refused | None:
    """The refusal that this error is; None for any other error."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Refused("DISK_FULL", where=str(error.filename or ""))
    state = getattr(error.__cause__, "sqlstate", "")
    if state == FULL:
        return Refused("DISK_FULL", where="PostgreSQL")
    return Refused("DATABASE_READS_ONLY") if state == READS_ONLY else None
