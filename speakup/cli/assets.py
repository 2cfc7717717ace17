"""Prepares style sheet, scripts, icons and fonts for serving: `python -m speakup.cli.assets`.

What npm unpacked and what stands in `speakup/static` becomes `speakup/static/build`: each file under a name that holds
the hash of its content, so that a browser may keep it for ever, with copies compressed beforehand. `manifest.json`
there says which name each file got. Nothing is taken that belongs to the NHS alone: logo, favicons, the picture for
sharing, and the Frutiger font, whose web address would also tell another host who is about to speak up.
"""

import gzip
import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[2]
ICONS = re.compile(r"nhsuk-icon-(arrow|chevron|cross|minus|plus|search|tick|user)[a-z-]*\.svg")
FONT_FACES = re.compile(rb"@font-face\s*\{[^}]*\}")
SOURCE_MAP = re.compile(rb"/\*# sourceMappingURL=\S+\s*\*/\s*$")
REFERENCE = re.compile(rb"""(?P<before>url\(\s*["']?|["'])(?:/assets/images/|\./)(?P<name>[\w./-]+)(?=["')])""")
FOREIGN = re.compile(rb"""(url\(\s*["']?|@import\s*["'])(https?:)?//""", re.IGNORECASE)
TEXT = frozenset({".css", ".js", ".svg", ".txt"})
FONTS = {"Regular": "400-normal", "Bold": "700-normal", "Italic": "400-italic", "BoldItalic": "700-italic"}


class UnpreparedError(click.ClickException):
    """What should be prepared is not as expected; the message says what to do."""


@dataclass(frozen=True)
class Places:
    """Where files come from and go to."""

    npm: Path = ROOT / "node_modules"
    own: Path = ROOT / "speakup" / "static"
    build: Path = ROOT / "speakup" / "static" / "build"


@dataclass
class Naming:
    """Gives files their final content and name; a file is named after those it refers to."""

    sources: dict[str, bytes]
    contents: dict[str, bytes] = field(default_factory=dict)
    manifest: dict[str, str] = field(default_factory=dict)

    def final_name(self, name: str, wanted_by: tuple[str, ...] = ()) -> str:
        if name not in self.sources or name in wanted_by:
            raise UnpreparedError(f"{wanted_by[-1]} refers to {name}, which is not there or refers back to it.")
        if name not in self.manifest:
            content = self._with_final_names(name, wanted_by)
            digest = hashlib.sha256(content).hexdigest()[:16]
            path = Path(name)
            self.manifest[name] = path.with_name(f"{path.stem}-{digest}{path.suffix}").as_posix()
            self.contents[self.manifest[name]] = content
        return self.manifest[name]

    def _with_final_names(self, name: str, wanted_by: tuple[str, ...]) -> bytes:
        if Path(name).suffix not in {".css", ".js"}:
            return self.sources[name]

        def rename(found: re.Match[bytes]) -> bytes:
            return found["before"] + b"./" + self.final_name(found["name"].decode(), (*wanted_by, name)).encode()

        return REFERENCE.sub(rename, self.sources[name])


def prepare(places: Places) -> bool:
    """Build the folder afresh if its sources changed. True if it was built."""
    stamp = _stamp(places)
    kept = places.build / ".stamp"
    if kept.is_file() and kept.read_text() == stamp:
        return False
    with tempfile.TemporaryDirectory(dir=places.own, prefix=".build-") as folder:
        fresh = Path(folder) / "build"
        fresh.mkdir()
        _write_files(sources(places), fresh)
        _write_fonts(places.npm / "@fontsource" / "arimo" / "files", fresh / "fonts")
        (fresh / ".stamp").write_text(stamp)
        fresh.chmod(0o755)
        shutil.rmtree(places.build, ignore_errors=True)
        fresh.rename(places.build)
    return True


def sources(places: Places) -> dict[str, bytes]:
    """Every file to serve, by the name that pages know it by."""
    toolkit = places.npm / "nhsuk-frontend" / "dist" / "nhsuk"
    if not toolkit.is_dir():
        raise UnpreparedError(f"{toolkit} is missing. Start `./run assets`, which fetches it first.")
    style_sheet = FONT_FACES.sub(b"", (toolkit / "nhsuk-frontend.min.css").read_bytes())
    found = {"nhsuk.css": SOURCE_MAP.sub(b"", style_sheet)}
    for icon in sorted((toolkit / "assets" / "images").iterdir()):
        if ICONS.fullmatch(icon.name):
            found[icon.name] = icon.read_bytes()
    for path in _own_files(places):
        found[path.relative_to(places.own).as_posix()] = path.read_bytes()
    for name, content in found.items():
        if Path(name).suffix == ".css" and FOREIGN.search(content):
            raise UnpreparedError(f"{name} would load something from another host. Take that out.")
    return found


def _own_files(places: Places) -> Iterator[Path]:
    for path in sorted(places.own.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(places.own).parts)
        if path.is_file() and not hidden and not path.is_relative_to(places.build):
            yield path


def _stamp(places: Places) -> str:
    parts = [Path(__file__), *places.npm.glob("nhsuk-frontend/package.json")]
    parts += [*places.npm.glob("@fontsource/arimo/package.json"), *_own_files(places)]
    digest = hashlib.sha256()
    for path in parts:
        digest.update(f"{path.name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\0".encode())
    return digest.hexdigest()


def _write_files(found: dict[str, bytes], build: Path) -> None:
    import brotli

    naming = Naming(found)
    for name in sorted(found):
        naming.final_name(name)
    for name, content in naming.contents.items():
        path = build / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if path.suffix in TEXT:
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(content, mtime=0))
            path.with_name(f"{path.name}.br").write_bytes(brotli.compress(content))
    (build / "manifest.json").write_text(json.dumps(naming.manifest, indent=2, sort_keys=True) + "\n")


def _write_fonts(files: Path, fonts: Path) -> None:
    """Arimo for papers: one file per style, with the letters of English and of Welsh (ŵ and ŷ are an extra file)."""
    from fontTools.merge import Merger
    from fontTools.ttLib import TTFont

    fonts.mkdir()
    for style, face in FONTS.items():
        parts = []
        for script in ("latin", "latin-ext"):
            font = TTFont(files / f"arimo-{script}-{face}.woff", recalcTimestamp=False)
            font.flavor = None
            font.save(fonts / f"{script}.ttf")
            parts.append(str(fonts / f"{script}.ttf"))
        merged = Merger().merge(parts)
        # What a paper is set in tells its bytes, which have to be the same wherever the fonts were prepared.
        merged.recalcTimestamp = False
        merged["head"].created = merged["head"].modified = TTFont(parts[0])["head"].modified
        merged.save(fonts / f"Arimo-{style}.ttf")
        for part in parts:
            Path(part).unlink()


@click.command()
def assets() -> None:
    """Prepare style sheet, script, icons and fonts for serving."""
    click.echo("Prepared speakup/static/build." if prepare(Places()) else "Nothing to prepare.")


if __name__ == "__main__":
    assets()
