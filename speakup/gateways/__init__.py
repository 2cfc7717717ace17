"""The outside world: files people send, malware scanning, stored blobs and mail, each with a fake beside it.

Import the module you need (`gateways.documents`, `.scanner`, `.blobs`, `.mail`); nothing is imported here, so that the
child process which cleans files loads no code that can open a socket.
"""
