"""A small fixed part of `make fuzz`, without coverage: each reader reads its seeds, and survives some mutations."""

import random
import time

import pytest

from tools.fuzz.measure import MOST_BYTES, MOST_SECONDS, Measured
from tools.fuzz.mutations import mutated
from tools.fuzz.targets import FOUND, TARGETS
from tools.fuzz.trees import every, tree_of

# `cryptography` warns of odd values that it reads all the same.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
MUTATIONS = 60
each_reader = pytest.mark.parametrize("name", TARGETS)


@each_reader
def test_seed_of_a_reader_is_read(name: str) -> None:
    target = TARGETS[name]()
    measured = Measured()
    for seed in target.seeds:
        measured.call(seed, target.read, target.refuses)

    assert measured.read
    assert not measured.failures
    assert max(map(len, target.seeds)) <= target.most_bytes


@each_reader
def test_mutations_end_as_the_reader_says(name: str) -> None:
    target = TARGETS[name]()
    chance = random.Random(name)  # noqa: S311 - the same changes in every run
    measured = Measured()
    for number in range(MUTATIONS):
        content = mutated(target.seeds[number % len(target.seeds)], chance, target.seeds)
        measured.call(content, target.read, target.refuses)

    assert not measured.failures


def test_readers_with_faults_found_are_readers() -> None:
    assert FOUND.keys() <= TARGETS.keys()


def test_another_error_a_large_memory_and_a_long_time_are_failures() -> None:
    measured = Measured()

    def wrong(content: bytes) -> object:
        match content:
            case b"error":
                raise KeyError
            case b"refused":
                raise ValueError
            case b"large":
                return bytearray(b"x") * (MOST_BYTES + 2**20)
        end = time.process_time() + MOST_SECONDS
        while time.process_time() < end:
            pass
        return None

    for content in (b"refused", b"error", b"large", b"longer and slow", b"slow"):
        measured.call(content, wrong, (ValueError,))

    kinds = {what.partition(" at ")[0]: failure.content for what, failure in measured.failures.items()}
    assert kinds == {"KeyError": b"error", "more than 64 MB of memory": b"large", "more than a second": b"slow"}
    assert (measured.calls, measured.read) == (5, 3)


@each_reader
def test_seeds_in_der_are_the_same_after_they_were_taken_apart(name: str) -> None:
    for seed in TARGETS[name]().seeds:
        tree = tree_of(seed)
        assert tree is None or tree.encoded() == seed


def test_der_in_strings_is_taken_apart_too() -> None:
    tree = tree_of(TARGETS["certificate"]().seeds[0])

    assert tree is not None
    assert sum(1 for _ in every(tree)) > 80


def test_mutations_are_the_same_for_the_same_chance() -> None:
    seeds = TARGETS["PFX"]().seeds

    def made() -> list[bytes]:
        chance = random.Random(7)  # noqa: S311 - the same changes in every run
        return [mutated(seeds[0], chance, seeds) for _ in range(50)]

    assert made() == made()
    assert len(set(made())) > 45
