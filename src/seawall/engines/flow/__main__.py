"""`python -m seawall.engines.flow`: compiles the kernels once, so that nobody waits for them later."""

from . import compile_all

if __name__ == "__main__":
    compile_all()
