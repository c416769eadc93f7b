"""Runs a command on a terminal of its own, and prints all that the terminal was sent.

Usage: terminal.py COLUMNS [NAME=VALUE ...] [--read FIFO AFTER_SECONDS] -- COMMAND ...

The command has no other environment than what is named. With --read, the fifo gets a reader only after so
many seconds, so that a command that writes there has to wait as long.
"""

import fcntl
import os
import pty
import struct
import sys
import termios
import threading
import time


def read_later(fifo, seconds):
    time.sleep(seconds)
    with open(fifo, "rb") as reader:
        reader.read()


def main():
    split = sys.argv.index("--")
    options, command = sys.argv[1:split], sys.argv[split + 1 :]
    columns = int(options.pop(0))
    if "--read" in options:
        at = options.index("--read")
        fifo, seconds = options[at + 1], float(options[at + 2])
        threading.Thread(target=read_later, args=(fifo, seconds), daemon=True).start()
        del options[at : at + 3]
    environment = dict(option.split("=", 1) for option in options)
    main_end, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    child = os.posix_spawn(
        command[0],
        command,
        environment,
        file_actions=[(os.POSIX_SPAWN_DUP2, terminal, stream) for stream in (0, 1, 2)],
    )
    os.close(terminal)
    while True:
        # On Linux, a terminal that nobody holds any more can't be read; elsewhere it ends.
        try:
            sent = os.read(main_end, 65536)
        except OSError:
            break
        if not sent:
            break
        sys.stdout.buffer.write(sent)
    os.waitpid(child, 0)


main()
