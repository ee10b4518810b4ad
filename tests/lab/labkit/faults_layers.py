"""Faults of what stands between EJ and its visitors: nginx adds to EJ's headers, or takes them away (EJ contract section 4)."""
from labkit import container, health, services
from labkit.faults import fault


def add_directives(lab, text):
    """Into the server block: a location that says nothing about headers inherits them."""
    (lab.dir / "nginx/ejmon.d/proxy.conf").write_text(text)
    services.reload_nginx(lab)


@fault("proxy-doubles-cors", "nginx adds Access-Control-Allow-Origin to EJ's own, with the same value: browsers refuse two", needs=["on"])
def proxy_doubles_cors(lab):
    add_directives(lab, f"add_header Access-Control-Allow-Origin {lab.url('rocketchat')} always;\n")


@fault("proxy-strips-headers", "nginx takes EJ's policy and cookies away", needs=["on"])
def proxy_strips_headers(lab):
    add_directives(lab, "proxy_hide_header Content-Security-Policy;\nproxy_hide_header Set-Cookie;\n")


@fault("proxy-second-policy", "nginx adds a policy of its own that lets nobody frame EJ", needs=["on"])
def proxy_second_policy(lab):
    add_directives(lab, "add_header Content-Security-Policy \"frame-ancestors 'self'\" always;\n")


@fault("proxy-policy-instead", "EJ_ROCKETCHAT_URL is not set, and somebody allowed Rocket.Chat by a second policy in nginx", "F59", needs=["on"],
       recreates=True)
def proxy_policy_instead(lab):
    container.edit_env_file(lab, {"EJ_ROCKETCHAT_URL": None})
    services.recreate_web(lab)
    health.wait(lab, "web")
    add_directives(lab, f'add_header Content-Security-Policy "frame-ancestors {lab.url("rocketchat")}" always;\n')


@fault("proxy-sticky", "no fault: nginx adds the cookie of a balancer")
def proxy_sticky(lab):
    add_directives(lab, 'add_header Set-Cookie "SERVERID=web1; Path=/; HttpOnly" always;\n')


@fault("proxy-hardening", "no fault: nginx adds the headers that lists of recommendations name", needs=["on"])
def proxy_hardening(lab):
    add_directives(lab, "add_header X-Content-Type-Options nosniff always;\nadd_header X-Frame-Options SAMEORIGIN always;\n"
                        "add_header Referrer-Policy same-origin always;\n")
