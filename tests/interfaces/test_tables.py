"""Tables that leave the console open in a spreadsheet as what they are."""

from seawall.interfaces.console.tables import csv_file


def test_no_cell_of_a_file_is_a_formula() -> None:
    rows = [("=1+1", "+86", "@x", -3, "- "), ("name", "", "a=b", 0.5, "\tx")]
    text = csv_file("t", ["=note"], ["head"], rows).content.decode("utf-8-sig")
    assert text.splitlines() == ["# =note", "head", "'=1+1,'+86,'@x,-3,'- ", "name,,a=b,0.5,'\tx"]
