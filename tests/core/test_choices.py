import pytest

from nnviz.core.choices import Choice, ChoiceTable, Parameter
from nnviz.core.errors import SettingError

TABLE = ChoiceTable(
    "fruit", [Choice(name=name, label=name.title(), help="Sweet.") for name in ("apple", "pear", "fig")]
)


def test_a_table_is_an_ordered_mapping():
    assert list(TABLE) == ["apple", "pear", "fig"]
    assert len(TABLE) == 3
    assert TABLE["pear"].label == "Pear"
    assert "pear" in TABLE
    assert 3 not in TABLE
    assert TABLE.get("plum") is None


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("aple", "There is no fruit called 'aple'; did you mean 'apple'?"),
        ("stone", "There is no fruit called 'stone'; choose one of: apple, pear, fig."),
        (["apple"], "There is no fruit called"),
    ],
)
def test_failed_look_ups_help(name, message):
    with pytest.raises(SettingError) as caught:
        _ = TABLE[name]
    assert str(caught.value).startswith(message)


def test_names_are_unique():
    with pytest.raises(ValueError, match="two fruit entries are called 'fig'"):
        ChoiceTable("fruit", [TABLE["fig"], TABLE["fig"]])


def test_parameters_check_their_numbers():
    parameter = Parameter(name="n", label="Arms", help="", default=2, minimum=2, maximum=5, integer=True)
    assert parameter.check(3.0) == 3
    for wrong, message in (
        (1, "between 2 and 5"),
        (2.5, "whole number"),
        ("many", "must be a number"),
        (None, "number"),
    ):
        with pytest.raises(SettingError, match=message):
            parameter.check(wrong)
