import pytest

from tests.stacks.clear_text import in_clear

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIE"


@pytest.mark.parametrize(
    ("state", "paths"),
    [
        ({"outputs": {"masterPassword": "hunter2"}}, ["outputs.masterPassword"]),
        ({"inputs": {"users": [{"authToken": "abc"}]}}, ["inputs.users[0].authToken"]),
        ({"pem": KEY}, ["pem"]),
        ({"url": "https://somebody:word@example.com"}, ["url"]),
        ({"key": "AKIAIOSFODNN7EXAMPLE"}, ["key"]),
        ({"masterPassword": {"ciphertext": "v1:abc"}}, []),
        ({"manageMasterUserPassword": True, "masterPassword": ""}, []),
        ({"masterUserSecretKmsKeyId": "arn:aws:kms:eu-west-1:111122223333:key/1"}, []),
    ],
)
def test_secret_material_in_the_clear_is_found(state: dict[str, object], paths: list[str]) -> None:
    assert list(in_clear(state)) == paths
