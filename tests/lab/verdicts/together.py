"""Several faults at once: one cause for each, in their order, and what one of them explains folded in.

A fault that re-creates web or mends a service by itself stands first in its row, since it would take away what was set before it."""

TOGETHER = {
    "A": {
        ("theme-switched", "postgres-stopped"): ["database/down", "theme/stale-volume"],
        ("theme-switched", "postgres-stopped", "rocket-stopped"): ["database/down", "theme/stale-volume", "rocket/down"],
        ("theme-switched", "stale-row"): ["theme/stale-volume", "frame/stale-row"],
        ("rocket-url-unset", "js-stale"): ["theme/stale-volume", "frame/environment-lacks-url"],
        ("rocket-url-no-scheme", "static-empty"): ["theme/naked", "frame/url-without-scheme", "db/rocket-no-row"],
        ("stale-row", "static-empty"): ["theme/naked", "frame/stale-row"],
        ("web-stopped", "mongo-stopped"): ["rocket/mongo-down", "web/down"],
        ("disallowed-host", "css-empty"): ["web/host-not-allowed", "theme/empty-css-collect"],
        ("migrations-unrecorded", "no-superuser"): ["database/pending-migrations", "db/no-superuser"],
        ("rc-two-active", "static-truncated"): ["database/two-active-rows", "theme/partial-copy"],
        ("rocket-iframe-off", "fake-accounts"): ["rocket/iframe-misconfigured", "db/fake-accounts"],
        ("login-cross-site", "rocket-iframe-get"): ["rocket/iframe-misconfigured", "login/cookies-kept-away"],
        ("nginx-stopped", "postgres-stopped"): ["database/down", "web/nginx-down"],
        ("debug-on", "rocket-site-url", "no-superuser"): ["web/debug", "db/no-superuser", "rocket/site-url"],
        ("view-bug", "js-missing"): ["web/view-fails", "theme/script-lost"],
        ("origin-not-listed", "migrations-unrecorded"): ["database/pending-migrations", "frame/other-rocketchat"],
        ("web-hung", "static-empty"): ["web/hung", "theme/naked"],
        ("settings-not-applied", "static-empty"): ["theme/naked", "env/differs"],
        ("theme-switched", "logs-forged"): ["theme/stale-volume"],
        ("disk-full-start", "stale-row"): ["web/disk-full", "database/stale-row"],
        ("secret-key-missing", "rocket-account-changes"): ["env/secret-key-missing", "rocket/account-changes"],
        ("theme-switched", "layout-drifted", "no-superuser"): ["theme/stale-volume", "rocket/layout-drifted", "db/no-superuser"],
        ("proxy-doubles-cors", "fake-accounts"): ["layers/proxy-doubles", "db/fake-accounts"],
        ("rocket-no-replica-set", "css-empty"): ["rocket/needs-replica-set", "theme/empty-css-collect"],
        ("disallowed-host", "proxy-hardening"): ["web/host-not-allowed"],
        ("rc-two-active", "proxy-hardening"): ["database/two-active-rows"],
        # what is only written, and kills the next start, hides nothing that people meet now
        ("origin-not-listed", "theme-unknown-process"): ["theme/bad-name", "frame/other-rocketchat"],
    },
    "B": {
        ("disallowed-host", "proxy-hardening"): ["web/host-not-allowed"],
        ("csp-override", "static-empty"): ["theme/naked", "frame/policy-replaced"],
        ("cors-star", "postgres-stopped"): ["database/down", "env/cors-override"],
        ("proxy-strips-headers", "js-missing"): ["theme/script-lost", "layers/proxy-strips"],
    },
}
