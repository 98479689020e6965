"""`python -m seawall.engines.epidemic`: compiles the kernels once, so that nobody waits for them later."""

from .compiling import compile_all

if __name__ == "__main__":
    compile_all()
