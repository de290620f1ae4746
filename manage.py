"""Django's command line; people use `./run <command>`, which prepares the environment first."""

import sys

from config.starting import importing

if __name__ == "__main__":
    importing.begin()
    from config.starting.command_line import main

    sys.exit(main(sys.argv))
