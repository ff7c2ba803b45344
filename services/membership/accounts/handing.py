"""Handing out one-time secrets: to a new account, to one that lost its password, to the first administrator."""

from services.membership.accounts.credentials import hash_password, new_one_time_secret
from services.membership.accounts.models import Account
from services.membership.accounts.rules import ONE_TIME_LIFETIME, Secret
from shared.clock import wall_now


def hand_one_time_secret(account: Account) -> str:
    """Give ``account`` a fresh one-time secret in place of whatever it signed in with; the secret is also on it."""
    secret = new_one_time_secret()
    account.password_hash, account.secret = hash_password(secret), Secret.ONE_TIME
    account.secret_expires_at = wall_now() + ONE_TIME_LIFETIME
    account.one_time_secret = secret
    return secret
