"""The program's entry."""

import os
import sys

from placefinder.cli import main


def run() -> None:
    sys.exit(main(sys.argv[1:], os.environ))


if __name__ == "__main__":
    run()
