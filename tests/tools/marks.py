#!/usr/bin/env python3
"""What authors say in the archives of cargo's cache, and what was left out, for reading by hand.

usage: marks.py ADVISORY_DB [BUILD]     prints counts; then each mark, and each line that speaks of
deprecation in the beginning of a README or in a description without being taken as a mark."""
import collections, glob, os, re, subprocess, sys, tarfile

WORDS = re.compile(
    r"deprecat|unmaintain|no longer (be|act|maint|dev|supp)|not (actively )?maintain|abandon|discontinu|obsolete"
    r"|supersed|archived|renamed to|moved to", re.I)


def newest(home):
    found = {}
    for path in glob.glob(os.path.join(home, "registry/cache/*/*.crate")):
        name, vers = re.match(r"(.+?)-(\d+\.\d+\.\d+.*)\.crate$", os.path.basename(path)).groups()
        key = tuple(int(x) for x in re.split(r"[.+-]", vers)[:3])
        if name not in found or key > found[name][0]:
            found[name] = (key, path)
    return {name: path for name, (_, path) in found.items()}


def beginning(path):
    lines = []
    with tarfile.open(path) as archive:
        for member in archive.getmembers():
            name = member.name.split("/", 1)[-1]
            if name == "Cargo.toml" or (name.lower().startswith("readme") and "/" not in name):
                text = archive.extractfile(member).read().decode("utf8", "replace")
                if name == "Cargo.toml":
                    text = "".join(re.findall(r'^description = ("""[^"]*"""|".*")', text, re.M))
                lines += text[:2500].split("\n")
    return [line.strip() for line in lines if WORDS.search(line)]


def main():
    advisories, build = sys.argv[1], (sys.argv[2:] or ["build/dev"])[0]
    crates = newest(os.environ.get("CARGO_HOME", os.path.expanduser("~/.cargo")))
    dead = {path.split("/")[-2] for path in glob.glob(advisories + "/crates/*/RUSTSEC-*.md")
            if 'informational = "unmaintained"' in open(path).read()}
    out = subprocess.run([build + "/tests/archives", "-v", *sorted(crates.values())], check=True,
                         capture_output=True, text=True, errors="replace").stdout
    marks = collections.defaultdict(list)
    for line in out.split("\n"):
        if line.startswith("mark\t"):
            marks[line.split("\t")[1]].append(line.split("\t")[3:])
    print(f"{len(crates)} crates, {len(marks)} marked; of {len(dead & set(crates))} that RustSec calls"
          f" unmaintained {len(dead & set(marks))}")
    for name in sorted(marks):
        for mark in marks[name]:
            print("mark", name, *mark, sep="\t")
    for name in sorted(set(crates) - set(marks)):
        for line in beginning(crates[name]):
            print("left", "RustSec" if name in dead else "", name, line[:160], sep="\t")


main()
