#!/usr/bin/env python3
"""Makes knowledge/unmaintained.tsv: the crates that RustSec calls unmaintained, facts only.

usage: make_unmaintained.py CHECKOUT [NAMES] > knowledge/unmaintained.tsv
CHECKOUT is a checkout of the advisory database; NAMES a file of crate names, one a line: names that an
advisory quotes without a link are taken where they stand there. Of an advisory only its id, crate, date, requirements
and the names of crates that it links or quotes as replacements are taken, none of its sentences."""
import pathlib
import re
import subprocess
import sys

NAME = r'[A-Za-z][A-Za-z0-9_-]*'
LINK = re.compile(r'https?://(?:crates\.io/crates|lib\.rs/crates|lib\.rs|docs\.rs(?:/crate)?)/(' + NAME + ')')
QUOTED = re.compile(r'`(' + NAME + r')`')
# Replacements that stand in an advisory's prose or behind another link, read by a person.
READ = {
    'RUSTSEC-2024-0415': ['gtk4'], 'RUSTSEC-2022-0001': ['lmdb-rkv'],
    'RUSTSEC-2025-0134': ['rustls-pki-types'], 'RUSTSEC-2022-0061': ['wasmparser', 'wasm-encoder'],
}
# Lines from which names are taken: those that speak of replacements, and the lists behind them.
SPEAKS = re.compile(r'alternativ|replace|successor|instead|renamed|supersed|migrat|switch|moved|fork|recommend|'
                    r'continued|now (?:provided|part|available)|consider|in favou?r of|merged into|'
                    r'you can use|depend directly on', re.I)
NEVER = re.compile(r'no (?:known )?(?:maintained )?(?:replacement|alternative)|not recommend|do not use', re.I)


def front(text):
    """The TOML block: its simple values and lists, which is all that an advisory has there."""
    block = text.split('```toml', 1)[1].split('```', 1)[0]
    values = {}
    for match in re.finditer(r'^\s*"?([A-Za-z_-]+)"?\s*=\s*(\[[^\]]*\]|"[^"]*"|\S+)', block, re.M):
        values.setdefault(match[1], match[2])
    return values


def texts(value):
    return re.findall(r'"([^"]*)"', value or '')


def replacements(text, crate, known):
    """Names in lines that speak of replacements, and in list items until the next paragraph of prose."""
    found, speaks = [], False
    for line in text.split('```', 2)[2].splitlines():
        item = re.match(r'\s*[-*+\d]', line)
        if SPEAKS.search(line):
            speaks = not NEVER.search(line)
        elif line.strip() and not item:
            speaks = False
        if not speaks:
            continue
        names = LINK.findall(line) or [n for n in QUOTED.findall(line) if n in known]
        if item and not names:
            linked = re.match(r'\s*[-*+]\s*\[`?(' + NAME + r')`?\]', line)
            names = [linked[1]] if linked else []
        for name in names:
            if name.replace('-', '_') != crate.replace('-', '_') and name not in found:
                found.append(name)
    return found


def main():
    root = pathlib.Path(sys.argv[1])
    commit = subprocess.run(['git', '-C', root, 'log', '-1', '--format=%H %cI'], capture_output=True,
                            text=True, check=True).stdout.strip()
    known = {name.strip() for name in open(sys.argv[2])} if len(sys.argv) > 2 else set()
    rows = []
    for path in sorted((root / 'crates').glob('*/RUSTSEC-*.md')):
        text = path.read_text(encoding='utf-8')
        values = front(text)
        if texts(values.get('informational')) != ['unmaintained'] or 'withdrawn' in values:
            continue
        crate = texts(values['package'])[0]
        rows.append((crate, texts(values['id'])[0], texts(values['date'])[0],
                     ' | '.join(texts(values.get('patched'))), ' | '.join(texts(values.get('unaffected'))),
                     replacements(text, crate, known)))
    dead = {row[0] for row in rows}
    print(f'# RustSec advisory database {commit}')
    print('# crate\tid\tdate\tpatched\tunaffected\treplacements named')
    for row in sorted(rows):
        alive = [name for name in READ.get(row[1], row[5]) if name not in dead][:4]
        print('\t'.join(row[:5] + (' '.join(alive),)))


main()
