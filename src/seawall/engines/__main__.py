"""`python -m seawall.engines`: compiles every kernel once, so that nobody waits for them later; what is compiled stays."""

from runpy import run_module

KERNELS = ("schedule", "flow", "epidemic", "siting")

if __name__ == "__main__":
    for name in KERNELS:
        run_module(f"{__package__}.{name}", run_name="__main__")
