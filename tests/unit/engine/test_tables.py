"""`table` blocks: what they show, and what their buttons do."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from docassemble_lite.engine.actions import ActionRefused
from tests.unit.engine.interviewing import Interview, interview, source_mistake
from tests.unit.engine.linking import follow, follow_from_web, with_links
from tests.unit.engine.linking import links as links_of

FRUIT = """
    objects:
      - fruit: DAList.using(object_type=DAObject, complete_attribute='complete')
    ---
    mandatory: True
    code: |
      for name, seeds in [('Apple', 4), ('Pear', 6), ('Cherry', 1)]:
        item = fruit.appendObject()
        item.name, item.seeds = name, seeds
      fruit.gathered = True
      fruit.there_is_another = False
      fruit.there_are_any = True
    ---
    table: fruit.table
    rows: fruit
    columns:
      - Fruit: row_item.name
      - Seeds: row_item.seeds
    {more}
    ---
    mandatory: True
    question: Fruit
    subquestion: |
      There are {count}.

      ${{ {shown} }}
    ---
    question: A fruit
    fields:
      - Name: fruit[i].name
      - Seeds: fruit[i].seeds
        datatype: integer
    ---
    code: |
      str(fruit[i].name)
      str(fruit[i].seeds)
      fruit[i].complete = True
"""


def fruit(more: str = "", shown: str = "fruit.table") -> Interview:
    lines = "\n    ".join(line.strip(" ") if not line.startswith("  ") else line for line in more.splitlines())
    return with_links(FRUIT.format(more=lines, shown=shown, count="${ len(fruit.elements) }"))


def html(session: Interview) -> str:
    return session.screen.subquestion_html


def cells(session: Interview) -> list[list[str]]:
    """The texts of the cells, without buttons."""
    rows = re.findall(r"<tr>(.*?)</tr>", html(session), re.DOTALL)
    found = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub(r"<a .*?</a>|<[^>]*>", "", cell).strip() for cell in row] for row in found]


def names(session: Interview) -> list[str]:
    return [row[0] for row in cells(session)[1:]]


def links(session: Interview, name: str) -> list[str]:
    return links_of(html(session), name)


def test_a_table_has_a_row_for_each_item():
    assert cells(fruit()) == [["Fruit", "Seeds"], ["Apple", "4"], ["Pear", "6"], ["Cherry", "1"]]


def test_the_headers_of_a_table_say_that_they_head_columns():
    assert html(fruit()).count('<th scope="col">') == 2


def test_rows_are_filtered_and_sorted():
    assert names(fruit("filter: row_item.seeds > 1\nsort key: |\n  lambda y: y.seeds\nsort reverse: True")) == ["Pear", "Apple"]


def test_the_expressions_of_a_row_leave_no_variables_behind():
    assert not {"row_item", "row_index"} & set(fruit().answers)


def test_a_header_and_a_cell_can_stand_under_keys_of_their_own():
    more = "edit: False"
    text = FRUIT.format(more=more, shown="fruit.table", count="3").replace(
        "- Fruit: row_item.name", "- header: |\n          **What**\n        cell: |\n          row_item.name.upper()"
    )
    assert "<strong>What</strong>" in html(interview(text))
    assert cells(interview(text))[1][0] == "APPLE"


@pytest.mark.parametrize(
    ("more", "shown"),
    [("show if empty: False", ""), ("show if empty: |\n  No *fruit*.", "<p>No <em>fruit</em>.</p>"), ("", "<th")],
)
def test_a_table_without_rows_is_shown_as_its_author_says(more, shown):
    assert shown in html(fruit(f"filter: row_item.seeds > 100\n{more}"))


def test_what_was_typed_stays_text_in_its_cell():
    session = interview("""
        mandatory: True
        question: People
        subquestion: |
          ${ people_table }
        ---
        table: people_table
        rows: |
          [name]
        columns:
          - Name: row_item
          - Again: |
              "<b>" + row_item + "</b>"
        ---
        question: Name?
        fields:
          - Name: name
    """).answer(name="a | *b* [c](http://d.e) | ${ x }")
    assert html(session).count("a | *b* [c](http://d.e) | ${ x }") == 2
    assert html(session).count("<td>") == 2


def test_lines_and_bars_of_a_cell_dont_end_it():
    session = interview("""
        mandatory: True
        question: Q
        subquestion: |
          ${ t }
        ---
        table: t
        rows: |
          ["one\\ntwo | three"]
        columns:
          - Text: row_item
    """)
    assert re.search(r"<td>one\s*<br>\s*two \| three</td>", html(session))


def test_a_dictionary_has_its_keys_as_indices():
    session = interview("""
        objects:
          - income: DADict.using(elements=dict(rent=5, interest=7))
        ---
        table: income.table
        rows: income
        columns:
          - Kind: row_index
          - Amount: row_item
        sort key: |
          lambda pair: pair[1]
        ---
        mandatory: True
        question: Q
        subquestion: ${ income.table }
    """)
    assert cells(session)[1:] == [["rent", "5"], ["interest", "7"]]


def test_what_isnt_known_of_an_incomplete_item_is_said_to_be_unknown():
    session = interview("""
        objects:
          - people: DAList.using(object_type=DAObject, auto_gather=False)
        ---
        mandatory: True
        code: |
          people.appendObject(name='Ann')
        ---
        table: people.table
        rows: people
        columns:
          - Name: row_item.name
          - Age: row_item.age
        require gathered: False
        show incomplete: True
        ---
        mandatory: True
        question: Q
        subquestion: ${ people.table }
    """)
    assert cells(session)[1:] == [["Ann", "n/a"]]


def test_a_table_of_a_document_has_no_buttons():
    session = with_links(
        FRUIT.format(more="edit:\n      - name", shown="fruit.table", count="3").replace(
            "question: Fruit\n",
            "question: Fruit\n    attachment:\n      content: |\n        ${ fruit.table }\n      valid formats: [html]\n",
            1,
        )
    )
    document = next(content for name, content, _ in session.host.files.values() if name.endswith(".html")).decode()
    assert "Cherry" in document
    assert "Delete" not in document
    assert "Delete" in html(session)


# --- buttons ---------------------------------------------------------------------------------------------------------


def test_buttons_are_named_after_their_rows():
    assert len(links(fruit("edit:\n  - name"), "Delete Pear")) == 1


def test_a_table_shown_without_editing_has_no_buttons():
    assert "<a " not in html(fruit("edit:\n  - name", "fruit.table.show(editable=False)"))


def test_delete_buttons_can_be_had_alone_or_not_at_all():
    assert "Edit" not in html(fruit("delete buttons: True"))
    assert "Delete" not in html(fruit("edit:\n  - name\ndelete buttons: False"))


def test_delete_removes_the_item_of_its_row():
    session = fruit("edit:\n  - name")
    assert names(follow(session, links(session, "Delete Pear")[0])) == ["Apple", "Cherry"]


def test_delete_of_a_page_that_is_out_of_date_removes_nothing():
    session = fruit("edit:\n  - name")
    old = links(session, "Delete Apple")[0]
    follow(session, old)
    follow(session, old)
    assert names(session) == ["Pear", "Cherry"]
    assert "has changed" in session.screen.flashes[0][0]


def test_what_a_table_doesnt_offer_cant_be_asked_for():
    session = fruit("edit:\n  - name")
    offered = links(session, "Delete Pear")[0]
    forged = offered.replace(quote('"item": 1'), quote('"item": 0'))
    assert forged != offered
    with pytest.raises(ActionRefused):
        follow_from_web(session, forged)
    assert names(session.show()) == ["Apple", "Pear", "Cherry"]


def test_what_a_table_offers_can_be_asked_for_by_an_address():
    session = fruit("edit:\n  - name")
    assert names(follow_from_web(session, links(session, "Delete Pear")[0])) == ["Apple", "Cherry"]


def test_delete_asks_first_where_it_is_to_be_confirmed():
    session = fruit("delete buttons: True\nconfirm: True")
    follow(session, links(session, "Delete Pear")[0])
    assert "delete this item?" in session.question
    assert session.labels == ["Delete", "Cancel"]
    assert names(session.show()) == ["Apple", "Pear", "Cherry"]


def test_edit_asks_for_its_attributes_anew():
    session = fruit("edit:\n  - name")
    follow(session, links(session, "Edit Apple")[0])
    assert session.question == "A fruit"
    assert names(session.answer({"fruit[0].name": "Plum"})) == ["Plum", "Pear", "Cherry"]


def test_items_move_up_and_down():
    session = fruit("allow reordering: True")
    assert links(session, "Move up Apple") == links(session, "Move down Cherry") == []
    assert names(follow(session, links(session, "Move down Apple")[0])) == ["Pear", "Apple", "Cherry"]


def test_items_can_be_protected():
    session = with_links(
        FRUIT.format(more="edit:\n      - name\n    read only: fixed", shown="fruit.table", count="3").replace(
            "item.name, item.seeds = name, seeds",
            "item.name, item.seeds = name, seeds\n        item.fixed = {'Apple': True, 'Pear': {'edit': False}}.get(name, False)",
        )
    )
    assert links(session, "Edit Apple") == links(session, "Delete Apple") == links(session, "Edit Pear") == []
    assert links(session, "Delete Pear")
    assert links(session, "Edit Cherry")


def test_no_more_can_be_deleted_than_the_least_number():
    text = FRUIT.format(more="delete buttons: True", shown="fruit.table", count="3")
    assert "Delete" not in html(with_links(text.replace("DAList.using(", "DAList.using(minimum_number=3, ")))


def test_an_item_is_added_and_asked_for():
    session = fruit(shown="fruit.add_action('Another fruit')")
    url = re.findall(r'<a href="([^"]*)"', html(session))[0]
    assert "Another fruit</a>" in html(session)
    follow(session, url)
    assert session.variables == ["fruit[3].name", "fruit[3].seeds"]


# --- mistakes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("table: t\ncolumns:\n  - A: row_item", "needs “rows”"),
        ("table: t\nrows: x", "needs “columns”"),
        ("table: t\nrows: x\ncolumns:\n  - row_item", "of the form"),
        ("table: t\nrows: x\ncolumns:\n  - A: row_item +", "isn't Python"),
        ("table: t\nrows: x\ncolumns:\n  - A: row_item\nedit:\n  - a b", "isn't the name of an attribute"),
        ("table: t\nrows: x\ncolumns:\n  - A: row_item\nread only: a b", "must be the name of an attribute"),
    ],
)
def test_a_table_that_cant_be_read_is_a_mistake(table, message):
    assert message in source_mistake(table).message


def test_a_table_can_be_had_as_a_file():
    session = fruit("filter: row_item.seeds > 1\nsort reverse: True", "fruit.table.export('fruit.csv').slurp()")
    (name, content, mimetype) = session.host.files[1]
    assert (name, mimetype) == ("fruit.csv", "text/csv")
    assert content.decode("utf-8-sig").split() == ["Fruit,Seeds", "Pear,6", "Apple,4"]
    session.show()
    assert len(session.host.files) == 1


@pytest.mark.parametrize(
    ("arguments", "name"),
    [("", "file.xlsx"), ("'a.json'", "a.json"), ("file_format='csv'", "file.csv"), ("'a.xlsx', title='x'", "a.xlsx")],
)
def test_the_name_or_the_format_says_of_which_kind_an_exported_file_is(arguments, name):
    session = fruit(shown=f"fruit.table.export({arguments}).filename")
    assert name in html(session)


def test_an_exported_file_has_typed_texts_as_they_are():
    session = fruit(shown="fruit.table.export('a.json').slurp()").act("fruit[0].name").answer({"fruit[0].name": "*A* | =x"})
    assert any('"*A* | =x"' in content.decode() for _, content, _ in session.host.files.values())
