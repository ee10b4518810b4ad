"""EJ's settings on their way from config.env to the process.

env/file-readable has no fault here: it needs a folder that every user may enter, and labs live below closed ones. A unit test has it."""
from verdicts.words import NO_ENV

A = {
    # --- not applied
    "settings-not-applied": (["env/differs"], None, []),
    "framing-not-applied": (["settings/framing-not-applied"], "nginx-headers", NO_ENV + ["DJANGO_X_FRAME_OPTIONS"]),
    "framing-inert-written": (["frame/environment-lacks-url", "env/differs"], "nginx-headers", ["restart web", "DJANGO_X_FRAME_OPTIONS"]),
    "integration-not-applied": (["settings/login-not-applied"], None, NO_ENV + ["nginx-headers"]),
    "hosts-not-applied": (["settings/hosts-not-applied"], None, NO_ENV + ["DJANGO_ALLOWED_HOSTS=*"]),
    # --- names and forms
    "name-unprefixed": (["env/name-not-read"], None, []),
    "false-word": (["env/false-word"], None, []),
    "list-blanks": (["env/list-blanks"], None, []),
    "quotes-kept": (["env/quotes-kept"], None, []),
    "indirection-nowhere": (["env/indirection"], None, []),
    # --- dangers
    "secret-key-missing": (["env/secret-key-missing"], None, []),
    "secret-key-dollar": (["env/secret-key-missing"], None, []),
    "secret-key-public": (["env/secret-key-published"], None, []),
    "secret-key-weak": (["env/secret-key-weak"], None, []),
    "database-url-special": (["settings/database-address"], None, NO_ENV + ["migrate"]),
    "database-password-known": (["env/database-password"], None, []),
    "hosts-any": (["env/hosts-any"], None, []),
    "static-moved": (["theme/static-moved"], None, ["collect", "clear-collect", "restart web"]),
    "env-file-in-git": (["env/file-in-git"], None, []),
}
B = {
    "csp-override-any": (["env/csp-override"], None, []),
    "framing-not-applied": A["framing-not-applied"],
    "framing-inert-written": A["framing-inert-written"],
    "secret-key-missing": A["secret-key-missing"],
}
C = {name: A[name] for name in ("settings-not-applied", "false-word", "quotes-kept", "secret-key-missing", "secret-key-public",
                                "database-url-special", "static-moved")}
NEIGHBOURS = {
    "A": ["postgres-variables-differ"],
    "B": ["postgres-variables-differ", "rocket-env-part"],
    "C": ["indirection-nowhere", "hosts-any", "name-unprefixed", "list-blanks"],
}
