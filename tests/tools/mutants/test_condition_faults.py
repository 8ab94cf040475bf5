"""Faults in conditions of writes: each clause left out, each operator turned, each AND and OR exchanged."""

import ast

import pytest

from tools.mutants.conditions import ALWAYS, NEVER, changed, condition, states_condition


def test_clause_is_left_out_with_its_values_kept() -> None:
    assert list(changed("#state = :open AND tries < :most")) == [
        ("#state = :open → always", f"(#state = :open OR {ALWAYS}) AND tries < :most"),
        ("#state = :open → #state <> :open", "#state <> :open AND tries < :most"),
        ("tries < :most → always", f"#state = :open AND (tries < :most OR {ALWAYS})"),
        ("tries < :most → tries <= :most", "#state = :open AND tries <= :most"),
        ("AND after #state = :open → OR", "#state = :open OR tries < :most"),
        ("#state = :open AND tries < :most → always", f"((#state = :open AND tries < :most) OR {ALWAYS})"),
    ]


def test_one_of_several_states_is_a_clause() -> None:
    assert list(changed("#state IN (:checking, :deferred)")) == [
        ("#state IN (:checking, :deferred) → always", f"(#state IN (:checking, :deferred) OR {ALWAYS})")
    ]


@pytest.mark.parametrize("text", ["a = :a AND (attribute_exists(b) OR c < :c)", "attribute_exists(b) OR c < :c"])
def test_clause_of_an_or_is_made_to_fail_too(text: str) -> None:
    made = {found for _, found in changed(text)}

    assert text.replace("attribute_exists(b)", f"(attribute_exists(b) AND {NEVER})") in made
    assert text.replace("c < :c", f"(c < :c AND {NEVER})") in made


@pytest.mark.parametrize(
    ("clause", "turned"),
    [
        ("attribute_exists(id)", "attribute_not_exists(id)"),
        ("attribute_not_exists(id)", "attribute_exists(id)"),
        ("NOT contains(holds, :bank)", "contains(holds, :bank)"),
        ("contains(holds, :bank)", "NOT contains(holds, :bank)"),
        ("size(arrived) = file_count", "size(arrived) <> file_count"),
        ("at >= :now", "at > :now"),
    ],
)
def test_each_kind_of_clause_is_turned(clause: str, turned: str) -> None:
    assert [found for _, found in changed(clause)] == [f"({clause} OR {ALWAYS})", turned]


def parsed(text: str) -> tuple[ast.AST, ast.AST]:
    parent = ast.parse(text, mode="eval")
    return parent.body, parent


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("'attribute_exists(id)'", True),
        ("f'{LIVE} AND {later}'", True),
        ("f'{first}, {second}'", False),
        ("'SET a = :a'", False),
        ("'upload of a customer'", False),
    ],
)
def test_only_conditions_are_changed(text: str, found: bool) -> None:
    assert (condition(*parsed(text)) is not None) is found


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("put(ConditionExpression='id = :id')", True),
        ("query(KeyConditionExpression='id = :id')", False),
        ("query(**{'KeyConditionExpression': 'id = :id'})", False),
    ],
)
def test_key_of_a_query_is_left_alone(call: str, found: bool) -> None:
    assert states_condition(ast.parse(call).body[0]) is found
