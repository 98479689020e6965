"""Passwords in tests are hashed by the product's own way with few rounds: a test proves the door, not the cost of a guess."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class FewRounds(PBKDF2PasswordHasher):
    """PBKDF2 with a thousandth of the rounds."""

    iterations = 1_000
