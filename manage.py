"""Django's command line; people use `./run <command>`, which prepares the environment first."""

import sys

from config.command_line import main

if __name__ == "__main__":
    sys.exit(main(sys.argv))
