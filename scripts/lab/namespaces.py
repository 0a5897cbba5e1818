"""Network namespaces that nobody has to remember: each lives as long as a descriptor of it is open.

They have no name in /run/netns, so that nothing is left of them, however this process ends.
"""

import ctypes
import fcntl
import os
import signal
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Interface
from pathlib import Path

CLONE_NEWNET = 0x40000000
# <linux/if_tun.h>: name a device; a device of IP packets without a header of their own.
TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
TUN_DEVICE = Path("/dev/net/tun")

DEVICE = "eth0"
# Packets of the kernel that wait for the switch: more than a fast sender's burst.
DEVICE_QUEUE = 2000

libc = ctypes.CDLL(None, use_errno=True)


class Unavailable(Exception):
    """This machine cannot do it, or does not let this user."""


def call(name: str, *arguments: int) -> None:
    if getattr(libc, name)(*arguments) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@contextmanager
def entered(namespace: int | None = None) -> Iterator[int]:
    """This thread in another network namespace, a new one without an argument; and back."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            if namespace is None:
                call("unshare", CLONE_NEWNET)
                namespace = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
            else:
                call("setns", namespace, CLONE_NEWNET)
        except OSError as error:
            raise Unavailable(f"No network namespaces here: {error.strerror}.") from error
        try:
            yield namespace
        finally:
            call("setns", home, CLONE_NEWNET)
    finally:
        os.close(home)


class Namespace:
    """A network namespace with a tun device that has an address."""

    def __init__(self, interface: IPv4Interface) -> None:
        if os.geteuid() != 0:
            raise Unavailable("Network namespaces need root.")
        if not TUN_DEVICE.exists():
            raise Unavailable(f"There is no {TUN_DEVICE}; the kernel's module tun is missing.")
        self.address = interface.ip
        with entered() as self.descriptor:
            self.tun = open_tun()
            try:
                set_up(interface)
            except (OSError, subprocess.CalledProcessError) as error:
                raise Unavailable(f"A network namespace cannot be set up here: {error}.") from error

    @property
    def prefix(self) -> tuple[str, ...]:
        """What to put before a command so that it runs in here; the process stays the same."""
        return ("nsenter", f"--net=/proc/{os.getpid()}/fd/{self.descriptor}", "--")

    def close(self) -> None:
        """Ends what still runs in here."""
        inode = os.fstat(self.descriptor).st_ino
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "ns/net").stat().st_ino == inode:
                    os.kill(int(process.name), signal.SIGKILL)
            except OSError:
                # It is gone, or not ours to look at and so not in here.
                continue
        os.close(self.tun)
        os.close(self.descriptor)


def set_up(interface: IPv4Interface) -> None:
    """Gives this thread's namespace an address, and sends everything to the tun device."""
    for command in (
        "link set lo up",
        f"link set {DEVICE} up multicast on txqueuelen {DEVICE_QUEUE}",
        f"address add {interface} broadcast + dev {DEVICE}",
        f"route add default dev {DEVICE}",
    ):
        subprocess.run(["ip", *command.split()], check=True)
    # Only IPv4 is carried; what the kernel would say in IPv6 is noise.
    Path("/proc/sys/net/ipv6/conf/all/disable_ipv6").write_text("1")


def open_tun() -> int:
    """A tun device in this thread's namespace; it is there as long as the descriptor is open."""
    try:
        descriptor = os.open(TUN_DEVICE, os.O_RDWR | os.O_CLOEXEC)
        fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH", DEVICE.encode(), IFF_TUN | IFF_NO_PI))
    except OSError as error:
        raise Unavailable(f"No tun devices here: {error.strerror}.") from error
    return descriptor
