#!/usr/bin/env python3
"""Drain as Drain3 does it, in straight Python: the peer of `make bench-parsing`.

usage: drain.py MESSAGES PREDICTIONS   (JSON lines: {"system", "messages"} in, {"system", "templates"} out)
Prints the CPU seconds that mining took, the best of three runs.

He, Zhu, Zheng, Lyu: Drain, an Online Log Parsing Approach with Fixed Depth Tree, ICWS 2017. The steps are those of
Drain3's add_log_message (it is in neither Debian nor the standard library): masks with the look-around that its
documentation shows, a tree of token counts and first words, similarity, a new template for each message, an answer
with the template's text. One configuration for every system: depth 4, similarity 0.4, 100 children; addresses,
hexadecimal and decimal numbers masked. Without the answer and the comparison of templates it is about twice as fast.
"""

import json
import re
import sys
import time
from collections import OrderedDict

DEPTH = 4
SIMILARITY = 0.4
CHILDREN = 100
WILDCARD = "<*>"
BEFORE, AFTER = r"((?<=[^A-Za-z0-9])|^)", r"((?=[^A-Za-z0-9])|$)"
MASKS = [re.compile(BEFORE + p + AFTER) for p in (
    r"(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})",
    r"(0[xX][0-9a-fA-F]+)",
    r"((?=[0-9a-fA-F]*\d)[0-9a-fA-F]{8,})",
    r"([-+]?\d+)",
)]


class Cluster:
    """One group of messages."""

    def __init__(self, number, tokens):
        self.number = number
        self.tokens = tokens
        self.size = 1

    def text(self):
        return " ".join(self.tokens)


class Drain:
    """A tree of fixed depth: length, first words, then the clusters of a leaf by similarity."""

    def __init__(self):
        self.root = {}
        self.clusters = OrderedDict()  # the least recently used first

    def add(self, message):
        for mask in MASKS:
            message = mask.sub(WILDCARD, message)
        tokens = message.strip().split()
        leaf = self.leaf(tokens)
        cluster = self.best(leaf, tokens)
        change = "none"
        if cluster is None:
            cluster = Cluster(len(self.clusters) + 1, tuple(tokens))
            self.clusters[cluster.number] = cluster
            leaf.append(cluster.number)
            change = "cluster_created"
        else:
            merged = tuple(ours if ours == theirs else WILDCARD for theirs, ours in zip(tokens, cluster.tokens))
            if merged != cluster.tokens:
                cluster.tokens = merged
                change = "cluster_template_changed"
            cluster.size += 1
            self.clusters.move_to_end(cluster.number)
        return {"change_type": change, "cluster_id": cluster.number, "cluster_size": cluster.size,
                "template_mined": cluster.text(), "cluster_count": len(self.clusters)}

    def leaf(self, tokens):
        node = self.root.setdefault(len(tokens), {})
        for token in tokens[:DEPTH - 2]:
            if token not in node:
                if any(c.isdigit() for c in token) or len(node) >= CHILDREN:
                    token = WILDCARD
                node.setdefault(token, {})
            node = node[token]
        return node.setdefault(None, [])

    def best(self, leaf, tokens):
        found, found_score = None, (-1.0, -1)
        for number in leaf:
            cluster = self.clusters[number]
            score = self.similarity(cluster.tokens, tokens)
            if score > found_score:
                found, found_score = cluster, score
        return found if found_score[0] >= SIMILARITY else None

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
                start = time.process_time()
                drain = Drain()
                groups = [drain.add(message)["cluster_id"] for message in system["messages"]]
                seconds.append(time.process_time() - start)
            total += min(seconds)
            templates = [drain.clusters[group].text() for group in groups]
            print(json.dumps({"system": system["system"], "templates": templates}), file=out)
    print(total)


if __name__ == "__main__":
    main()
