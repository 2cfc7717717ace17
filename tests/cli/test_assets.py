"""What browsers are given is complete, compressed, ours to give, and asks no other host for anything."""

import gzip
import json
import re
from dataclasses import replace
from pathlib import Path

import brotli
import pytest
import time_machine
from fontTools.ttLib import TTFont

from speakup.cli import assets


def write_own_files(own: Path) -> assets.Places:
    own.mkdir()
    (own / "ours.css").write_text('a { background: url("./nhsuk-icon-tick.svg") } b { background: url(./dot.svg) }')
    (own / "dot.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (own / "ours.js").write_text('import { leave } from "./leave.js";\nleave();\n')
    (own / "leave.js").write_text("export function leave() {}\n")
    return replace(assets.Places(), own=own, build=own / "build")


@pytest.fixture
def places(tmp_path: Path) -> assets.Places:
    return write_own_files(tmp_path / "static")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> assets.Places:
    """Prepared once, for tests that only look."""
    places = write_own_files(tmp_path_factory.mktemp("assets") / "static")
    assert assets.prepare(places)
    return places


def served(places: assets.Places, name: str) -> str:
    manifest: dict[str, str] = json.loads((places.build / "manifest.json").read_text())
    return (places.build / manifest[name]).read_text()


def test_files_are_named_after_their_content_and_refer_to_each_other_by_those_names(prepared: assets.Places) -> None:
    manifest = json.loads((prepared.build / "manifest.json").read_text())
    assert f'import {{ leave }} from "./{manifest["leave.js"]}";' in served(prepared, "ours.js")
    assert f"url(./{manifest['dot.svg']})" in served(prepared, "ours.css")
    assert re.fullmatch(r"ours-[0-9a-f]{16}\.css", manifest["ours.css"])


def test_a_changed_file_gets_another_name_and_so_does_what_refers_to_it(places: assets.Places) -> None:
    assets.prepare(places)
    before = json.loads((places.build / "manifest.json").read_text())
    (places.own / "leave.js").write_text("export function leave() { history.back(); }\n")
    assert assets.prepare(places)
    after = json.loads((places.build / "manifest.json").read_text())
    assert {name for name in before if before[name] != after[name]} == {"leave.js", "ours.js"}


def test_nothing_is_prepared_again_while_nothing_changed(prepared: assets.Places) -> None:
    assert not assets.prepare(prepared)


def test_every_reference_in_every_style_sheet_leads_to_a_file_that_is_there(prepared: assets.Places) -> None:
    for sheet in prepared.build.glob("*.css"):
        names = re.findall(r"url\(\"?([^)\"]*)", sheet.read_text())
        assert names
        assert [name for name in names if not (prepared.build / name).is_file()] == []


def test_no_web_font_and_no_other_host_is_asked_for(prepared: assets.Places) -> None:
    style_sheet = served(prepared, "nhsuk.css")
    assert "@font-face" not in style_sheet
    assert "//" not in re.sub(r"/\*.*?\*/", "", style_sheet)
    assert "arial" in style_sheet.lower()


def test_what_belongs_to_the_nhs_alone_is_left_out(prepared: assets.Places) -> None:
    names = {path.name for path in prepared.build.rglob("*")}
    assert [
        name for name in names if re.search(r"logo|favicon|opengraph|mask|-\d{3}\.png|frutiger", name, re.IGNORECASE)
    ] == []


def test_compressed_copies_unpack_to_the_file_itself(prepared: assets.Places) -> None:
    manifest = json.loads((prepared.build / "manifest.json").read_text())
    for name in manifest.values():
        content = (prepared.build / name).read_bytes()
        assert gzip.decompress((prepared.build / f"{name}.gz").read_bytes()) == content
        assert brotli.decompress((prepared.build / f"{name}.br").read_bytes()) == content


def test_the_first_visit_s_style_sheet_is_small(prepared: assets.Places) -> None:
    assert next(prepared.build.glob("nhsuk-*.css.gz")).stat().st_size < 35_000


@pytest.mark.parametrize("style", ["Regular", "Bold", "Italic", "BoldItalic"])
def test_the_font_for_papers_has_the_letters_of_english_and_welsh(prepared: assets.Places, style: str) -> None:
    with TTFont(prepared.build / "fonts" / f"Arimo-{style}.ttf") as font:
        assert [letter for letter in "Aa0£–’âêîôûŵŷŴŶäëïöüẁẃẅỳýÿ" if ord(letter) not in font.getBestCmap()] == []


def test_the_font_for_papers_is_the_same_whenever_it_is_prepared(prepared: assets.Places, tmp_path: Path) -> None:
    again = write_own_files(tmp_path / "static")
    with time_machine.travel("2031-05-06"):
        assets.prepare(again)
    fonts = [{path.name: path.read_bytes() for path in (each.build / "fonts").iterdir()} for each in (prepared, again)]
    assert len(fonts[0]) == 4
    assert fonts[0] == fonts[1]


@pytest.mark.parametrize(
    "content",
    ["a { background: url(https://example.org/x.png) }", "@import '//example.org/x.css';", "a{src:url( 'HTTP://x/y')}"],
)
def test_a_style_sheet_that_would_call_another_host_is_refused(places: assets.Places, content: str) -> None:
    (places.own / "ours.css").write_text(content)
    with pytest.raises(assets.UnpreparedError, match=r"ours\.css would load something from another host"):
        assets.prepare(places)


def test_a_reference_to_a_file_that_is_not_there_is_refused(places: assets.Places) -> None:
    (places.own / "ours.css").write_text("a { background: url(./gone.svg) }")
    with pytest.raises(assets.UnpreparedError, match=r"ours\.css refers to gone\.svg"):
        assets.prepare(places)
    assert not places.build.exists()


def test_a_machine_without_the_npm_packages_is_told_how_to_fetch_them(places: assets.Places, tmp_path: Path) -> None:
    with pytest.raises(assets.UnpreparedError, match=r"Start `\./run assets`"):
        assets.prepare(replace(places, npm=tmp_path / "empty"))
