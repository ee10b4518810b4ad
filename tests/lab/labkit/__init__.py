"""The lab: a small stack of real parts that behaves as the EJ platform does, on loopback. See tests/lab/README.md."""
