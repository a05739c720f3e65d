#!/usr/bin/env python3
"""Drain, straight: the peer of `make bench-parsing`.

usage: drain.py MESSAGES PREDICTIONS   (JSON lines: {"system", "messages"} in, {"system", "templates"} out)
Prints the seconds that mining took, the best of three runs.

He, Zhu, Zheng, Lyu: Drain, an Online Log Parsing Approach with Fixed Depth Tree, ICWS 2017, with what its common
implementations add: masks, and a limit of children whose overflow shares one wildcard. One configuration for every
system: depth 4, similarity 0.4, 100 children; addresses, hexadecimal and decimal numbers masked.
"""

import json
import re
import sys
import time

DEPTH = 4
SIMILARITY = 0.4
CHILDREN = 100
WILDCARD = "<*>"
MASKS = [re.compile(p) for p in (
    r"(?<![A-Za-z0-9])(\d{1,3}\.){3}\d{1,3}(?![A-Za-z0-9])",
    r"(?<![A-Za-z0-9])0[xX][0-9a-fA-F]+(?![A-Za-z0-9])",
    r"(?<![A-Za-z0-9])(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{8,}(?![A-Za-z0-9])",
    r"(?<![A-Za-z0-9])[-+]?\d+(?![A-Za-z0-9])",
)]


class Drain:
    """A tree of fixed depth: length, first words, then the groups of a leaf by similarity."""

    def __init__(self):
        self.root = {}
        self.templates = []  # lists of tokens, changed in place

    def add(self, message):
        for mask in MASKS:
            message = mask.sub(WILDCARD, message)
        tokens = message.split()
        leaf = self.leaf(tokens)
        best, best_score = None, (-1.0, -1)
        for group in leaf:
            score = self.similarity(self.templates[group], tokens)
            if score > best_score:
                best, best_score = group, score
        if best is None or best_score[0] < SIMILARITY:
            self.templates.append(tokens)
            leaf.append(len(self.templates) - 1)
            return len(self.templates) - 1
        template = self.templates[best]
        for i, token in enumerate(tokens):
            if template[i] != token:
                template[i] = WILDCARD
        return best

    def leaf(self, tokens):
        node = self.root.setdefault(len(tokens), {})
        for token in tokens[:DEPTH - 2]:
            if token not in node:
                if any(c.isdigit() for c in token) or len(node) >= CHILDREN:
                    token = WILDCARD
                node.setdefault(token, {})
            node = node[token]
        return node.setdefault(None, [])

    @staticmethod
    def similarity(template, tokens):
        equal = wildcards = 0
        for ours, theirs in zip(template, tokens):
            if ours == WILDCARD:
                wildcards += 1
            elif ours == theirs:
                equal += 1
        return (equal + wildcards) / max(len(tokens), 1), wildcards


def main():
    total = 0.0
    with open(sys.argv[1], encoding="utf-8") as messages, open(sys.argv[2], "w", encoding="utf-8") as out:
        for line in messages:
            system = json.loads(line)
            seconds = []
            for _ in range(3):
                start = time.perf_counter()
                drain = Drain()
                groups = [drain.add(message) for message in system["messages"]]
                seconds.append(time.perf_counter() - start)
            total += min(seconds)
            templates = [" ".join(drain.templates[group]) for group in groups]
            print(json.dumps({"system": system["system"], "templates": templates}), file=out)
    print(total)


if __name__ == "__main__":
    main()
