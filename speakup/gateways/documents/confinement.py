"""What the cleaning child gives up before it looks at one byte that somebody sent.

Linux only; elsewhere the resource limits that exist still hold. In this order: death with its parent, no core dump, no
new privileges; a user namespace of its own without any mapped user, so that root is nobody; a network namespace of its
own, without any interface; limits of memory and time; no new file descriptor, so that no file, socket or device can be
opened at all, whatever the host allows; and last, on x86-64, no system call but those of computing (`syscalls`).
Numbers are those of linux/sched.h and linux/prctl.h.
"""

import ctypes
import resource
import signal

from speakup.gateways.documents import syscalls
from speakup.gateways.documents.outcomes import Limits

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_CLONE_NEWIPC = 0x08000000
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38


def confine(limits: Limits) -> None:
    """Give up the network, privileges and every further file. Everything needed must have been imported before."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # Containers often forbid namespaces. What follows then still stops every socket.
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC) != 0:
        libc.unshare(_CLONE_NEWNET)
    _limit(resource.RLIMIT_AS, limits.memory)
    _limit(resource.RLIMIT_CPU, limits.cpu_seconds)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    # Not three: closing one of the pipes would make room for a socket. What is open already stays usable.
    _limit(resource.RLIMIT_NOFILE, 0)
    syscalls.allow_only_computing(libc)


def _limit(which: int, most: int) -> None:
    _, hard = resource.getrlimit(which)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(which, (most, most))
