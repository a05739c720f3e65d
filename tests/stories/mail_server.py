"""A real SMTP server (aiosmtpd): mail_server.py FOLDER PORT_FILE [--refuse]. Each mail becomes a file of the folder."""

import pathlib
import socket
import sys
import uuid

from aiosmtpd.controller import Controller


class Keep:
    def __init__(self, folder, refuse):
        self.folder, self.refuse = pathlib.Path(folder), refuse

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.refuse:
            return "550 no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = self.folder / uuid.uuid4().hex
        name.with_suffix(".part").write_bytes(envelope.content)
        name.with_suffix(".part").rename(name.with_suffix(".eml"))
        return "250 kept"


def main():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Keep(sys.argv[1], "--refuse" in sys.argv), hostname="127.0.0.1", port=port)
    controller.start()
    part = pathlib.Path(sys.argv[2] + ".part")
    part.write_text(str(port))
    part.rename(sys.argv[2])
    sys.stdin.read()  # until the one who started it goes
    controller.stop()


if __name__ == "__main__":
    main()
