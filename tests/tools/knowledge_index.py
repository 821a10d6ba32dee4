#!/usr/bin/env python3
"""knowledge_index.py REPO OUT <NAMES: the index files of these crates, from a clone of the whole
registry index (git), as a tree of sparse files below OUT: what tests/data/knowledge-elsewhere.tsv is
made from, and what test_bind reads with RTAUDIT_TEST_WHOLE_INDEX. Names that the index does not
hold are printed. A clone that lacks blobs is not asked to fetch any."""
import os
import subprocess
import sys


def path_of(name):
    low = name.lower()
    if len(low) <= 2:
        return f"{len(low)}/{low}"
    if len(low) == 3:
        return f"3/{low[0]}/{low}"
    return f"{low[:2]}/{low[2:4]}/{low}"


def main():
    repo, out = sys.argv[1:]
    names = sorted(set(line.strip() for line in sys.stdin if line.strip()))
    environment = dict(os.environ, GIT_NO_LAZY_FETCH="1")
    git = subprocess.run(
        ["git", "-c", "protocol.allow=never", "-C", repo, "cat-file", "--batch"], env=environment, check=True,
        input="".join(f"HEAD:{path_of(name)}\n" for name in names).encode(), capture_output=True).stdout
    at = 0
    for name in names:
        end = git.index(b"\n", at)
        head = git[at:end].split()
        at = end + 1
        if head[-1] == b"missing":
            print(name)
            continue
        size = int(head[2])
        path = os.path.join(out, path_of(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(git[at:at + size])
        at += size + 1


main()
