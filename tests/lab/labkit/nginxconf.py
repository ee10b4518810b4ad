"""Writes the lab's nginx.conf: EJ's (contract section 1) with the lab's paths and ports. Faults turn the few switches below."""
import os

from labkit.state import write_atomically

CONF = """# The lab's nginx, configured as EJ's image configures it.
{user}worker_processes 1;
daemon off;
pid {dir}/nginx/nginx.pid;
error_log {log} notice;
events {{ worker_connections 256; }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    sendfile on;
    keepalive_timeout 65;
    access_log {dir}/logs/nginx-access.log;
{cache}    client_body_temp_path {dir}/nginx/tmp/body;
    proxy_temp_path {dir}/nginx/tmp/proxy;
    fastcgi_temp_path {dir}/nginx/tmp/fastcgi;
    uwsgi_temp_path {dir}/nginx/tmp/uwsgi;
    scgi_temp_path {dir}/nginx/tmp/scgi;
    server {{
        listen 127.0.0.1:{port};
        server_name _;
        charset utf-8;
        client_max_body_size 0;
        location / {{
            proxy_pass {upstream};
            proxy_set_header Host $http_host;
            proxy_set_header X-Real-IP $remote_addr;{timeout}
        }}
{static}        location /media {{ alias {dir}/volumes/media; }}
        location /static_docs {{ alias {dir}/nginx/docs; }}
        include {dir}/nginx/ejmon.d/*.conf;
    }}
}}
"""


# A cache as an outer proxy keeps one, played by a second server of the same nginx; the first one is its origin.
CACHE = """    proxy_cache_path {dir}/nginx/tmp/cache keys_zone=edge:1m;
    server {{
        listen unix:{dir}/nginx/origin.sock;
        charset utf-8;
        location /static {{ alias {alias}; }}
    }}
"""
CACHED = """        location /static {{
            proxy_pass http://unix:{dir}/nginx/origin.sock:/static;
            proxy_cache edge;
            proxy_cache_valid 200 1h;
            add_header X-Cache-Status $upstream_cache_status;
        }}
"""


def upstream(lab):
    return f"http://127.0.0.1:{lab.ports['web']}/"


def text(lab, static=True, alias=None, read_timeout=None, cache=False):
    """static=False leaves /static to Django; alias is another directory; read_timeout shortens nginx's 60 s; cache puts one before /static."""
    alias = alias or lab.static
    plain = CACHED.format(dir=lab.dir) if cache else f"        location /static {{ alias {alias}; }}\n"
    return CONF.format(
        user="user root;\n" if os.getuid() == 0 else "", dir=lab.dir, log=lab.log("nginx"), port=lab.ports["nginx"],
        upstream=upstream(lab), static=plain if static else "", cache=CACHE.format(dir=lab.dir, alias=alias) if cache else "",
        timeout=f"\n            proxy_read_timeout {read_timeout};" if read_timeout else "")


def write(lab, **switches):
    (lab.dir / "nginx/origin.sock").unlink(missing_ok=True)
    write_atomically(lab.dir / "nginx/nginx.conf", text(lab, **switches))
