"""Objects that code makes."""

from __future__ import annotations

from tests.unit.engine.interviewing import interview


def test_an_object_made_in_code_is_called_like_its_variable() -> None:
    session = interview(
        """
        code: |
          friend = Individual()
        ---
        generic object: Individual
        question: Who is ${ x.instanceName }?
        fields:
          - Name: x.name.first
        ---
        mandatory: True
        question: Hello ${ friend.name.first }
        """
    )
    assert session.question == "Who is friend?"
    session.answer(**{"friend.name.first": "Ada"})
    assert session.question == "Hello Ada"
