#!/usr/bin/env python3
"""hostile.py requests|locks SOCKET, or stranger SOCKET USER: requests that no client of ours makes, for test_hostile.

Each row is what is sent and the HTTP statuses that may answer it; 0 stands for a connection that is closed without an
answer. Status 1 and a line for each row that was answered otherwise."""
import os
import pwd
import re
import socket
import sys
import threading

LOCK = b'version = 4\n\n[[package]]\nname = "app"\nversion = "0.1.0"\n'
MANIFEST = b'[package]\nname = "app"\nversion = "0.1.0"\n'
CRATES_IO = 'registry+https://github.com/rust-lang/crates.io-index'
faults = 0


def part(kind, name, value):
    name, value = (x.encode() if isinstance(x, str) else x for x in (name, value))
    return b'%s %d %d\n%s%s' % (kind.encode(), len(name), len(value), name, value)


def answer(path, data):
    """Sends bytes as they are; returns all that comes back."""
    got = []
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(120)
        s.connect(path)
        try:
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        try:
            while chunk := s.recv(1 << 20):
                got.append(chunk)
        except OSError:
            pass
    return b''.join(got)


def post(target, body):
    return b'POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s' % (
        target.encode(), len(body), body)


def audit(*parts):
    return post('/v1/audit', part('lock', 'Cargo.lock', LOCK) + part('option', 'offline', '1') + b''.join(parts))


def expect(path, what, data, statuses, text=b''):
    global faults
    got = answer(path, data)
    head = got.partition(b'\r\n')[0].split(b' ')
    status = int(head[1]) if len(head) > 1 and head[1].isdigit() else 0
    if status not in statuses or text not in got:
        print(f'{what}: {status} {got[-300:]!r}')
        faults += 1
    body = got.partition(b'\r\n\r\n')[2]
    if re.search(rb'[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xe2\x80[\xaa-\xae]', body):
        print(f'{what}: the answer would speak to a terminal: {body[:200]!r}')
        faults += 1


def requests(path):
    head = b'POST /v1/audit HTTP/1.1\r\nHost: x\r\n'
    rows = [
        ('a good one', audit(part('manifest', 'Cargo.toml', MANIFEST)), {200}, b'pass'),
        ('a length above the ceiling', head + b'Content-Length: 201326593\r\n\r\nabc', {413}),
        ('a length beyond 64 bits', head + b'Content-Length: 99999999999999999999999\r\n\r\nabc', {413}),
        ('a negative length', head + b'Content-Length: -5\r\n\r\nabc', {400}),
        ('a length above what comes', head + b'Content-Length: 201326592\r\n\r\nabc', {0, 400}),
        ('a broken chunk', head + b'Transfer-Encoding: chunked\r\n\r\nzz\r\n', {400}),
        ('a chunk beyond 64 bits', head + b'Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n', {413}),
        ('half a request', b'POST /v1/au', {0, 400}),
        ('noise', bytes(range(256)) * 40, {0, 400, 505}),
        ('a path of 2 MB', b'GET /' + b'a' * 2000000 + b' HTTP/1.1\r\nHost: x\r\n\r\n', {0, 414}),
        ('a header of 2 MB', b'GET / HTTP/1.1\r\nHost: x\r\nX: ' + b'y' * 2000000 + b'\r\n\r\n', {0, 431}),
        ('100,000 headers', b'GET / HTTP/1.1\r\n' + b'X: y\r\n' * 100000 + b'\r\n', {0, 431}),
        ('a path for the terminal', b'GET /\x1b[2J\xe2\x80\xae HTTP/1.1\r\nHost: x\r\n\r\n', {404}, b'\\\\x1b'),
        ('no parcel', post('/v1/audit', b'hello'), {400}),
        ('an empty body', post('/v1/audit', b''), {400}, b'without a lock'),
        ('a part that promises more', post('/v1/audit', b'lock 4 18446744073709551615\nabcd'), {400}),
        ('a sum of sizes that overflows', post('/v1/audit', b'lock 18446744073709551615 2\nab'), {400}),
        ('two locks', audit(part('lock', 'b', LOCK)), {400}),
        ('an unknown kind', audit(part('zork', 'a', 'b')), {400}),
        ('an environment variable', audit(part('env', 'LD_PRELOAD', 'x')), {400}),
        ('20,001 manifests', audit(*[part('manifest', f'm{i}/Cargo.toml', MANIFEST) for i in range(20001)]), {413}),
        ('one manifest 20,001 times', audit(*[part('manifest', 'Cargo.toml', MANIFEST)] * 20001), {413}),
        ('20,001 manifests of git packages', audit(*[part('git-manifest', f'git+https://x/y#{i}\nCargo.toml', MANIFEST)
                                                     for i in range(20001)]), {200, 413}),
        ('10,001 values of an option', audit(part('option', 'features', 'a') * 10001), {413}),
        ('33 targets', audit(part('option', 'target', 'x86_64-unknown-linux-gnu') * 33), {413}),
        ('a width beyond 64 bits', audit(part('option', 'width', '18446744073709551616')), {400}),
        ('a date beyond time', audit(part('option', 'at', '99999999999-01-01')), {400}),
        ('a relative source', post('/v1/sync', part('option', 'index', '../../etc')), {400}),
        ('a source with a NUL', post('/v1/sync', part('option', 'index', '/etc\0x')), {400}),
        ('a rule for the terminal', post('/v1/explain', part('option', 'rule', '\x1b[2J\u202e')), {400}),
    ]
    names = ['../../../etc/passwd', '/etc/passwd', 'a\0b/Cargo.toml', '../' * 5000 + 'Cargo.toml', 'x' * 1000000,
             '\x1b[2J/Cargo.toml', '', '..', '\n', b'\xff\xfe/Cargo.toml']
    for name in names:
        rows.append((f'a manifest called {name[:20]!r}',
                     audit(part('manifest', 'Cargo.toml', MANIFEST), part('manifest', name, MANIFEST)), {200, 400, 422}))
        rows.append((f'a lock called {name[:20]!r}', post('/v1/audit', part('lock', name, LOCK + b'x')), {422}))
    for what, data, statuses, *text in rows:
        expect(path, what, data, statuses, *text)

    # A hundred at once, with fifty that say nothing beside them.
    silent = [socket.socket(socket.AF_UNIX) for _ in range(25)]
    for s in silent:
        s.connect(path)
        s.sendall(b'POST /v1/audit HTTP/1.1\r\nContent-Le')
    threads = [threading.Thread(target=expect, args=(path, 'one of a hundred', audit(), {200}, b'pass')) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for s in silent:
        s.close()


def package(name, vers='1.0.0', source=CRATES_IO, deps=()):
    text = f'\n[[package]]\nname = "{name}"\nversion = "{vers}"\n'
    if source:
        text += f'source = "{source}"\nchecksum = "{"0" * 64}"\n'
    return text + ('dependencies = [\n' + ''.join(f' "{dep}",\n' for dep in deps) + ']\n' if deps else '')


def locks(path):
    n = 49000
    names = [f'p{i:05}' for i in range(n)]
    rows = {
        'one package with 49,000': [package('app', source=None, deps=names + ['known'])] + [package(x) for x in names],
        'a chain of 49,000': [package('app', source=None, deps=names[:1])] +
                             [package(x, deps=[y]) for x, y in zip(names, names[1:] + ['known'])],
        'each needs each': [package('app', source=None, deps=names[:900] + ['known'])] +
                           [package(x, deps=[y for y in names[:900] if y != x]) for x in names[:900]],
        '1,000 versions of one crate': [package('app', source=None, deps=[f'tokio {i}.0.0' for i in range(999)] + ['known'])] +
                                       [package('tokio', f'{i}.0.0') for i in range(999)],
        '19,000 members': [package(x, source=None, deps=['known']) for x in names[:19000]],
    }
    for what, packages in rows.items():
        lock = 'version = 4\n' + package('known') + ''.join(packages)
        for target, options in (('/v1/audit', {'format': 'text'}), ('/v1/audit', {'format': 'json'}), ('/v1/why', {'crate': 'known'})):
            body = part('lock', 'Cargo.lock', lock) + part('option', 'offline', '1')
            expect(path, f'{what}: {target} {options}',
                   post(target, body + b''.join(part('option', k, v) for k, v in options.items())), {200, 413})
    refused = {
        b'more than 1000 registries': [package(x, source=f'registry+https://example.org/{x}') for x in names],
        b"more than 1000 packages 'tokio'": [package('tokio', f'{i}.0.0') for i in range(n)],
    }
    for text, packages in refused.items():
        expect(path, text.decode(), post('/v1/audit', part('lock', 'Cargo.lock', 'version = 4\n' + ''.join(packages))), {413}, text)


def stranger(path, user):
    """Listens as another user and prints what it is told."""
    os.setuid(pwd.getpwnam(user).pw_uid)
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(path)
        s.listen()
        s.settimeout(20)
        while True:
            try:
                client, _ = s.accept()
                client.settimeout(5)
                sys.stdout.write(client.recv(4096).decode('latin-1'))
                sys.stdout.flush()
            except OSError:
                return


{'requests': requests, 'locks': locks, 'stranger': stranger}[sys.argv[1]](*sys.argv[2:])
sys.exit(faults > 0)
