#!/usr/bin/env python3
"""Writes audit/platform_table.c: the cfg set of every target that rustc knows, and what its target
features imply.

    make_platform_table.py [--cfg FILE.json[.gz]] > audit/platform_table.c

Asks the rustc on PATH, some 1,500 times (two minutes). FILE, an object of triple -> list of the lines
of `rustc --print cfg`, spares the first 320.

How the implications are found: with all features of an architecture switched on, each is switched off
by itself, and what disappears with it implies it. What an unstable feature brings in is seen by
switching it on alone, behind the target's own features switched off.
"""
import argparse
import gzip
import json
import subprocess
import sys


def rustc(*args):
    done = subprocess.run(["rustc", *args], capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode == 0 else None


def print_cfg(triple, features=""):
    return rustc("--print", "cfg", "--target", triple, "-C", "target-feature=" + features)


def value_of(lines, key):
    """The value of a key that a set has once."""
    return next(line.split('"')[1] for line in lines if line.startswith(key + "="))


def features_of(lines):
    return {line.split('"')[1] for line in lines or () if line.startswith("target_feature=")}


def known_features(triple):
    """The features that rustc itself knows; LLVM's own never reach a cfg set."""
    names = []
    for line in rustc("--print", "target-features", "--target", triple)[1:]:
        if not line.strip():
            break
        names.append(line.split()[0])
    return [name for name in names if name != "crt-static"]


def implications(triple):
    """{feature: set of features it switches on, itself included where it is stable}, and the stable
    ones. rustc refuses some that go in pairs (paca, pacg); they imply nothing."""
    base = features_of(print_cfg(triple))
    known = known_features(triple)
    nothing = ",".join("-" + name for name in sorted(base))
    alone = {name: print_cfg(triple, "%s,+%s" % (nothing, name)) for name in known}
    alone = {name: features_of(lines) for name, lines in alone.items() if lines is not None}
    everything = ",".join("+" + name for name in alone)
    full = features_of(print_cfg(triple, everything))
    implied = {name: set(on) for name, on in alone.items()}
    for name in alone:
        for gone in full - features_of(print_cfg(triple, everything + ",-" + name)):
            implied[gone].add(name)
    for name in set(known) - set(alone):
        if name in full:
            implied[name] = {name}
    used = {name for on in implied.values() for name in on}
    return {name: on for name, on in implied.items() if on or name in used}, full


def arch_tables(cfgs):
    """[([arch], rows)]: architectures with the same rows share a table."""
    by_arch = {}
    for triple, lines in cfgs.items():
        by_arch.setdefault(value_of(lines, "target_arch"), []).append(triple)
    tables = []
    for arch, triples in sorted(by_arch.items()):
        least = min(triples, key=lambda t: (len(features_of(cfgs[t])), t))
        implied, stable = implications(least)
        names = sorted(implied)
        rows = [(name, name in stable, sorted(names.index(i) + 1 for i in implied[name]))
                for name in names]
        same = next((archs for archs, other in tables if other == rows), None)
        if not rows:
            continue
        if same is None:
            tables.append(([arch], rows))
        else:
            same.append(arch)
    return tables


CRT_KEYS = ("target_os", "target_env", "target_abi", "target_vendor")


def crt_static_keys(cfgs):
    """The (os, env, abi, vendor) of targets where +crt-static has an effect."""
    seen = {}
    for triple, lines in cfgs.items():
        key = tuple('%s="%s"' % (k, value_of(lines, k)) for k in CRT_KEYS)
        respected = "crt-static" in features_of(print_cfg(triple, "+crt-static"))
        if seen.setdefault(key, respected) != respected:
            sys.exit("%s: crt-static does not follow from %s" % (triple, key))
    return sorted(key for key, respected in seen.items() if respected)


def text(s):
    return '"%s"' % s.replace("\\", "\\\\").replace('"', '\\"')


def write_rows(out, rows, columns=98):
    """Initialisers, as many a line as fit."""
    line = ""
    for row in rows:
        if line and len(line) + len(row) + 2 > columns - 8:
            out.append("\t" + line)
            line = ""
        line += (" " if line else "") + row + ","
    if line:
        out.append("\t" + line)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cfg")
    args = parser.parse_args()
    if args.cfg:
        with (gzip.open if args.cfg.endswith(".gz") else open)(args.cfg, "rt") as file:
            cfgs = json.load(file)
    else:
        cfgs = {triple: print_cfg(triple) for triple in rustc("--print", "target-list")}
    items = sorted({line for lines in cfgs.values() for line in lines})
    index = {line: i + 1 for i, line in enumerate(items)}
    if len(items) > 255:
        sys.exit("more than 255 distinct items: the indices no longer fit a byte")

    out = ["/* Generated by tests/tools/make_platform_table.py from %s; do not edit. */"
           % rustc("--version")[0].split(" (")[0], '#include "audit/platform_table.h"', "",
           "const struct platform_item platform_items[] = {"]
    rows = []
    for line in items:
        key, equals, value = line.partition("=")
        rows.append("{ %s, %s, %d }" % (text(key), text(value[1:-1]), 1 if equals else 0))
    write_rows(out, rows)
    out += ["};", "const size_t platform_item_n = %d;" % len(items), "",
            "const struct platform_row platform_rows[] = {"]
    for triple in sorted(cfgs):
        numbers = [str(index[line]) for line in cfgs[triple]]
        row = "{ %s, { %s } }," % (text(triple), ", ".join(numbers))
        half = row.rfind(" ", 0, 92) if len(row) > 92 else len(row)
        out.append("\t" + row[:half])
        while half < len(row):
            row = "  " + row[half + 1:]
            half = row.rfind(" ", 0, 92) if len(row) > 92 else len(row)
            out.append("\t" + row[:half])
    out += ["};", "const size_t platform_row_n = %d;" % len(cfgs), ""]

    tables = arch_tables(cfgs)
    out.append("const struct platform_feature platform_features[] = {")
    archs, first = [], 0
    for names, rows in tables:
        out.append("\t/* %s */" % ", ".join(names))
        write_rows(out, ["{ %s, %d, { %s } }" % (text(name), stable, ", ".join(map(str, on)) or 0)
                         for name, stable, on in rows])
        archs += [(name, first, len(rows)) for name in names]
        first += len(rows)
    out += ["};", "", "const struct platform_arch platform_archs[] = {"]
    write_rows(out, ["{ %s, %d, %d }" % (text(name), at, n) for name, at, n in sorted(archs)])
    out += ["};", "const size_t platform_arch_n = %d;" % len(archs), ""]

    keys = crt_static_keys(cfgs)
    out.append("const unsigned char platform_crt_static[][PLATFORM_CRT_KEYS] = {")
    write_rows(out, ["{ %s }" % ", ".join(str(index[k]) for k in key) for key in keys])
    out += ["};", "const size_t platform_crt_static_n = %d;" % len(keys)]
    print("\n".join(out))


if __name__ == "__main__":
    main()
