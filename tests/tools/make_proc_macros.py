#!/usr/bin/env python3
"""Makes knowledge/proc_macros.tsv: which crates are proc macros, and which only sound like it.

usage: make_proc_macros.py manifest-facts.tsv.gz > knowledge/proc_macros.tsv
The table is that of `rtaudit export --facts`; of each row only the name and the column proc_macro
are used. A crate whose versions disagree is left out: its versions' own manifests decide."""
import csv
import gzip
import re
import sys

SOUNDS_LIKE = re.compile(r'[-_](derive|macros?|proc|proc[-_]macros?|attributes|codegen|impl)$')

said = {}
with gzip.open(sys.argv[1], 'rt', encoding='utf-8') as table:
    for row in csv.DictReader(table, delimiter='\t', quoting=csv.QUOTE_NONE):
        if row['proc_macro'] in ('yes', 'no'):
            said.setdefault(row['crate'], set()).add(row['proc_macro'])
print('# crate\tis it a proc macro (from the manifests of published archives; tests/tools/make_proc_macros.py)')
for crate in sorted(said):
    if said[crate] == {'yes'}:
        print(f'{crate}\tyes')
    elif said[crate] == {'no'} and SOUNDS_LIKE.search(crate):
        print(f'{crate}\tno')
