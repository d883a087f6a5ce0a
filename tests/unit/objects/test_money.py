"""Amounts of money."""

from __future__ import annotations

from decimal import Decimal

import pytest

from docassemble_lite.objects import Asset, DAAttributeError, FinancialList, Income, PeriodicValue, Value


def test_a_value_that_does_not_exist_is_zero_without_being_asked() -> None:
    assert Value("house", exists=False).amount() == 0


def test_whether_a_value_exists_is_asked_before_the_value() -> None:
    house = Value("house")
    with pytest.raises(DAAttributeError, match=r"house\.exists"):
        house.amount()
    house.exists = True
    with pytest.raises(DAAttributeError, match=r"house\.value"):
        house.amount()


def test_values_are_added_by_their_digits() -> None:
    a, b = Value("a", exists=True, value=0.1), Value("b", exists=True, value=0.2)
    assert a + b == Decimal("0.3")
    assert sum([a, b]) == Decimal("0.3")
    assert (a < b, float(a), str(b)) == (True, 0.1, "0.2")


def test_a_periodic_value_is_counted_for_a_year_or_a_part_of_it() -> None:
    wage = PeriodicValue("wage", exists=True, value=100, period=52)
    assert (wage.amount(), wage.amount(12)) == (5200, pytest.approx(Decimal("433.33"), abs=Decimal("0.01")))


def test_the_total_is_that_of_the_items_that_exist() -> None:
    estate = Asset("estate", gathered=True)
    estate.new("fish", exists=True, value=400)
    estate.new("car", exists=False)
    estate.new("bike", exists=True, value=10)
    assert (estate.total(), str(estate)) == (410, "410")
    assert str(estate.existing_items()) == "bike and fish"


def test_an_item_that_was_named_with_its_value_exists() -> None:
    income = Income("income", minimum_number=1, new_item_name="rent", new_item_value=100, new_item_period=12)
    income.there_is_another = False
    assert income.total() == 1200
    assert not hasattr(income, "new_item_value")


def test_the_total_of_what_comes_again_and_again_can_be_for_a_month() -> None:
    income = Income("income", gathered=True)
    income.new("work", exists=True, value=10, period=52)
    income.new("rent", exists=True, value=20, period=12)
    assert income.total(12) == pytest.approx(Decimal("63.33"), abs=Decimal("0.01"))


def test_a_financial_list_can_hold_another_kind_of_value() -> None:
    class Share(Value):
        pass

    class Shares(FinancialList):
        ValueClass = Share

    assert isinstance(Shares("shares")["acme"], Share)
