"""The AI backend: a bystander that answers a few requests a minute and never touches the database."""

import json
import os
import random
import time
import uuid

from . import cpu_share


def main(log_path, control, seed, group):
    cpu_share.place(group, 4096)
    random.seed(seed)
    log = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def write(level, message, **fields):
        now = time.time()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03d}Z"
        line = {"timestamp": stamp, "level": level, "logger": "ai_backend.api", "message": message, **fields}
        os.write(log, (json.dumps(line) + "\n").encode())

    next_suggestion = time.monotonic() + 3
    next_health = time.monotonic() + 1
    while not control.stop.is_set():
        now = time.monotonic()
        if now >= next_health:
            write("INFO", "request completed", method="GET", path="/health", status=200, duration_ms=round(random.uniform(0.4, 1.1), 2))
            next_health += 30
        if now >= next_suggestion:
            begun = time.monotonic()
            tokens = random.randrange(150, 900)
            time.sleep(random.lognormvariate(0.1, 0.4))     # the model's own time
            write("INFO", "request completed", method="POST", path="/v1/reply_suggestion", status=200,
                  request_id=str(uuid.uuid4()), duration_ms=round((time.monotonic() - begun) * 1000, 1),
                  model="small", prompt_tokens=tokens, completion_tokens=random.randrange(20, 120))
            next_suggestion = time.monotonic() + random.expovariate(1 / 15)
        time.sleep(0.1)
