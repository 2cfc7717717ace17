"""`run` says what goes on and what to do; nothing here installs anything."""

import importlib.util
import shutil
import signal
import socket
import subprocess
import sys
import time
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

PROGRAM = Path(__file__).parents[1] / "run"


@pytest.fixture
def run(tmp_path: Path) -> ModuleType:
    """The program in a folder of its own, where it may leave what it makes."""
    copy = Path(shutil.copy(PROGRAM, tmp_path))
    loader = SourceFileLoader("run_copy", str(copy))
    spec = importlib.util.spec_from_loader("run_copy", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_a_word_it_does_not_know_gets_a_sentence(capsys: pytest.CaptureFixture[str], run: ModuleType) -> None:
    assert run.main(["tset"]) == 1
    assert capsys.readouterr().err == "There is no command tset. `./run help` lists them.\n"


def test_help_lists_every_command_with_what_it_does(capsys: pytest.CaptureFixture[str], run: ModuleType) -> None:
    assert run.main(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines[1:]] == list(run.COMMANDS)
    assert all(line.endswith((".", "templates.", "versions.")) for line in lines)


def test_a_step_that_fails_shows_what_it_said_last_and_what_to_do(run: ModuleType) -> None:
    command = [sys.executable, "-c", "print('one'); print('it broke'); raise SystemExit(3)"]
    with pytest.raises(run.Failed) as failure:
        run.step("Breaking", command, "Mend it.")
    assert str(failure.value).startswith("Breaking failed:\n\none\nit broke\n\nMend it.\n")


def test_a_step_whose_program_is_missing_says_what_to_do(run: ModuleType) -> None:
    with pytest.raises(run.Failed, match=r"Starting failed: .*nowhere.*\nInstall it\."):
        run.step("Starting", [Path("/nowhere/program")], "Install it.")


def test_a_step_that_goes_well_says_how_long_it_took(capsys: pytest.CaptureFixture[str], run: ModuleType) -> None:
    run.step("Working", [sys.executable, "-c", "print('noise')"], "Nothing.")
    assert capsys.readouterr().out == "Working: done in 0 s\n"
    assert "noise" in run.LOG.read_text()


def test_a_port_in_use_is_said_before_anything_is_made(run: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run.main(["--port", str(port)]) == 1
    assert f"Port {port} is in use. Choose another" in capsys.readouterr().err
    assert not run.VENV.exists()


def test_when_one_process_ends_the_other_is_stopped(run: ModuleType, tmp_path: Path) -> None:
    waits = [sys.executable, "-c", f"open({str(tmp_path / 'up')!r}, 'w').close(); import time; time.sleep(60)"]
    began = time.monotonic()
    started: list[subprocess.Popen[bytes]] = []

    def start_both() -> None:
        with run.stopped_in_the_end() as processes:
            processes["The first"] = subprocess.Popen(waits)
            started.append(processes["The first"])
            run.watch(processes, until=(tmp_path / "up").exists)
            processes["The second"] = subprocess.Popen([sys.executable, "-c", ""])
            run.watch(processes)

    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(run.Failed, match="The second ended by itself"):
            start_both()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert started[0].poll() is not None
    assert time.monotonic() - began < 30


def test_state_stays_in_one_private_folder_unless_told_otherwise(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SPEAKUP_DATA_DIR", raising=False)
    assert run.settings()["SPEAKUP_DATA_DIR"] == str(tmp_path / "var")
    monkeypatch.setenv("SPEAKUP_DATA_DIR", "elsewhere")
    assert run.settings()["SPEAKUP_DATA_DIR"] == "elsewhere"
    assert (tmp_path / "var").stat().st_mode & 0o077 == 0


def test_a_person_with_an_older_python_is_told_which_to_use(run: ModuleType) -> None:
    run.refuse_old_python((3, 11))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or later"):
        run.refuse_old_python((3, 10))


def test_ctrl_c_pressed_again_keeps_no_process_from_being_ended(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "PATIENCE", 1)
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    again = "import os, signal, time; time.sleep(0.4); os.kill(os.getppid(), signal.SIGINT)"
    before = signal.getsignal(signal.SIGTERM)
    with run.stopped_in_the_end() as processes:
        processes["deaf"] = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
        assert processes["deaf"].stdout is not None
        assert processes["deaf"].stdout.readline() == b"deaf\n"
        pressing = subprocess.Popen([sys.executable, "-c", again])
    pressing.wait()
    assert processes["deaf"].wait(timeout=5) == -signal.SIGKILL
    processes["deaf"].stdout.close()
    signal.signal(signal.SIGTERM, before)
