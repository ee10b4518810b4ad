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
    client_body_temp_path {dir}/nginx/tmp/body;
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


def upstream(lab):
    return f"http://127.0.0.1:{lab.ports['web']}/"


def write(lab, static=True, alias=None, read_timeout=None):
    """static=False leaves /static to Django; alias is another directory; read_timeout shortens nginx's 60 s."""
    alias = alias or lab.static
    text = CONF.format(
        user="user root;\n" if os.getuid() == 0 else "", dir=lab.dir, log=lab.log("nginx"), port=lab.ports["nginx"],
        upstream=upstream(lab), static=f"        location /static {{ alias {alias}; }}\n" if static else "",
        timeout=f"\n            proxy_read_timeout {read_timeout};" if read_timeout else "")
    write_atomically(lab.dir / "nginx/nginx.conf", text)
