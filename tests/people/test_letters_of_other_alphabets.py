"""Fifty letters are fifty letters in every alphabet (case letters-of-other-alphabets)."""

import unicodedata

import pytest

from seawall.people import identity
from seawall.people.staging.checks import same_name
from seawall.people.vetting import vet

HAN_27 = "阿卜杜热合曼·阿卜杜外力·阿卜杜热依木·艾力江·买买提"


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("María Fernanda González Rodríguez", None),
        ("MARIA FERNANDA GONZALEZ RODRIGUEZ", None),
        ("Nguyễn Thị Hồng Phương Thảo Anh", None),
        (unicodedata.normalize("NFD", "Nguyễn Thị Hồng Phương Thảo Ánh Nguyệt Thị Hoà"), None),
        ("Анна Петровна Иванова-Сидорова", None),
        ("عبد الرحمن بن محمد بن عبد العزيز", None),
        ("한글이름한글이름한글이름한글이름한글이름한글이름한글", None),
        ("é" * 51, 50),
        ("M" * 51, 50),
        ("张" * 25, None),
        ("张" * 26, 25),
        (HAN_27, 25),
    ],
)
def test_the_limit_is_of_the_letters_that_are_used(name, refused):
    problem = identity.name_problem(name)
    assert (problem.params["limit"] if problem else None) == refused


def test_a_name_is_stored_as_the_letters_that_were_counted(newcomer, noon):
    name = "Nguyễn Thị Hồng Phương Thảo Ánh Nguyệt Thị Hoà"
    assert vet(newcomer(11, name=unicodedata.normalize("NFD", name)), noon.date()).name == name


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("María González", "MARIA GONZALEZ", True),
        ("Anne-Marie Weiß", "Anne Marie Weiss", True),
        ("艾力江·买买提", "艾力江买买提", True),
        ("María González", "Mario González", False),
    ],
)
def test_accents_and_case_do_not_make_another_person(one, other, same):
    assert same_name(one, other) is same
