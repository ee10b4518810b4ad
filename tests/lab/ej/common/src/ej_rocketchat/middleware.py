"""Puts the framing headers on every answer of the inner stack. Only a missing configuration is caught: a missing table, a dead
database or two active rows end in a 500 for the whole site."""
from ej_rocketchat.decorators import with_headers


def rocketchat_headers(get_response):
    return lambda request: with_headers(get_response(request))
