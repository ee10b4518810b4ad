"""Asks the process itself, from inside of web: there is surely a Python there, and nothing else that speaks HTTP.

python3 -c PROGRAM PATH HOST [PORT] prints the status and the headers, a line each."""
import http.client, sys
c = http.client.HTTPConnection('127.0.0.1', 8000 if len(sys.argv) < 4 else int(sys.argv[3]), timeout=4)
c.request('GET', sys.argv[1], headers={'Host': sys.argv[2]})
r = c.getresponse()
print(r.status)
for name, value in r.getheaders():
    print(name + ': ' + value)
