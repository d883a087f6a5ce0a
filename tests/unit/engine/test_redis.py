"""`DARedis`: a store beside the answers."""

from __future__ import annotations

from tests.unit.engine.interviewing import interview


def test_what_one_session_keeps_another_finds():
    text = """
    objects:
      - r: DARedis
    ---
    mandatory: True
    code: |
      number = r.incr(r.key('visits'))
      r.rpush(r.key('log'), 'seen')
    ---
    mandatory: True
    question: Number ${ number }, ${ r.lrange(r.key('log'), 0, -1)[0].decode() }, ${ r.key('a') }
    """
    assert interview(text).question == "Number 1, seen, :a"
    assert interview(text).question == "Number 2, seen, :a"


def test_objects_can_be_kept():
    session = interview("""
    objects:
      - r: DARedis
      - person: Individual
    ---
    mandatory: True
    code: |
      person.name.first = 'Ada'
      r.set_data('who', {'person': person, 'list': [1, 2]}, expire=60)
      found = r.get_data('who')
      nothing = r.get_data('nobody')
    ---
    mandatory: True
    question: ${ found['person'].name.first } ${ found['list'] } ${ nothing } ${ r.ttl('who') > 50 }
    """)
    assert session.question == "Ada [1, 2] None True"
