"""What stands between EJ and its visitors."""

A = {
    "proxy-doubles-cors": (["layers/proxy-doubles"], None, ["nginx-headers", "config.env", "restart web"]),
    "proxy-strips-headers": (["layers/proxy-strips"], None, ["nginx-headers", "config.env", "restart web"]),
    "proxy-second-policy": (["frame/second-policy"], None, ["nginx-headers", "EJ_ROCKETCHAT_URL"]),
    "proxy-policy-instead": (["frame/environment-lacks-url", "layers/header-doubled"], "nginx-headers",
                             ["restart web", "DJANGO_X_FRAME_OPTIONS"]),
}
B = dict(A)
NEIGHBOURS = {generation: ["proxy-hardening", "proxy-sticky"] for generation in "AB"}
