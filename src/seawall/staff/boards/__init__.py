"""What the administrator's pages read: accounts, posts with their scopes, credentials and tokens."""

from .accounts import AccountLine, AccountPage, AccountsPage, account_page, accounts_page
from .held import CredentialHeld, TokenHeld, credentials_held, tokens_held
from .posts import PostLine, PostPage, PostsPage, ScopeLine, post_page, posts_page
from .scopes import Choices, scope_choices, scope_code

__all__ = [
    "AccountLine",
    "AccountPage",
    "AccountsPage",
    "Choices",
    "CredentialHeld",
    "PostLine",
    "PostPage",
    "PostsPage",
    "ScopeLine",
    "TokenHeld",
    "account_page",
    "accounts_page",
    "credentials_held",
    "post_page",
    "posts_page",
    "scope_choices",
    "scope_code",
    "tokens_held",
]
