"""What may be asked to change staff: accounts, posts, credentials, tokens, and the posts of a demonstration."""

from .accounts import (
    account_close,
    account_invite,
    account_reopen,
    accounts_create,
    password_set,
    second_factor_clear,
    sessions_end,
)
from .credentials import credential_end, credentials_grant
from .demo import ROLES as DEMO_ROLES
from .demo import demo_posts, unit_posts
from .posts import post_end, posts_assign
from .tokens import token_issue, token_revoke

__all__ = [
    "DEMO_ROLES",
    "account_close",
    "account_invite",
    "account_reopen",
    "accounts_create",
    "credential_end",
    "credentials_grant",
    "demo_posts",
    "password_set",
    "post_end",
    "posts_assign",
    "second_factor_clear",
    "sessions_end",
    "token_issue",
    "token_revoke",
    "unit_posts",
]
