"""`list collect`: all items of a list on one screen, and what becomes of the list when it comes back."""

from __future__ import annotations

import pytest

from docassemble_lite.engine.fields.control_name import control_name
from docassemble_lite.engine.submission import NotAsked
from tests.unit.engine.interviewing import interview, source_mistake

FRUIT = """
    objects:
      fruit: DAList.using(object_type=Thing)
    ---
    mandatory: True
    code: |
      for number in range(2):
        fruit.appendObject()
      fruit[0].name.text = 'apple'
      fruit[0].seeds = 10
    ---
    mandatory: True
    code: |
      fruit[0].seeds
      fruit[1].seeds
    ---
    question: Tell me about the fruit.
    fields:
      - Name: fruit[i].name.text
      - Seeds: fruit[i].seeds
        datatype: integer
    list collect: LIST_COLLECT
    ---
    mandatory: True
    question: The end
    subquestion: |
      ${ '; '.join(f'{item.name.text} {item.seeds} {item.instanceName}' for item in fruit.elements) }
"""

WORDS = """
    objects:
      words: DAList
    ---
    mandatory: True
    code: words[0]
    ---
    question: Which words?
    fields:
      - Word: words[i]
    list collect: LIST_COLLECT
    ---
    mandatory: True
    question: |
      The end of ${ ', '.join(words.elements) }
"""


def collecting(text=FRUIT, **keys):
    """A session of an interview with `list collect`, which has these keys, with blanks for underscores."""
    written = "{" + ", ".join(f"{key.replace('_', ' ')}: {value}" for key, value in keys.items()) + "}" if keys else "True"
    return interview(text.replace("LIST_COLLECT", written))


def posted(session, order, **buttons):
    """What a browser posts when the items stand in this order, with names and seeds that tell the items apart."""
    form = {"_list_collect_list": ["x"], "_list_collect_item": [str(number) for number in order], **buttons}
    for view in session.screen.fields:
        if view.item in order:
            form[view.name] = [f"n{view.item}" if "name" in view.variable or "words" in view.variable else str(view.item)]
    return form


def items_of(session):
    return session.screen.subquestion_html.removeprefix("<p>").removesuffix("</p>\n").removesuffix("</p>").split("; ")


# --- the screen ----------------------------------------------------------------------------------------------------------


def test_all_items_are_on_the_screen_and_further_ones_wait_out_of_sight():
    screen = collecting().screen
    assert [item.shown for item in screen.collected.items[:3]] == [True, True, False]
    assert [view.value for view in screen.fields[:4]] == ["apple", "10", "", ""]
    assert len(screen.collected.items) > 5


def test_making_the_screen_makes_no_items():
    assert len(collecting().answers["fruit"].elements) == 2


def test_the_contract_names_every_item_of_the_page():
    assert {"fruit[0].seeds", "fruit[7].name.text"} <= set(collecting().variables)


def test_an_empty_list_shows_one_item():
    assert [item.shown for item in collecting(WORDS).screen.collected.items[:2]] == [True, False]


def test_labels_are_those_of_places():
    screen = collecting(label="'Fruit ${ i + 1 }'").screen
    assert [item.label_html for item in screen.collected.items[:3]] == ["Fruit 1", "Fruit 2", "Fruit 3"]


def test_without_a_label_the_items_are_numbered():
    assert collecting().screen.collected.items[1].label_html == "2."


@pytest.mark.parametrize("enable", ["False", "len(fruit.elements) > 2"])
def test_the_question_asks_about_one_item_while_it_is_not_enabled(enable):
    session = collecting(enable=enable)
    assert session.screen.collected is None
    assert session.variables == ["fruit[1].name.text", "fruit[1].seeds"]


def test_items_can_be_added_unless_the_author_forbids_it():
    assert collecting().screen.collected.add_label == "Add another"
    assert collecting(add_another_label="More").screen.collected.add_label == "More"
    fixed = collecting(allow_append=False).screen
    assert fixed.collected.add_label == ""
    assert len(fixed.collected.items) == 2


def test_items_that_are_there_can_be_deleted_unless_the_author_forbids_it():
    assert [item.may_be_removed for item in collecting().screen.collected.items[:3]] == [True, True, True]
    assert [item.may_be_removed for item in collecting(allow_delete=False).screen.collected.items[:3]] == [False, False, True]


def test_the_first_items_stay_as_many_as_the_list_needs():
    session = collecting(FRUIT.replace("object_type=Thing", "object_type=Thing, minimum_number=3"))
    assert [item.may_be_removed for item in session.screen.collected.items[:4]] == [False, False, False, True]
    assert [item.shown for item in session.screen.collected.items[:4]] == [True, True, True, False]


def test_a_condition_looks_at_the_fields_of_its_own_item():
    text = FRUIT.replace(
        "datatype: integer\n", "datatype: integer\n        show if:\n          variable: fruit[i].name.text\n          is: pear\n"
    )
    views = {view.variable: view for view in collecting(text).screen.fields}
    assert views["fruit[1].seeds"].condition.control == control_name("fruit[1].name.text")
    assert views["fruit[4].seeds"].condition.control == control_name("fruit[4].name.text")


def test_a_script_looks_at_the_fields_of_its_own_item():
    text = FRUIT.replace(
        "datatype: integer\n", "datatype: integer\n        js show if: |\n          val('fruit[i].name.text') == 'pear'\n"
    )
    views = {view.variable: view for view in collecting(text).screen.fields}
    assert views["fruit[4].seeds"].script == "val('fruit[4].name.text') == 'pear'"


def test_a_default_is_in_further_items_too():
    session = collecting(FRUIT.replace("datatype: integer\n", "datatype: integer\n        default: 3\n"))
    assert session.field("fruit[0].seeds").value == "10"
    assert session.field("fruit[5].seeds").value == "3"


# --- what comes back ---------------------------------------------------------------------------------------------------------


def test_items_are_filled_in_and_added():
    session = collecting()
    session.post(posted(session, [0, 1, 2]))
    assert items_of(session) == ["n0 0 fruit[0]", "n1 1 fruit[1]", "n2 2 fruit[2]"]
    assert session.answers["fruit"].there_is_another is False


def test_an_item_is_deleted_and_the_rest_moves_up():
    session = collecting()
    session.post(posted(session, [1, 4]))
    assert items_of(session) == ["n1 1 fruit[0]", "n4 4 fruit[1]"]


def test_items_are_moved_where_the_author_allows_it():
    session = collecting(allow_reordering=True)
    session.post(posted(session, [3, 1, 0]))
    assert items_of(session) == ["n3 3 fruit[0]", "n1 1 fruit[1]", "n0 0 fruit[2]"]


def test_values_are_collected_as_well_as_objects():
    session = collecting(WORDS, allow_reordering=True)
    session.post(posted(session, [0, 2, 1]))
    assert session.question == "The end of n0, n2, n1"


def test_a_screen_that_is_not_final_leaves_open_whether_there_is_another():
    session = collecting(is_final=False)
    session.post(posted(session, [0, 1]))
    assert "there_is_another" not in vars(session.answers["fruit"])


def test_a_further_item_that_stayed_blank_is_not_added():
    session = collecting()
    form = posted(session, [0, 1, 2, 3])
    for view in session.screen.fields:
        if view.item == 2:
            form[view.name] = [" "]
    session.post(form)
    assert items_of(session) == ["n0 0 fruit[0]", "n1 1 fruit[1]", "n3 3 fruit[2]"]


def test_an_added_item_of_a_gathered_list_has_it_gathered_again():
    text = FRUIT.replace("fruit[0].seeds = 10", "fruit[0].seeds = 10\n      fruit.gathered = True")
    session = collecting(text)
    session.post(posted(session, [0, 1, 2]))
    assert items_of(session)[2] == "n2 2 fruit[2]"
    assert not hasattr(session.answers["fruit"], "gathered")


def test_what_an_added_item_consists_of_is_made_before_it_is_filled_in():
    session = collecting(
        FRUIT.replace("fruit[i].name.text", "fruit[i].owner.name.text")
        .replace("fruit[0].name.text = 'apple'", "pass")
        .replace("item.name.text", "item.owner.name.text")
        + "    ---\n    objects:\n      - fruit[i].owner: Thing\n"
    )
    session.post(posted(session, [0, 1, 2]))
    assert items_of(session)[2] == "n2 2 fruit[2]"


def test_whoever_posts_without_the_hidden_controls_answers_what_is_seen():
    session = collecting().answer({"fruit[1].name.text": "pear", "fruit[1].seeds": 4})
    assert items_of(session) == ["apple 10 fruit[0]", "pear 4 fruit[1]"]


# --- mistakes ----------------------------------------------------------------------------------------------------------------


def test_a_mistake_is_shown_where_it_was_made_and_nothing_else_is_lost():
    session = collecting()
    form = posted(session, [1, 3])
    form[control_name("fruit[3].seeds")] = ["many"]
    session.post(form)
    assert session.field("fruit[3].seeds").error
    assert session.field("fruit[3].seeds").value == "many"
    assert session.field("fruit[1].name.text").value == "n1"
    assert [item.number for item in session.screen.collected.items if item.shown] == [1, 3]
    session.post(posted(session, [1, 3]))
    assert items_of(session) == ["n1 1 fruit[0]", "n3 3 fruit[1]"]


def test_a_mistake_that_the_author_finds_is_shown_where_it_was_made():
    validate = "datatype: integer\n        validate: |\n          lambda n: n != 3 or validation_error(f'no {i}')\n"
    session = collecting(FRUIT.replace("datatype: integer\n", validate))
    session.post(posted(session, [1, 3]))
    assert session.field("fruit[3].seeds").error == "no 1"
    assert len(session.answers["fruit"].elements) == 2


def test_validation_code_knows_the_items_as_they_will_be():
    code = "validation code: |\n      validation_error('x', field='fruit[1].seeds')"
    text = FRUIT.replace("    list collect", f"    {code}\n    list collect")
    session = collecting(text)
    session.post(posted(session, [1, 3]))
    assert session.field("fruit[3].seeds").error == "x"


# --- buttons, where no script runs -------------------------------------------------------------------------------------------


def shown(session):
    return [item.number for item in session.screen.collected.items if item.shown]


def test_a_button_adds_an_item_and_keeps_what_was_typed():
    session = collecting()
    session.post(posted(session, [0, 1], _list_collect_add=["1"]))
    assert shown(session) == [0, 1, 2]
    assert session.field("fruit[1].name.text").value == "n1"
    assert session.field("fruit[2].name.text").value == ""
    assert not session.screen.has_errors
    assert len(session.answers["fruit"].elements) == 2


def test_a_button_deletes_an_item_and_the_list_keeps_it_until_the_form_is_sent():
    session = collecting()
    session.post(posted(session, [0, 1], _list_collect_remove=["0"]))
    assert shown(session) == [1]
    assert len(session.answers["fruit"].elements) == 2
    session.post(posted(session, [1, 2]))
    assert items_of(session) == ["n1 1 fruit[0]", "n2 2 fruit[1]"]


def test_buttons_move_an_item():
    session = collecting(allow_reordering=True)
    session.post(posted(session, [0, 1], _list_collect_later=["0"]))
    assert shown(session) == [1, 0]
    session.post(posted(session, [1, 0], _list_collect_earlier=["0"]))
    assert shown(session) == [0, 1]


def test_there_are_always_further_items_until_it_is_too_much():
    session = collecting()
    for count in range(3, 30):
        session.post(posted(session, range(count - 1), _list_collect_add=["1"]))
        assert shown(session) == list(range(count))


def test_a_page_whose_further_items_are_all_in_use_gets_more():
    session = collecting()
    session.post(posted(session, range(len(session.screen.collected.items)), _list_collect_add=["1"]))
    assert len(shown(session)) == 13
    assert len(session.screen.collected.items) > 13


# --- going back --------------------------------------------------------------------------------------------------------------


def test_back_shows_again_the_items_that_had_been_added():
    session = collecting()
    session.post(posted(session, [0, 1, 2, 3]))
    session.back()
    assert shown(session) == [0, 1, 2, 3]
    assert session.field("fruit[3].name.text").value == "n3"
    assert len(session.answers["fruit"].elements) == 2


def test_back_shows_the_items_as_they_had_been_arranged():
    session = collecting(allow_reordering=True)
    session.post(posted(session, [3, 1]))
    session.back()
    assert shown(session) == [3, 1]
    assert session.field("fruit[3].name.text").value == "n3"
    assert session.field("fruit[1].name.text").value == "n1"
    session.show()
    assert session.field("fruit[0].name.text").value == "apple"
    assert session.field("fruit[1].name.text").value == "n1"


# --- what is refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "keys", "more"),
    [
        ([0, 1, 99], {}, {}),
        ([0, 0], {}, {}),
        ([1, 0], {}, {}),
        ([1], {"allow_delete": False}, {}),
        ([0, 1, 2], {"allow_append": False}, {}),
        ([0, 1], {"allow_append": False}, {"_list_collect_add": ["1"]}),
        ([0, 1], {"allow_delete": False}, {"_list_collect_remove": ["0"]}),
        ([0, 1], {}, {"_list_collect_earlier": ["1"]}),
        ([0, 1], {}, {"_list_collect_remove": ["x"]}),
        ([0, 1], {}, {"_list_collect_remove": []}),
    ],
)
def test_what_the_author_does_not_allow_is_refused(order, keys, more):
    session = collecting(**keys)
    with pytest.raises(NotAsked):
        session.post(posted(session, order, **more))
    assert len(session.answers["fruit"].elements) == 2


def test_a_question_about_one_item_knows_no_items():
    session = collecting(enable=False)
    with pytest.raises(NotAsked):
        session.post({"_list_collect_item": ["0"]})


# --- mistakes of authors -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("{lable: x}", "has no key “lable”"),
        ("[1]", "must be True, False or an expression"),
        ("{allow delete: [x]}", "must be True, False or an expression"),
    ],
)
def test_a_key_that_is_none_is_a_mistake(written, message):
    assert message in source_mistake(FRUIT.replace("LIST_COLLECT", written)).message


def test_fields_that_belong_to_no_item_are_a_mistake():
    text = FRUIT.replace("LIST_COLLECT", "True")
    assert "belong to an item" in source_mistake(text.replace("[i]", "")).message
    assert "“total”" in source_mistake(text.replace("- Seeds: fruit[i].seeds", "- Total: total")).message


def test_only_a_list_can_be_collected():
    text = FRUIT.replace("DAList", "DADict").replace("appendObject()", "initializeObject(number)")
    with pytest.raises(Exception, match="needs a DAList"):
        collecting(text)


# --- beside other features ---------------------------------------------------------------------------------------------------


def test_an_item_takes_nothing_but_what_its_action_suggests():
    suggesting = "- Word: words[i]\n        input type: ajax\n        action: known"
    known = "json_response([word for word in ('n0', 'n2') if word == action_argument('wordstart')])"
    event = f"    ---\n    event: known\n    code: {known}\n"
    session = collecting(WORDS.replace("- Word: words[i]", suggesting) + event)
    session.post(posted(session, [0, 1]))
    assert session.field("words[1]").error
    assert not session.field("words[0]").error
    session.post(posted(session, [0, 2]))
    assert session.question == "The end of n0, n2"


def test_a_field_disables_others_of_its_own_item():
    text = FRUIT.replace("- Name: fruit[i].name.text", "- Name: fruit[i].name.text\n        disable others: True")
    session = collecting(text)
    assert session.field("fruit[1].name.text").disables == (control_name("fruit[1].seeds"),)
    form = posted(session, [0, 1])
    form[control_name("fruit[1].name.text")] = [""]
    session.post(form)
    assert session.answers["fruit"].elements[0].seeds == 10
    assert session.answers["fruit"].elements[1].seeds == 1


def test_items_of_a_list_within_a_list_are_collected():
    session = interview(
        """
        objects:
          - people: DAList.using(object_type=Thing.using(toys=[]))
          - people[i].toys: DAList.using(object_type=Thing)
        ---
        mandatory: True
        code: |
          people.appendObject()
          people.appendObject()
          for person in people.elements:
            person.reInitializeAttribute('toys', DAList.using(object_type=Thing))
        ---
        mandatory: True
        code: people[1].toys[0].name.text
        ---
        question: The toys of ${ ordinal(i) }
        fields:
          - Toy: people[i].toys[j].name.text
        list collect: True
        ---
        mandatory: True
        question: ${ people[1].toys.elements[1].name.text } ${ people[1].toys.elements[1].instanceName }
        """
    )
    assert session.question == "The toys of second"
    form = {"_list_collect_list": ["x"], "_list_collect_item": ["0", "1"]}
    form |= {view.name: [f"n{view.item}"] for view in session.screen.fields if view.item in (0, 1)}
    session.post(form)
    assert session.question == "n1 people[1].toys[1]"


def test_a_list_that_asks_for_its_number_is_as_long_as_the_screen_made_it():
    session = collecting(FRUIT.replace("object_type=Thing", "object_type=Thing, ask_number=True, target_number=2"))
    session.post(posted(session, [0, 1, 2]))
    assert session.answers["fruit"].target_number == 3
