"""The secrets of an installation: made once, whole, and never empty."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from seawall.config.env import kept_secret


@pytest.fixture
def keys(tmp_path, monkeypatch):
    monkeypatch.setenv("SEAWALL_VAR", str(tmp_path))
    return tmp_path / "keys"


def test_starts_at_the_same_moment_keep_one_secret(keys):
    with ThreadPoolExecutor(8) as starts:
        made = set(starts.map(lambda _: kept_secret("data", ""), range(32)))
    assert len(made) == 1 and len(made.pop()) == 64
    assert [path.name for path in keys.iterdir()] == ["data"]
    assert (keys / "data").stat().st_mode & 0o077 == 0


def test_an_empty_secret_is_no_secret(keys):
    keys.mkdir()
    (keys / "data").touch()
    with pytest.raises(RuntimeError):
        kept_secret("data", "")
    assert kept_secret("data", "given") == "given"
