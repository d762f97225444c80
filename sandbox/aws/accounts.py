"""Which account a caller is in: moto tells by the access key, so each account has its own."""

from moto.iam.models import AccessKey, iam_backends

from ..project import access_key


def admit(account: str) -> None:
    """Let moto know the account's access key; no user owns it, so IAM lists nothing."""
    keys = iam_backends[account]["aws"].access_keys
    if access_key(account) not in keys:
        key = AccessKey(user_name=None, prefix="AKIA", account_id=account)
        key.access_key_id = access_key(account)
        keys[access_key(account)] = key
