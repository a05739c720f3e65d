"""Rails' default log as a container prints it: every line tagged with the request id."""

import datetime
import os


class RailsLog:
    """Appends to one file. Each call is one write, so threads do not tear each other's lines."""

    def __init__(self, path):
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def _write(self, level, text):
        now = datetime.datetime.now(datetime.timezone.utc)
        stamp = now.strftime("%Y-%m-%dT%H:%M:%S.%f")
        os.write(self._fd, f"{level[0]}, [{stamp} #1] {level:>5} -- : {text}\n".encode())

    def info(self, request_id, text):
        self._write("INFO", f"[{request_id}] {text}")

    def fatal(self, request_id, lines):
        """An exception as ActionDispatch logs it: further lines carry the tag alone."""
        tag = f"\n[{request_id}] "
        self._write("FATAL", f"[{request_id}] " + tag.join(["  ", *lines]))

    def rack_timeout(self, request_id, service_ms):
        self._write("ERROR", f"source=rack-timeout id={request_id} timeout=15000ms "
                             f"service={service_ms}ms state=timed_out")


def ruby_hash(values):
    """{"a" => "b"} the way Ruby 3.2 inspects it."""
    def show(value):
        if isinstance(value, dict):
            return "{" + ", ".join(f'"{k}"=>{show(v)}' for k, v in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(show, value)) + "]"
        if isinstance(value, bool):
            return "true" if value else "false"
        if value is None:
            return "nil"
        if isinstance(value, int):
            return str(value)
        return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
    return show(values)
