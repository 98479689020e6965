"""`python -m seawall.engines [NAMES]`: compiles kernels once, all or those named, so that nobody waits for them later."""

import os
import subprocess
import sys
from collections.abc import Sequence

KERNELS = ("schedule", "flow", "epidemic", "siting")


def compile_all(names: Sequence[str] = KERNELS) -> int:
    """Each kernel in a process of its own, side by side; how many did not end well. Told to run uncompiled: nothing."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") != "0":
        return 0
    begun = [
        subprocess.Popen([sys.executable, "-m", f"{__package__}.{name}"], stdout=subprocess.DEVNULL) for name in names
    ]
    return sum(process.wait() != 0 for process in begun)


if __name__ == "__main__":
    sys.exit(compile_all(sys.argv[1:] or KERNELS))
