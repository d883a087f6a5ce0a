import pytest

from docassemble_lite.engine.fields.populating import NeverFilledIn, posted_texts
from docassemble_lite.engine.screen import AskedField


@pytest.mark.parametrize(("datatype", "input_type"), [("password", ""), ("text", "password")])
def test_a_password_is_never_filled_in(datatype, input_type):
    with pytest.raises(NeverFilledIn):
        posted_texts(AskedField("pass_phrase", datatype, options={"input_type": input_type}), "secret")


def test_other_texts_are_filled_in():
    assert posted_texts(AskedField("name", "text"), "Ada") == ["Ada"]
