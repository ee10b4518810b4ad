"""EJ's settings on their way from config.env to the process."""

A = {
    "secret-key-missing": (["env/secret-key-missing"], None, []),
    "secret-key-public": (["env/secret-key-published"], None, []),
}
