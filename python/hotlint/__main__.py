"""`python -m hotlint`."""

import os
import subprocess
import sys

from hotlint import find_hotlint


def main():
    program = find_hotlint()
    arguments = [program, *sys.argv[1:]]
    if os.name == "nt":
        # There, `execv` starts another process and ends this one at once.
        sys.exit(subprocess.run(arguments).returncode)
    os.execv(program, arguments)


if __name__ == "__main__":
    main()
