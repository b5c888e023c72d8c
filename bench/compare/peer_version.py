#!/usr/bin/env python3
"""Says which version of a module there is, and which BLAS it has really loaded.

usage: peer_version.py MODULE
Prints one line, or ends with 1 where the module is not installed.
"""
import ctypes
import importlib
import os
import sys

OWN_WORDS = ("openblas_get_config", "openblas_get_config64_", "scipy_openblas_get_config", "scipy_openblas_get_config64_")


def libraries():
    """Files that this process has mapped whose names say that they are a BLAS."""
    try:
        with open("/proc/self/maps", encoding="utf-8") as maps:
            paths = {line[line.index("/"):].strip() for line in maps if "/" in line}
    except OSError:
        return []
    return sorted(path for path in paths if any(word in os.path.basename(path) for word in ("blas", "mkl_rt", "mkl_core", "blis")))


def says(path):
    """Name and version as the library itself gives them, or None."""
    library = ctypes.CDLL(path)
    for name in OWN_WORDS:
        if hasattr(library, name):
            function = getattr(library, name)
            function.restype = ctypes.c_char_p
            return " ".join(function().decode().split()[:2])
    return None


def main(module):
    try:
        version = importlib.import_module(module).__version__
    except ImportError:
        sys.exit(1)
    # Of libraries that call each other the one that can name itself does the work.
    files = libraries()
    blas = {says(path) for path in files} - {None} or {os.path.basename(path) for path in files} or {"no BLAS that could be found"}
    print(f"{version} with {' and '.join(sorted(blas))}")


main(sys.argv[1])
