"""What a script may say beside its answer: nothing that breaks a log or the database, but it names nothing either."""

import pytest
from django.core.exceptions import ValidationError

from hotfixes.reported.evidence import check_data


def test_the_lines_of_a_script_may_be_invisible_and_hold_no_control_character() -> None:
    check_data({"output": ["ok", "\u200b", "\ufeff"]})
    with pytest.raises(ValidationError):
        check_data({"output": ["ok", "\x1b[31m"]})
