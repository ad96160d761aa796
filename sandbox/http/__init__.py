"""A small HTTP/1.1 server on loopback with faults; knows no marketplace."""
