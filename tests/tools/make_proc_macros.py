#!/usr/bin/env python3
"""Makes knowledge/proc_macros.tsv: which crates are proc macros, and which only sound like it.

usage: make_proc_macros.py manifest-facts.tsv.gz [MANIFEST...] > knowledge/proc_macros.tsv
The table is that of `rtaudit export --facts`; of each row only the name and the column proc_macro
are used. A MANIFEST is the Cargo.toml of an unpacked crate, as they lie below
$CARGO_HOME/registry/src. A crate whose versions disagree counts where the newest is one, and is else
left out: its versions' own manifests decide. Of those that are none only what audit/proc_macro.c would take for one is listed."""
import csv
import datetime
import gzip
import re
import sys
import tomllib

SOUNDS_LIKE = re.compile(r'[-_](derive|macros?|proc|proc[-_]macros?|attributes|codegen|impl)$')
TOKENS = {'proc-macro2', 'quote', 'syn', 'proc-macro-hack', 'darling', 'venial', 'unsynn', 'litrs'}
CHECKS = {'trybuild', 'trybuild2', 'macrotest'}

said, newest = {}, {}


def say(crate, version, answer):
    said.setdefault(crate, set()).add(answer)
    order = [int(part) for part in re.split('[-+]', version)[0].split('.')]
    if order >= newest.get(crate, ([], ''))[0]:
        newest[crate] = (order, answer)


with gzip.open(sys.argv[1], 'rt', encoding='utf-8') as table:
    for row in csv.DictReader(table, delimiter='\t', quoting=csv.QUOTE_NONE):
        if row['proc_macro'] in ('yes', 'no'):
            say(row['crate'], row['version'], row['proc_macro'])
doubtful = set()
for path in sys.argv[2:]:
    try:
        with open(path, 'rb') as file:
            manifest = tomllib.load(file)
        package, lib = manifest['package'], manifest.get('lib', {})
        name = package['name']
    except (OSError, KeyError, ValueError):
        continue
    is_one = lib.get('proc-macro') or lib.get('proc_macro') or 'proc-macro' in lib.get('crate-type', [])
    say(name, package['version'], 'yes' if is_one else 'no')
    deps = {key: dep.get('package', key) if isinstance(dep, dict) else key
            for table in (manifest, *manifest.get('target', {}).values())
            for key, dep in table.get('dependencies', {}).items()}
    if TOKENS & set(deps.values()) or CHECKS & set(manifest.get('dev-dependencies', {})):
        doubtful.add(name)
print('# crate\tis it a proc macro (from the manifests of published archives, read on '
      f'{datetime.date.today()}; tests/tools/make_proc_macros.py)')
for crate in sorted(said):
    if newest[crate][1] == 'yes':
        print(f'{crate}\tyes')
    elif said[crate] == {'no'} and (SOUNDS_LIKE.search(crate) or crate in doubtful):
        print(f'{crate}\tno')
