"""The demo prints every line of its story in English or Korean, by the locale."""

import ast
import itertools
import re
from string import Formatter

import pytest

from tools.demo.story import Story
from tools.demo.texts import ACTORS, CHAPTERS, ENDING, EXPIRY_NOTICE, REGISTERED_NOTICE, STEPS, Text, language_of
from tools.packaging.build import ROOT

STORY = [ast.parse((ROOT / f"tools/demo/{name}.py").read_text()) for name in ("run", "banking")]
SAME_IN_BOTH = {"finding"}


def _keys_used() -> dict[str, set[str]]:
    """Collect the keys that the story names: of chapters, of actors, and of steps (as a step, or as a detail)."""
    used: dict[str, set[str]] = {"chapter": set(), "actor": set(), "step": set()}
    for node in itertools.chain.from_iterable(map(ast.walk, STORY)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            names = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            if node.func.attr == "chapter":
                used["chapter"].add(str(names[0]))
            elif node.func.attr == "step":
                used["actor"].add(str(names[0]))
                used["step"].add(str(names[1]))
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "STEPS":
            used["step"].add(ast.literal_eval(node.slice))
    return used


def _parameters(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize(
    ("kind", "texts"), [("chapter", CHAPTERS), ("actor", ACTORS), ("step", STEPS)], ids=["chapter", "actor", "step"]
)
def test_texts_match_the_keys_in_use(kind: str, texts: dict[str, Text]) -> None:
    assert _keys_used()[kind] == texts.keys()


@pytest.mark.parametrize(("key", "text"), [*CHAPTERS.items(), *ACTORS.items(), *STEPS.items(), ("ending", ENDING)])
def test_both_languages_have_the_same_parameters(key: str, text: Text) -> None:
    hangul = r"[\uac00-\ud7a3]"
    assert not re.search(hangul, text.en)
    assert re.search(hangul, text.ko) or key in SAME_IN_BOTH
    assert _parameters(text.en) == _parameters(text.ko)


@pytest.mark.parametrize("words", [*EXPIRY_NOTICE, *REGISTERED_NOTICE])
def test_expected_words_are_in_a_notice(words: str) -> None:
    folder = ROOT / "layers/registrar/python/registrar/domain/notices"
    assert any(words in path.read_text() for path in folder.glob("*.py"))


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "C", "LC_ALL": "ko"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": ""}, "ko"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_locale_decides_the_language(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language


@pytest.mark.parametrize("language", ["ko", "en"])
def test_step_prints_actor_text_details_and_duration(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    Story(language).step("issuer", "deferred", "REVOCATION_UNAVAILABLE", "")

    first, *details = capsys.readouterr().out.splitlines()
    actor, text = (each.ko if language == "ko" else each.en for each in (ACTORS["issuer"], STEPS["deferred"]))
    assert re.fullmatch(rf"  ✓ {actor} +{re.escape(text)}  \d+\.\d s", first)
    assert [detail.strip() for detail in details] == ["REVOCATION_UNAVAILABLE"]


def test_failed_expectation_exits_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    story = Story("en")
    story.expect(True, "holds", None)
    with pytest.raises(SystemExit) as ended:
        story.expect(False, "one registration", [])

    assert ended.value.code == 1
    assert "expected: one registration" in capsys.readouterr().err
