"""One look for every picture: text stays text, the same picture is the same file."""

from seawall.engines import pictures as look


def _drawn():
    with look.figure() as (made, axes):
        axes.plot([1, 2], [3, 4])
        axes.set_title("接种进度 progress")
    return made


def test_text_of_a_saved_picture_stays_text(tmp_path):
    look.save(_drawn(), tmp_path / "a.svg")
    assert ">接种进度 progress</text>" in (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert ">接种进度 progress</text>" in look.svg(_drawn())


def test_the_same_picture_is_the_same_file(tmp_path):
    for name in ("a.svg", "b.svg", "a.png", "b.png"):
        look.save(_drawn(), tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
