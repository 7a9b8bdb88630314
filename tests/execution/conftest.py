"""The fixtures of tests/account: what carries a plan out is tested against the same sandbox."""

from tests.account.conftest import account, anyio_backend, closing, open_account

__all__ = ["account", "anyio_backend", "closing", "open_account"]
