"""What a refusal was."""

from collections.abc import Callable

import pytest

from hotfixes.git.trouble import GitError, Trouble


def trouble(ask: Callable[[], object]) -> Trouble:
    with pytest.raises(GitError) as refused:
        ask()
    return refused.value.trouble
