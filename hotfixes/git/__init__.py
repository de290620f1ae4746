"""Other people's repositories, read without trusting them.

`reader` says what can be asked, `cli` answers it with the system's git on a directory that `mirror` made, `remote`
asks the other side. Whatever a repository contains is data: no code of it runs, no name of it becomes an option, and
each question ends by a limit (docs/decisions/0005-git-without-trust.md).
"""
