"""A filter that leaves the cleaning child only the system calls that computing needs.

Without it, a library taken over by a hostile file could still signal other processes of the same user, the web process
with its keys among them, and, wherever namespaces are forbidden, trace them and read their memory. The filter is a list
of what is allowed; everything else answers "no such call" (ENOSYS), which the C library takes for an old kernel. Only
for x86-64, where it is tested; on other machines what `confinement` does besides still holds.
Sources: linux/seccomp.h, linux/bpf_common.h, arch/x86/entry/syscalls/syscall_64.tbl, seccomp(2).
"""

import ctypes
import platform

_ALLOWED = (
    *(0, 1, 3, 5, 8),  # read, write, close, fstat, lseek: on pipes that are open already
    *(9, 10, 11, 12, 25, 28),  # mmap, mprotect, munmap, brk, mremap, madvise
    *(13, 14, 15, 131),  # rt_sigaction, rt_sigprocmask, rt_sigreturn, sigaltstack
    *(24, 35, 96, 98, 99, 202, 204),  # sched_yield, nanosleep, times, sysinfo, getrusage, futex, processors
    *(219, 228, 229, 230, 309, 324),  # restart_syscall, clocks, getcpu, membarrier
    *(39, 186, 218, 273, 334),  # getpid, gettid, set_tid_address, set_robust_list, rseq
    *(60, 231, 318),  # exit, exit_group, getrandom
)
_CLONE, _CLONE_THREAD = 56, 0x00010000  # threads of this process, and no new process
_X86_64, _FIRST_OF_X32 = 0xC000003E, 0x40000000
_ALLOW, _NO_SUCH_CALL = 0x7FFF0000, 0x00050000 | 38
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_AT_NUMBER, _AT_MACHINE, _AT_FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2


class _Step(ctypes.Structure):
    """struct sock_filter: what to do, how far to jump when true and when false, and with which number."""

    _fields_ = (("code", ctypes.c_ushort), ("jt", ctypes.c_ubyte), ("jf", ctypes.c_ubyte), ("k", ctypes.c_uint))


class _Filter(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Step)))


def allow_only_computing(libc: ctypes.CDLL) -> bool:
    """Whether the filter is in force. It can never be taken off again. New privileges must be given up before."""
    if platform.machine() != "x86_64":
        return False
    steps = _steps()
    program = _Filter(len(steps), (_Step * len(steps))(*steps))
    installed: int = libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program), 0, 0)
    return installed == 0


def _steps() -> list[_Step]:
    """Wrong machine or x32: refuse. A thread, or a number on the list: allow. Else: refuse."""
    count = len(_ALLOWED)
    allow = count + 8  # where the step that allows stands, counted from the start
    refuse = allow - 1
    return [
        _Step(_LOAD, 0, 0, _AT_MACHINE),
        _Step(_EQUAL, 0, refuse - 2, _X86_64),
        _Step(_LOAD, 0, 0, _AT_NUMBER),
        _Step(_AT_LEAST, refuse - 4, 0, _FIRST_OF_X32),
        *(_Step(_EQUAL, allow - 5 - place, 0, number) for place, number in enumerate(_ALLOWED)),
        _Step(_EQUAL, 0, refuse - 5 - count, _CLONE),
        _Step(_LOAD, 0, 0, _AT_FIRST_ARGUMENT),
        _Step(_ANY_BIT, allow - 7 - count, 0, _CLONE_THREAD),
        _Step(_RETURN, 0, 0, _NO_SUCH_CALL),
        _Step(_RETURN, 0, 0, _ALLOW),
    ]
