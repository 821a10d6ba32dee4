#!/usr/bin/env python3
"""Random workspaces, resolved by cargo and by rtaudit; every difference is told and kept.

usage: differential.py [--seed N] [--cases N] [--seconds N] [--profile NAME] [--keep DIR] [--runs N]
       differential.py --again DIR     compares a kept case again
       differential.py --project DIR [--seed N] [--runs N]   a project that is there, with the CARGO_HOME and
                                       RTAUDIT_HOME of the environment
Both `cargo` and `rtaudit` (with `rtauditd` beside it) are taken from PATH. It is a command of its own, not part of the
test run: a case costs half a second.

A case is a workspace on a universe: a registry of random crates, served by this process on loopback. Twelve cases share
one. What is drawn: namesakes of several majors, pre-releases, build metadata, yanked versions; features (dep:, weak,
strong, implicit, named like a dependency, cycles); optional, renamed, inherited, target-specific, build and dev
dependencies; proc macros; members by globs, by name and by path dependency, with exclude, default-members and
package.workspace; packages outside the root; all resolvers and editions; [patch], [replace], git, rustflags. Cargo
makes the lock and answers `cargo tree --locked` under some command lines; a node is for the host where it, or one
above it, is a proc macro or stands below [build-dependencies]. Compared are (package, version, kind of source, side,
features). What cargo refuses is skipped.

Prints the seed and the difference; a failing case is left below --keep with its registry and a file `again.json`.
Exit status: 0 no difference, 1 some, 2 nothing could be compared."""
import argparse, functools, hashlib, http.server, io, itertools, json, os, random, re, shutil, subprocess, sys, tarfile
import tempfile, threading, time

LINUX = 'x86_64-unknown-linux-gnu'
PLATFORMS = [LINUX, 'x86_64-pc-windows-msvc', 'wasm32-unknown-unknown', 'aarch64-apple-darwin']
CFGS = ['cfg(unix)', 'cfg(windows)', 'cfg(not(windows))', 'cfg(any(unix, target_arch = "wasm32"))',
        'cfg(all(unix, target_pointer_width = "64"))', 'cfg(target_os = "linux")', 'cfg(any())', 'cfg(all())',
        'cfg(not(any(unix, windows)))', 'cfg(special)', 'cfg(not(special))', 'cfg(true)', 'cfg(false)',
        'cfg(target_family = "wasm")', 'cfg(special = "x")', 'cfg(all(not(target_os = "linux"), not(windows)))',
        'cfg(debug_assertions)', 'cfg(target_feature = "sse2")', 'cfg(panic = "unwind")'] + PLATFORMS
VERSIONS = ['0.1.0', '0.1.7', '0.2.0', '1.0.0', '1.2.3', '1.3.0+build.5', '2.0.0-beta.1', '2.0.0', '2.1.0-rc.2', '3.0.0', '0.0.3', '0.0.4']
PROFILES = {
    'plain':    dict(git=0, config=0, patch=0.15, outside=0.2, replaced=0),
    'features': dict(git=0, config=0, patch=0, outside=0, replaced=0, optional=0.7, features=6),
    'layout':   dict(git=0, config=0.1, patch=0.1, outside=0.7, replaced=0, members=8, crates=8),
    'sources':  dict(git=0.6, config=0.2, patch=0.6, outside=0.3, replaced=0.3),
    'config':   dict(git=0, config=1, patch=0, outside=0.1, replaced=0.3, target_deps=0.7),
}
DEFAULTS = dict(optional=0.35, features=4, members=4, crates=22, target_deps=0.3)


# ---- the registry ----

class Quiet(http.server.SimpleHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass


def serve(folder):
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), functools.partial(Quiet, directory=folder))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def index_path(name):
    low = name.lower()
    return f'{len(low)}/{low}' if len(low) < 3 else f'3/{low[0]}/{low}' if len(low) == 3 else f'{low[:2]}/{low[2:4]}/{low}'


def key_of(vers):
    """The versions that cannot be in one lock together."""
    core = re.split('[-+]', vers)[0].split('.')
    return core[0] if core[0] != '0' else '0.' + core[1] if core[1] != '0' else '0.0.' + core[2]


class Package:
    def __init__(self, name, vers):
        self.name, self.vers = name, vers
        self.deps, self.features = [], {}
        self.proc_macro = False
        self.source = None      # 'alt', 'crates-io', 'git', or a folder (a path package)
        self.edition = '2021'

    rare = 1        # 0: only the features that all have are asked for

    def all_features(self):
        named = {v[4:] for values in self.features.values() for v in values if v.startswith('dep:')}
        return [n for n in self.features if n not in ('f0', 'f1', 'f2', 'f3')] * self.rare + ['f0', 'f1', 'f2', 'f3'] + self.rare * [d['name'] for d in self.deps
                                      if d['optional'] and d['name'] not in named and d['name'] not in self.features]


def draw_req(rng, vers):
    bare = vers.split('+')[0]
    major, minor, rest = bare.split('.', 2)
    forms = ['=' + bare, bare, '^' + bare, '>=' + bare]
    if '-' not in bare:
        forms += ['*', f'{major}', f'~{major}.{minor}', f'{major}.{minor}', f'{major}.*', f'>={major}.{minor}, <{int(major) + 1}']
        if major == '0':
            forms += [f'0.{minor}', f'0.{minor}.*']
    return rng.choice(forms)


def draw_deps(rng, p, owner, pool, count, kinds):
    """Dependencies of `owner` on packages of the pool."""
    names = set()
    for _ in range(count):
        if not pool:
            return
        to = rng.choice(pool)
        kind = rng.choice(kinds)
        name = to.name
        if rng.random() < 0.15:
            name = rng.choice(['alias', 're', 'x']) + str(rng.randrange(5))
        platform = rng.choice(CFGS) if rng.random() < p['target_deps'] else None
        clash = [d for d in owner.deps if d['name'] == name]
        if any((d['kind'], d['platform']) == (kind, platform) for d in clash):
            continue
        if clash and any(d['to'].name != to.name for d in clash):
            continue    # cargo wants one package a name
        if clash and any(d['to'].source != to.source or d['to'].vers != to.vers for d in clash) and rng.random() < 0.8:
            to = clash[0]['to']
        asked = [f for f in to.all_features() if rng.random() < 0.25]
        owner.deps.append(dict(name=name, to=to, kind=kind, platform=platform, features=asked,
                               optional=kind != 'dev' and rng.random() < p['optional'],
                               default=rng.random() < 0.7, req=draw_req(rng, to.vers)))
        names.add(name)


def draw_features(rng, p, owner):
    optional = [d for d in owner.deps if d['optional']]
    # Nearly all have the same names, so that what is asked of one version is mostly in the others.
    names = [f'f{i}' for i in range(p['features'])]
    if rng.random() < 0.9:
        names.append('default')
    colon = {d['name'] for d in optional if rng.random() < 0.4}
    for name in colon:
        if rng.random() < 0.4:
            names.append(name)     # named like its dependency
    if not names:
        return
    owner.features = {n: [] for n in names}
    for name in names:
        values = owner.features[name]
        for _ in range(rng.randrange(4)):
            roll = rng.random()
            if roll < 0.35 or not owner.deps:
                other = rng.choice(names)
                if other != name:
                    values.append(other)
                continue
            dep = rng.choice(owner.deps)
            inner = dep['to'].all_features()
            if dep['kind'] == 'dev' and roll < 0.9:
                continue
            if roll < 0.6 and dep['optional']:
                values.append('dep:' + dep['name'] if dep['name'] in colon else dep['name'])
            elif inner and dep['optional'] and roll < 0.8:
                values.append(f"{dep['name']}?/{rng.choice(inner)}")
            elif inner:
                values.append(f"{dep['name']}/{rng.choice(inner)}")
        owner.features[name] = list(dict.fromkeys(v for v in values if v != name))
    for name in colon:     # where somebody says dep:NAME all have to
        said = any(v == 'dep:' + name for values in owner.features.values() for v in values)
        if not said:
            owner.features[rng.choice(names)].append('dep:' + name)
    owner.rare, rare = 1, owner.rare
    for values in owner.features.values():
        for v in list(values):
            if v in {d['name'] for d in optional} and v not in owner.features and v not in owner.all_features():
                values.remove(v)
    owner.rare = rare


def toml_list(values):
    return '[' + ', '.join(f'"{v}"' for v in values) + ']'


def dep_toml(dep, registry_of, inherited=False):
    to = dep['to']
    if inherited:
        out = ['workspace = true']
        if not dep['default'] and dep.get('may_turn_off'):
            out.append('default-features = false')
    else:
        out = []
        if dep['name'] != to.name:
            out.append(f'package = "{to.name}"')
        if to.source in ('alt', 'crates-io'):
            out.append(f'version = "{dep["req"]}"')
            if registry_of(to):
                out.append(f'registry = "{registry_of(to)}"')
        elif to.source == 'git':
            out += [f'git = "{to.git}"'] + ([to.ref] if to.ref else [])
        else:
            out.append(f'path = "{dep["path"]}"')
            if dep.get('with_version'):
                out.append(f'version = "{dep["req"]}"')
        if not dep['default']:
            out.append('default-features = false')
    if dep['features']:
        out.append(f'features = {toml_list(dep["features"])}')
    if dep['optional']:
        out.append('optional = true')
    return f'{dep["name"]} = {{ {", ".join(out)} }}'


def manifest(p, registry_of, extra='', head='', inherited=()):
    out = ['[package]', f'name = "{p.name}"']
    if p.vers:
        out.append(f'version = "{p.vers}"' if p.vers != 'inherit' else 'version.workspace = true')
    if p.edition:
        out.append(f'edition = "{p.edition}"')
    out += [head] if head else []
    if p.proc_macro:
        out += ['[lib]', 'proc-macro = true']
    tables = {}
    for dep in p.deps:
        where = {'normal': '', 'dev': 'dev-', 'build': 'build-'}[dep['kind']] + 'dependencies'
        if dep['platform']:
            where = f"target.'{dep['platform']}'.{where}"
        tables.setdefault(where, []).append(dep_toml(dep, registry_of, id(dep) in inherited))
    for where, lines in tables.items():
        out += [f'[{where}]', *lines]
    if p.features:
        out.append('[features]')
        out += [f'{name} = {toml_list(values)}' for name, values in p.features.items()]
    return '\n'.join(out) + '\n' + extra


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as f:
        f.write(text)


def commit_all(folder):
    for command in (['init', '-q'], ['add', '.'], ['-c', 'user.name=t', '-c', 'user.email=t@localhost', 'commit', '-q', '-m', 'x']):
        subprocess.run(['git', '-c', 'init.defaultBranch=master', *command], cwd=folder, check=True)


class Universe:
    """Crates of two registries below `folder`, as their servers would have them."""

    def __init__(self, rng, p, folder, url):
        self.rng, self.p, self.folder, self.url = rng, p, folder, url
        self.crates = []
        self.gits = []
        for i in range(rng.randint(p['crates'] // 3, p['crates'])):
            self.draw_crate(i)
        for registry in ('alt', 'crates-io'):
            write(f'{folder}/{registry}/index/config.json', json.dumps(
                {'dl': f'{url}/{registry}/dl/{{crate}}-{{version}}.crate', 'api': None}))
        for package in self.crates:
            self.publish(package)
        if p['git'] and rng.random() < 0.7:
            self.draw_git()

    def index_url(self, registry):
        return f'sparse+{self.url}/{registry}/index/'

    def draw_crate(self, i):
        rng = self.rng
        name = rng.choice(['c{}', 'k-{}', 'n_{}', 'C{}', 'a-{}-sys']).format(i)
        source = 'crates-io' if self.p['replaced'] and rng.random() < 0.5 else 'alt'
        macro = rng.random() < 0.2
        if source == 'crates-io':       # whose facts are kept from universe to universe
            name += 'u' + self.folder.rsplit('-', 1)[1] + '-derive' * macro
        pool = [c for c in self.crates if not c.yanked]
        for vers in rng.sample(VERSIONS, rng.choice([1, 1, 2, 3])):
            package = Package(name, vers)
            package.source = source
            package.proc_macro = macro
            package.yanked = rng.random() < 0.05
            package.rare = rng.random() < 0.15
            draw_deps(rng, self.p, package, pool, rng.randrange(7), ['normal', 'normal', 'normal', 'build', 'dev'])
            draw_features(rng, self.p, package)
            self.crates.append(package)

    def registry_field(self, package, to):
        if to.source == package.source:
            return None
        return 'https://github.com/rust-lang/crates.io-index' if to.source == 'crates-io' else self.index_url('alt')

    def publish(self, package):
        folder = f'{self.folder}/{package.source}'
        text = manifest(package, lambda to: None)
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode='w:gz') as tar:
            for path, content in (('Cargo.toml', text), ('src/lib.rs', '')):
                info = tarfile.TarInfo(f'{package.name}-{package.vers}/{path}')
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content.encode()))
        data = data.getvalue()
        os.makedirs(f'{folder}/dl', exist_ok=True)
        with open(f'{folder}/dl/{package.name}-{package.vers}.crate', 'wb') as f:
            f.write(data)
        old, new = {}, {}
        for name, values in package.features.items():
            (new if any(v.startswith('dep:') or '?/' in v for v in values) else old)[name] = values
        deps = [dict(name=d['name'], req=d['req'], features=d['features'], optional=d['optional'],
                     default_features=d['default'], target=d['platform'], kind=d['kind'],
                     registry=self.registry_field(package, d['to']),
                     **({'package': d['to'].name} if d['name'] != d['to'].name else {})) for d in package.deps]
        line = dict(name=package.name, vers=package.vers, deps=deps, cksum=hashlib.sha256(data).hexdigest(),
                    features=old, yanked=package.yanked)
        if new:
            line.update(features2=new, v=2)
        path = f'{folder}/index/{index_path(package.name)}'
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'a') as f:
            f.write(json.dumps(line) + '\n')

    def draw_git(self):
        rng, folder = self.rng, f'{self.folder}/git/repo{self.rng.randrange(10)}'
        main = Package('gitty', '0.4.0')
        inner = Package('gitty-inner', '0.4.1')
        main.source = inner.source = 'git'
        main.git = inner.git = 'file://' + folder
        draw_deps(rng, self.p, inner, self.crates, 2, ['normal', 'build', 'dev'])
        draw_features(rng, self.p, inner)
        inner.proc_macro = rng.random() < 0.2
        draw_deps(rng, self.p, main, self.crates, 2, ['normal', 'normal', 'build'])
        main.deps.append(dict(name='gitty-inner', to=inner, kind='normal', platform=None, features=[],
                              optional=rng.random() < 0.4, default=True, req='*', path='inner'))
        draw_features(rng, self.p, main)
        inner.source = 'inner'      # for the main one it lies in a folder
        text = manifest(main, self.name_in_project, extra='[workspace]\n' if rng.random() < 0.5 else '')
        inner.source = 'git'
        write(f'{folder}/Cargo.toml', text)
        write(f'{folder}/src/lib.rs', '')
        write(f'{folder}/inner/Cargo.toml', manifest(inner, self.name_in_project))
        write(f'{folder}/inner/src/lib.rs', '')
        commit_all(folder)
        subprocess.run(['git', 'tag', 'v1'], cwd=folder, check=True)
        head = subprocess.run(['git', 'rev-parse', 'HEAD'], cwd=folder, check=True, capture_output=True, text=True)
        main.ref = inner.ref = rng.choice(['', 'branch = "master"', 'tag = "v1"', f'rev = "{head.stdout.strip()}"',
                                           f'rev = "{head.stdout[:8]}"'])
        self.gits = [main, inner]

    @staticmethod
    def name_in_project(to):
        return None if to.source == 'crates-io' else 'alt'


# ---- the workspace ----

class Workspace:
    def __init__(self, rng, universe, folder):
        self.rng, self.universe, self.p, self.folder = rng, universe, universe.p, folder
        self.members, self.others, self.excluded = [], [], []
        self.root = None
        self.draw()

    def path_between(self, a, b):
        return os.path.relpath(f'/x/ws/{b}', f'/x/ws/{a}')

    def pool(self):
        return [c for c in self.universe.crates if not c.yanked] + self.universe.gits * 3

    def add_path_deps(self, package, kinds):
        rng = self.rng
        for to in self.members + self.others:
            if rng.random() > 0.35 or any(d['name'] == to.name for d in package.deps):
                continue
            self.add_path_dep(package, to, rng.choice(kinds))

    def add_path_dep(self, package, to, kind):
        rng = self.rng
        package.deps.append(dict(
            name=to.name if rng.random() < 0.9 else f'local{rng.randrange(9)}', to=to, kind=kind,
            platform=rng.choice(CFGS) if rng.random() < self.p['target_deps'] else None,
            features=[f for f in to.all_features() if rng.random() < 0.3],
            optional=kind != 'dev' and rng.random() < self.p['optional'],
            default=rng.random() < 0.7, req=to.vers or '*', path=self.path_between(package.source, to.source),
            with_version=rng.random() < 0.2 and bool(to.vers)))
        if sum(d['name'] == package.deps[-1]['name'] for d in package.deps) > 1:
            package.deps.pop()

    def draw_package(self, name, folder):
        rng = self.rng
        package = Package(name, rng.choice(['0.1.0', '0.1.0', '1.0.0-alpha.1', '2.3.4', None]))
        package.source = folder
        package.edition = rng.choice(['2015', '2018', '2021', '2024', None])
        package.proc_macro = rng.random() < 0.2
        draw_deps(rng, self.p, package, self.pool(), rng.randrange(1, 9), ['normal', 'normal', 'build', 'dev'])
        self.add_path_deps(package, ['normal', 'normal', 'build', 'dev'])
        draw_features(rng, self.p, package)
        return package

    def draw(self):
        rng = self.rng
        outside = rng.random() < self.p['outside']
        if outside:
            for i in range(rng.randint(1, 2)):
                folder = rng.choice([f'../outside{i}', f'../otherws/out{i}', f'extern/out{i}'])
                self.others.append(self.draw_package(f'out{i}', folder))
        for i in range(rng.randint(1, self.p['members'])):
            folder = rng.choice([f'crates/m{i}', f'crates/m{i}', f'tools/m{i}', f'm{i}', f'deep/er/m{i}'])
            if rng.random() < self.p['outside'] / 5:
                folder = f'../beside/m{i}'
            package = self.draw_package(f'm{i}' if rng.random() < 0.9 else f'mem-{i}', folder)
            self.members.append(package)
        if rng.random() < 0.3:      # dev cycles
            for package in self.members:
                for to in self.members:
                    if to is not package and rng.random() < 0.15 and not any(d['name'] == to.name for d in package.deps):
                        self.add_path_dep(package, to, 'dev')
        if rng.random() < 0.5:
            self.root = self.draw_package('rootpkg', '')
            self.members.append(self.root)
        self.write()

    def workspace_deps(self, lines):
        """Some dependencies move to [workspace.dependencies]."""
        rng, table, inherited = self.rng, {}, set()
        for package in self.members:
            for dep in package.deps:
                if dep['to'].source == 'git' and rng.random() < 0.5 or rng.random() > 0.3:
                    continue
                have = table.get(dep['name'])
                if have and have['to'] is not dep['to']:
                    continue
                if not have:
                    have = table[dep['name']] = dict(
                        name=dep['name'], to=dep['to'], req=dep['req'], optional=False, platform=None,
                        features=[f for f in dep['to'].all_features() if rng.random() < 0.2],
                        default=rng.random() < 0.6, path=dep['to'].source if 'path' in dep else None,
                        with_version=dep.get('with_version'))
                dep['may_turn_off'] = package.edition != '2024' or not have['default']
                inherited.add(id(dep))
        if table:
            lines.append('[workspace.dependencies]')
            lines += [dep_toml(dep, self.universe.name_in_project) for dep in table.values()]
        return inherited

    def listed(self):
        """The members key, so that all members are found one way or another."""
        rng, keys = self.rng, []
        by_path = set()
        for package in self.members:
            for dep in package.deps:
                if 'path' in dep:
                    by_path.add(dep['to'].source)
        for package in self.members:
            if package is self.root:
                continue
            parent = os.path.dirname(package.source)
            form = rng.random()
            if form < 0.5 and parent in ('crates', 'tools'):
                keys.append(rng.choice([f'{parent}/*', f'{parent}/m*', f'./{parent}/*', f'{parent}/[m]*', f'{parent}/*/']))
            elif form < 0.6 and parent == 'deep/er':
                keys.append(rng.choice(['deep/*/*', 'deep/**/m*', '**/er/m*']))
            else:
                keys.append(package.source)
        return list(dict.fromkeys(keys))

    def patches(self):
        """[patch] or [replace] with a package in a folder, which is no member."""
        rng, universe = self.rng, self.universe
        if rng.random() >= self.p['patch'] or not universe.crates:
            return ''
        used = [d['to'] for m in self.members for d in m.deps if d['to'].source in ('alt', 'crates-io')]
        victim = rng.choice(used or universe.crates)
        folder = rng.choice(['patched', '../patched-outside', 'vendor/patched'])
        copy = Package(victim.name, victim.vers)
        copy.source, copy.proc_macro = folder, victim.proc_macro if rng.random() < 0.8 else not victim.proc_macro
        copy.features = {name: [] for name in victim.all_features()}
        draw_deps(rng, self.p, copy, [c for c in universe.crates if c.name < victim.name and c.name != victim.name], 2, ['normal', 'build', 'dev'])
        copy.deps = [d for d in copy.deps if d['name'] not in copy.features]
        replace = rng.random() < 0.25
        if not replace and rng.random() < 0.4:
            bare = victim.vers.split('-')[0].split('+')[0].split('.')
            copy.vers = '.'.join(bare[:2] + [str(int(bare[2]) + 1)])
        elif not replace and rng.random() < 0.15:
            copy.vers = '7.7.7'     # nobody wants it
        write(f'{self.folder}/{folder}/Cargo.toml', manifest(copy, universe.name_in_project))
        write(f'{self.folder}/{folder}/src/lib.rs', '')
        self.patch_folder = folder
        self.patch_git = None
        if not replace and rng.random() < self.p['git'] / 2:
            self.patch_git = f'{self.folder}/../patched-{folder.count("/")}.git'
            shutil.move(f'{self.folder}/{folder}', self.patch_git)
            commit_all(self.patch_git)
            self.patch_folder = None
            return f'[patch.{victim.source}]\n{victim.name} = {{ git = "file://{os.path.realpath(self.patch_git)}" }}\n'
        if replace:
            return f'[replace]\n"{self.source_spec(victim)}" = {{ path = "{folder}" }}\n'
        name = victim.name
        line = f'{name} = {{ path = "{folder}" }}' if rng.random() < 0.8 else f'other = {{ path = "{folder}", package = "{name}" }}'
        return f'[patch.{victim.source}]\n{line}\n'

    def source_spec(self, victim):
        if victim.source == 'crates-io':
            return f'{victim.name}:{victim.vers}'
        return f"{self.universe.index_url('alt')}#{victim.name}@{victim.vers}"

    def write(self):
        rng, universe = self.rng, self.universe
        lines = ['[workspace]']
        lines.append(f'members = {toml_list(self.listed())}')
        self.patch_folder = None
        patch = self.patches()
        exclude = [self.patch_folder] if self.patch_folder and not self.patch_folder.startswith('..') else []
        if rng.random() < 0.2:
            exclude.append('nothing/here')
        if any(o.source.startswith('extern/') for o in self.others):
            exclude.append('extern')
        if exclude:
            lines.append(f'exclude = {toml_list(exclude)}')
        if rng.random() < 0.25:
            some = [m.source or '.' for m in self.members if rng.random() < 0.5]
            if some:
                lines.append(f'default-members = {toml_list(some)}')
        resolver = rng.choice([None, '1', '2', '3', '2'])
        if resolver:
            lines.append(f'resolver = "{resolver}"')
        inherits_version = rng.random() < 0.3
        lines += ['[workspace.package]', 'version = "5.6.7"', 'edition = "2021"']
        inherited = self.workspace_deps(lines)
        self.write_other_workspace(inherited)
        for package in self.members:
            if inherits_version and package.vers == '0.1.0' and not any(
                    'with_version' in d and d['with_version'] and d['to'] is package for m in self.members for d in m.deps):
                package.vers = 'inherit'
        for package in self.members + self.others:
            head = ''
            if package is self.root:
                continue
            if package.source.startswith('../beside/'):
                head = 'workspace = "../../ws"'
            write(f'{self.folder}/{package.source}/Cargo.toml', manifest(
                package, universe.name_in_project, head=head, inherited=inherited))
            write(f'{self.folder}/{package.source}/src/lib.rs', '')
            write(f'{self.folder}/{package.source}/build.rs', 'fn main() {}')
        text = '\n'.join(lines) + '\n' + patch
        if self.root:
            text = manifest(self.root, universe.name_in_project, extra=text, inherited=inherited)
            write(f'{self.folder}/src/lib.rs', '')
        write(f'{self.folder}/Cargo.toml', text)
        self.write_config()

    def write_other_workspace(self, inherited):
        """The root of those outside that belong to a workspace of their own, and what they inherit from it."""
        rng, universe, table = self.rng, self.universe, {}
        mine = [o for o in self.others if o.source.startswith('../otherws/')]
        for package in mine:
            if rng.random() < 0.5 and package.vers == '0.1.0' and not any(
                    d.get('with_version') and d['to'] is package for m in self.members + self.others for d in m.deps):
                package.vers = 'inherit'
            for dep in package.deps:
                if dep['to'].source not in ('alt', 'crates-io') or dep['name'] in table or rng.random() < 0.5:
                    continue
                table[dep['name']] = dict(dep, optional=False, platform=None, default=rng.random() < 0.6, features=['f0'])
                dep['may_turn_off'] = package.edition != '2024' or not table[dep['name']]['default']
                inherited.add(id(dep))
        if mine:
            lines = ['[workspace]', 'members = ["out*"]', '[workspace.package]', 'version = "8.8.8"', '[workspace.dependencies]']
            lines += [dep_toml(dep, universe.name_in_project) for dep in table.values()]
            write(f'{self.folder}/../otherws/Cargo.toml', '\n'.join(lines) + '\n')

    def write_config(self):
        rng, universe = self.rng, self.universe
        config = f'[registries.alt]\nindex = "{universe.index_url("alt")}"\n'
        if self.p['replaced']:
            config += '[source.crates-io]\nreplace-with = "mirror"\n[source.mirror]\n'
            config += f'registry = "{universe.index_url("crates-io")}"\n'
        self.env = {}
        if rng.random() < self.p['config']:
            flags = rng.choice(['["--cfg", "special"]', '"--cfg special"', '["--cfg=special"]', '["--cfg", "special=\\"x\\""]',
                                '["-Ctarget-feature=-sse2"]', '["-C", "debug-assertions=off"]', '["-Cpanic=abort", "--cfg=special"]'])
            where = rng.choice(['build', "target.'cfg(unix)'", f'target.{LINUX}', "target.'cfg(all())'", "target.'cfg(windows)'"])
            config += f'[{where}]\nrustflags = {flags}\n'
            if rng.random() < 0.3 and where != 'build':
                config += '[build]\n' + rng.choice(['rustflags = ["--cfg", "special"]', f'target = "{rng.choice(PLATFORMS)}"',
                                                    f'target = {toml_list(rng.sample(PLATFORMS, 2))}']) + '\n'
            if rng.random() < 0.2:
                self.env['RUSTFLAGS'] = rng.choice(['--cfg special', '--cfg=special --cfg special="x"', ''])
            if rng.random() < 0.2:
                self.env['CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS'] = '--cfg special'
            if rng.random() < 0.15:
                self.env['CARGO_BUILD_TARGET'] = rng.choice(PLATFORMS)
        write(f'{self.folder}/.cargo/config.toml', config)

    def command_lines(self, count):
        rng = self.rng
        yield ['--workspace', '-e', 'normal,build', '--target', LINUX]
        for _ in range(count - 1):
            yield self.command_line()

    def command_line(self):
        rng, out = self.rng, []
        names = [m.name for m in self.members]
        roll = rng.random()
        if roll < 0.5:
            out.append('--workspace')
            if rng.random() < 0.25 and len(names) > 1:
                out += ['--exclude', rng.choice(names)]
        elif roll < 0.92:
            for name in rng.sample(names, rng.choice([1, 1, min(2, len(names))])):
                out += ['-p', name]
        else:
            out += ['-p', rng.choice(self.pool() + self.others).name]
        edges = rng.choice(['normal', 'normal,build', 'normal,build,dev', 'no-dev', 'no-build', 'all', 'normal,dev',
                            'build', 'dev', 'no-normal', 'no-dev,no-build'])
        out += ['-e', edges]     # the two programs' defaults differ
        if rng.random() < 0.5:
            out += rng.choice([['--all-features'], ['--no-default-features'], ['--no-default-features', '--all-features']])
        if rng.random() < 0.4:
            out += ['--features', ','.join(self.feature_words())]
        if rng.random() < 0.85:
            for platform in rng.sample(PLATFORMS, 1 if rng.random() < 0.8 else 2):
                out += ['--target', platform]
        return out

    def feature_words(self):
        rng, words = self.rng, []
        for _ in range(rng.randint(1, 3)):
            member = rng.choice(self.members)
            choices = list(member.all_features())
            choices += [f'{member.name}/{f}' for f in member.all_features()]
            for dep in member.deps:
                choices += [f'{dep["name"]}/{f}' for f in dep['to'].all_features()]
                if dep['optional']:
                    choices += [f'{dep["name"]}?/{f}' for f in dep['to'].all_features()]
                    choices += [f'dep:{dep["name"]}']
            if choices:
                words.append(rng.choice(choices))
        return words or ['default']


# ---- the answers ----

LINE = re.compile(r'^((?:\|   |    )*)(?:[|`]-- )?(\S.*)$')
PACKAGE = re.compile(r'^(\S+) v(\S+)((?: \([^)]*\))*) ?\[(.*)\]( \(\*\))?$')


def read_tree(text):
    """The lines of `cargo tree` as (depth, package, features, is dedupe mark, kind of the edge, proc macro)."""
    rows, kinds = [], {}
    for line in text.splitlines():
        if not line.strip():
            continue
        match = LINE.match(line)
        depth = len(match[1]) // 4 + (1 if match[0][len(match[1]):len(match[1]) + 4] in ('|-- ', '`-- ') else 0)
        if match[2] in ('[build-dependencies]', '[dev-dependencies]'):
            kinds[len(match[1]) // 4 + 1] = match[2]
            continue
        part = PACKAGE.match(match[2])
        if not part:
            raise ValueError(f'no package: {line!r}')
        if depth == 0:
            kinds = {}
        notes = re.findall(r'\(([^)]*)\)', part[3])
        macro = 'proc-macro' in notes
        where = [n for n in notes if n != 'proc-macro' and n != '*']
        source = 'registry' if not where or where[0].startswith('registry ') else 'git' if '#' in where[0] else 'path'
        features = ','.join(sorted(filter(None, part[4].split(','))))
        rows.append((depth, (part[1], part[2], source), features, bool(part[5]), kinds.get(depth), macro))
        # what is deeper starts anew; what stands at this depth keeps its heading until the parent changes
        for deeper in [k for k in kinds if k > depth]:
            del kinds[deeper]
    return rows


def sides(rows, host_roots):
    """(package, side, features, mark) of each row; `host_roots` are the numbers of the roots that are host copies."""
    stack, out, root = [], [], -1
    for depth, package, features, mark, kind, macro in rows:
        root += depth == 0
        del stack[depth:]
        host = macro or (depth > 0 and (stack[depth - 1] or kind == '[build-dependencies]')) or (depth == 0 and root in host_roots)
        stack.append(host)
        out.append((package, 'host' if host else 'target', features, mark))
    return out


def is_consistent(nodes):
    """Every node that is marked as printed before was, on the same side, and none is printed in full twice."""
    full = set()
    for package, side, features, mark in nodes:
        node = (package, side, features)
        if mark and node not in full:
            return False
        full.add(node)
    return True


def cargo_answer(text, target_n):
    rows = read_tree(text)
    if target_n == 0:
        return [{(package, side, features) for package, side, features, _ in sides(rows, set())}]
    roots = [(package, features) for depth, package, features, *_ in rows if depth == 0]
    macros = {package for depth, package, _, _, _, macro in rows if macro}
    # A package that is no proc macro has a root for each target, and one more, its host copy, where it is built for
    # the host, too; of those that look alike that one comes first. It stands somewhere else as well, so the true
    # reading is the one that needs the fewest nodes; several are left where the sides differ by nothing else.
    choices = []
    for package in dict.fromkeys(package for package, _ in roots):
        mine = [i for i, (name, _) in enumerate(roots) if name == package]
        if package not in macros and len(mine) > target_n:
            choices.append([i for i in mine if roots[i] not in roots[mine[0]:i]])
    best = []
    for chosen in itertools.islice(itertools.product(*choices), 4096):
        nodes = sides(rows, set(chosen))
        if is_consistent(nodes):
            found = {(package, side, features) for package, side, features, _ in nodes}
            if best and len(found) < len(best[0]):
                best = []
            if not best or len(found) == len(best[0]):
                best.append(found)
    if not best:
        raise ValueError('the sides of the roots cannot be told')
    return best


def rtaudit_answer(text):
    out = set()
    for package in json.loads(text)['packages']:
        source = package.get('source') or ''
        kind = 'git' if source.startswith('git+') else 'registry' if '+' in source else 'path'
        for side in ('target', 'host'):
            features = (package.get('features') or {}).get(side)
            if features is not None:
                out.add(((package['name'], package['version'], kind), side, ','.join(sorted(features))))
    return out


class Bench:
    """The environment of both programs, below `folder`; without one, that of this process."""

    def __init__(self, folder):
        self.folder = folder
        if not folder:
            self.env = dict(os.environ, LC_ALL='C')
            return
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(('CARGO_', 'RTAUDIT_', 'RUST'))}
        for name in ('RUSTUP_HOME', 'RUSTUP_TOOLCHAIN'):
            if name in os.environ:
                self.env[name] = os.environ[name]
        self.env.update(CARGO_HOME=f'{folder}/cargo', RTAUDIT_HOME=f'{folder}/home', LC_ALL='C')
        os.makedirs(f'{folder}/cargo')
        write(f'{folder}/home/rtauditd.toml', f'advisories = "{folder}/advisories"\n')
        write(f'{folder}/advisories/crates/none/RUSTSEC-2020-9999.md',
              '```toml\n[advisory]\nid = "RUSTSEC-2020-9999"\npackage = "none"\ndate = "2020-02-03"\n[versions]\npatched = []\n```\n\n# none\n\nx\n')
        for command in (['init', '-q'], ['add', '.'], ['-c', 'user.name=t', '-c', 'user.email=t@localhost', 'commit', '-q', '-m', 'x']):
            subprocess.run(['git', '-c', 'init.defaultBranch=main', *command], cwd=f'{folder}/advisories', check=True)

    def run(self, command, where, env, seconds=60):
        try:
            return subprocess.run(command, cwd=where, env=dict(self.env, **env), capture_output=True, text=True, timeout=seconds,
                                  stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, 124, '', 'timeout')

    def stop(self):
        answer = self.run(['rtaudit', 'status', '--quiet', '--format', 'json'], '/', {})
        pid = re.search(r'"pid": *(\d+)', answer.stdout)
        if pid:
            os.kill(int(pid[1]), 15)
            for _ in range(100):        # what it still writes would be left behind
                if not os.path.exists(f'/proc/{pid[1]}'):
                    break
                time.sleep(0.05)


class Tally:
    def __init__(self):
        self.cases = self.runs = self.refused = self.nodes = self.accepted = self.ambiguous = self.beyond = self.bad_locks = self.unreadable = 0
        self.bad = []


def show(nodes):
    return ['{} {} ({}) {} [{}]'.format(*package, side, features) for package, side, features in sorted(nodes)]


def compare(bench, tally, folder, args, env):
    """None where both agree; else the difference as lines."""
    all_kinds = ['normal,build,dev' if x == 'all' else x for x in args]     # to cargo `all` is features, too
    command = ['cargo', 'tree', '--locked', '--charset', 'ascii', '-f', '{p} [{f}]', *all_kinds]
    cargo = bench.run(command, folder, env)
    ours = bench.run(['rtaudit', 'audit', '--locked', '--fail-on', 'never', '--format', 'json', *without_all(args)], folder, env)
    tally.runs += 1
    if cargo.returncode != 0:
        tally.refused += 1
        if ours.returncode == 0:
            tally.accepted += 1
            if os.environ.get('SHOW'):
                print('    accepted:', ' '.join(args), cargo.stderr.strip()[:1200])
        return None
    if 'is ambiguous' in ours.stderr:
        tally.ambiguous += 1    # cargo looks only among what the members' features reach
        return None
    if ours.returncode != 0:
        return ['REFUSED ' + ours.stderr.strip()[:400]]
    try:
        readings = cargo_answer(cargo.stdout, args.count('--target'))
    except ValueError as e:
        tally.unreadable += 1
        readings = cargo_answer(cargo.stdout, 0)
        if os.environ.get('SHOW'):
            print('    unreadable:', ' '.join(args), e, cargo.stdout, sep='\n')
        args = []
    got = rtaudit_answer(ours.stdout)
    truth = got if got in readings else readings[0]
    if '--target' not in args or is_of_other(folder, args):   # sides cannot be read off
        truth, got = ({(p, '-', f) for p, _, f in nodes} for nodes in (truth, got))
    tally.nodes += len(truth)
    if truth == got or ('--target' not in args and truth < got):
        return None     # without --target cargo's tree takes nodes of both sides that look alike for one
    if any('/' in x for i, x in enumerate(args) if args[i - 1] == '--features') and is_beyond_lock(folder, truth):
        tally.beyond += 1       # cargo resolved anew what a feature of a dependency switches on
        return None
    return ['missing ' + x for x in show(truth - got)] + ['extra   ' + x for x in show(got - truth)]


def is_beyond_lock(folder, nodes):
    with open(f'{folder}/Cargo.lock') as f:
        locked = set(re.findall(r'name = "(.*)"\nversion = "(.*)"', f.read()))
    return any(package[:2] not in locked for package, _, _ in nodes)


def without_all(args):
    return ['--target=' + x if args[i - 1] == '--target' else x for i, x in enumerate(args) if x != '--target']


def is_of_other(folder, args):
    names = [args[i + 1] for i, x in enumerate(args) if x == '-p']
    return any(not re.match(r'm\d|mem-|rootpkg', n) for n in names)


def keep(where, folder, universe_folder, url, args, env, seed, lines):
    shutil.rmtree(where, ignore_errors=True)
    shutil.copytree(os.path.dirname(folder), f'{where}/project', symlinks=True, ignore=shutil.ignore_patterns('target'))
    shutil.copytree(universe_folder, f'{where}/universe', symlinks=True)
    with open(f'{where}/again.json', 'w') as f:
        json.dump(dict(seed=seed, url=url, args=args, env=env, difference=lines, universe=universe_folder), f, indent=1)


def run_case(bench, tally, universe, case, seed, keep_folder, runs):
    rng = random.Random(f'{seed}/{case}')
    parent = f'{bench.folder}/case{case}'
    workspace = Workspace(rng, universe, f'{parent}/ws')
    lock = bench.run(['cargo', 'generate-lockfile'], workspace.folder, workspace.env)
    if lock.returncode != 0:
        tally.bad_locks += 1
        if os.environ.get('SHOW'):
            print(lock.stderr[:600])
        shutil.rmtree(parent)
        return
    tally.cases += 1
    for number, args in enumerate(workspace.command_lines(runs)):
        refused = tally.refused
        lines = compare(bench, tally, workspace.folder, args, workspace.env)
        if number == 0 and tally.refused > refused:
            break       # cargo takes not even its own lock: a requirement that fits two locked versions
        if not lines:
            continue
        name = f'{seed}-{case}-{number}'
        tally.bad.append(name)
        print(f'--- seed {seed} case {case} run {number}: {" ".join(args)} {workspace.env or ""}')
        print('\n'.join('    ' + line for line in lines[:8]), flush=True)
        if keep_folder:
            keep(f'{keep_folder}/{name}', workspace.folder, universe.folder, universe.url, args, workspace.env, seed, lines)
    shutil.rmtree(parent)


def run_again(bench, where):
    said = json.load(open(f'{where}/again.json'))
    port = int(re.search(r':(\d+)/', said['url'])[1])
    handler = functools.partial(Quiet, directory=f'{where}/served')
    part = said['url'].rsplit('/', 1)[1]
    os.makedirs(f'{where}/served', exist_ok=True)
    if not os.path.islink(f'{where}/served/{part}'):
        os.symlink('../universe', f'{where}/served/{part}')
    server = http.server.ThreadingHTTPServer(('127.0.0.1', port), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    tally = Tally()
    lines = compare(bench, tally, f'{os.path.abspath(where)}/project/ws', said['args'], said['env'])
    print(where, 'the same' if not lines else '')
    print('\n'.join(lines or []))
    return 1 if lines else 0


def project_lines(rng, members, runs):
    base = ['--workspace', '-e', 'normal,build', '--target', LINUX]
    yield base
    yield base + ['--all-features']
    yield base + ['--no-default-features']
    yield ['--workspace', '-e', 'all', '--target', LINUX]
    yield ['--workspace', '-e', 'normal', '--target', LINUX]
    for platform in ('x86_64-pc-windows-msvc', 'wasm32-unknown-unknown', 'aarch64-apple-darwin', 'thumbv7em-none-eabi'):
        yield ['--workspace', '-e', 'normal,build', '--target', platform]
    for _ in range(runs):
        yield ['-p', rng.choice(members), '-e', rng.choice(['normal,build', 'all', 'no-dev', 'normal']), '--target',
               rng.choice([LINUX, LINUX, *PLATFORMS]),
               *rng.choice([[], [], ['--all-features'], ['--no-default-features']])]


def run_project(where, seed, runs):
    bench, tally = Bench(None), Tally()
    answer = bench.run(['cargo', 'metadata', '--no-deps', '--format-version', '1', '--locked'], where, {})
    if answer.returncode != 0:
        print(where, answer.stderr.strip()[:500])
        return 2
    packages = json.loads(answer.stdout)
    members = [p['name'] for p in packages['packages'] if p['id'] in packages['workspace_members']]
    for args in project_lines(random.Random(seed), members, runs):
        lines = compare(bench, tally, where, args, {})
        if lines:
            tally.bad.append(args)
            print('--- ' + where, *args)
            print('\n'.join('    ' + line for line in lines[:12]), flush=True)
    print(f'{where}: {tally.runs} command lines ({tally.refused} refused by cargo), {tally.nodes} packages and sides; '
          f'{len(tally.bad)} differences, {tally.unreadable} unreadable')
    return 1 if tally.bad else 0 if tally.nodes else 2


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--cases', type=int, default=100)
    parser.add_argument('--seconds', type=int, default=3600)
    parser.add_argument('--profile', choices=[*PROFILES, 'all'], default='all')
    parser.add_argument('--keep')
    parser.add_argument('--runs', type=int, default=8)
    parser.add_argument('--again')
    parser.add_argument('--project')
    options = parser.parse_args()
    if options.project:
        return run_project(os.path.abspath(options.project), options.seed, options.runs)
    work = tempfile.mkdtemp(prefix='differential-')
    bench, tally = Bench(work), Tally()
    if not all(map(shutil.which, ('cargo', 'git', 'rtaudit', 'rtauditd'))):
        print('cargo, git, rtaudit and rtauditd have to be on PATH')
        return 2
    try:
        if options.again:
            return run_again(bench, options.again)
        os.makedirs(f'{work}/served')
        server = serve(f'{work}/served')
        url = f'http://127.0.0.1:{server.server_port}'
        end = time.monotonic() + options.seconds
        universe, number = None, 0
        for case in range(options.cases):
            if time.monotonic() > end:
                break
            if case % 12 == 0:
                number = case // 12
                rng = random.Random(f'{options.seed}/u{number}')
                profile = options.profile if options.profile != 'all' else list(PROFILES)[number % len(PROFILES)]
                p = dict(DEFAULTS, **PROFILES[profile])
                universe = Universe(rng, p, f'{work}/served/u{options.seed}-{number}', f'{url}/u{options.seed}-{number}')
            run_case(bench, tally, universe, case, options.seed, options.keep, options.runs)
    finally:
        bench.stop()
        shutil.rmtree(work, ignore_errors=True)
    print(f'seed {options.seed}: {tally.cases} workspaces, {tally.runs} command lines ({tally.refused} refused by cargo), '
          f'{tally.nodes} packages and sides; {len(tally.bad)} differences, '
          f'{tally.accepted} accepted that cargo refuses, {tally.unreadable} unreadable, '
          f'{tally.ambiguous} ambiguous, {tally.beyond} beyond the lock, {tally.bad_locks} without a lock')
    return 1 if tally.bad else 0 if tally.nodes else 2


sys.exit(main())
