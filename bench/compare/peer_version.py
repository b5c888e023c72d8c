#!/usr/bin/env python3
"""Prints the version of a module and the BLAS that it has loaded.

usage: peer_version.py MODULE
Prints one line; exits with 1 if the module is not installed.
"""
import ctypes
import importlib
import os
import re
import sys

VERSION_FUNCTIONS = (
    "openblas_get_config",
    "openblas_get_config64_",
    "scipy_openblas_get_config",
    "scipy_openblas_get_config64_",
)


def libraries():
    """Mapped files of this process whose names are those of a BLAS."""
    try:
        with open("/proc/self/maps", encoding="utf-8") as maps:
            paths = {line[line.index("/") :].strip() for line in maps if "/" in line}
    except OSError:
        return []
    return sorted(
        path for path in paths if any(word in os.path.basename(path) for word in ("blas", "mkl_rt", "mkl_core", "blis"))
    )


def version_of(path):
    """Name and version as reported by the library itself, or None."""
    library = ctypes.CDLL(path)
    for name in VERSION_FUNCTIONS:
        if hasattr(library, name):
            function = getattr(library, name)
            function.restype = ctypes.c_char_p
            return " ".join(function().decode().split()[:2])
    return None


def build_of(module):
    """Compiler and vectors of PyTorch, which tells them."""
    if module.__name__ != "torch":
        return ""
    facts = re.findall(r"\b(?:GCC|Clang) [\d.]+|(?<=CPU capability usage: )\S+", module.__config__.show())
    return f" ({', '.join(facts)})" if facts else ""


def main(module):
    try:
        loaded = importlib.import_module(module)
    except ImportError:
        sys.exit(1)
    version = loaded.__version__
    # A library that reports no version is a wrapper of one that does.
    files = libraries()
    blas = (
        {version_of(path) for path in files} - {None}
        or {os.path.basename(path) for path in files}
        or {"no BLAS that could be found"}
    )
    print(f"{version} with {' and '.join(sorted(blas))}{build_of(loaded)}")


main(sys.argv[1])
