#!/usr/bin/env python3
"""try_remedies.py CORPUS: lets cargo confirm every remedy that rtaudit says it tried.

Of each project of CORPUS with manifests, of the cases of tests/golden, and of the small projects below (one
dependency each), every remedy with "tried": true is written into a copy of the manifests. Cargo then locks what is
missing and lists what is built: a finding about a runtime that ended is confirmed where its package has left the
tree; one about two runtimes (or two majors of one) where the member's tree no longer holds both of the packages that
the finding names, or, for a bridge, where the bridge is in it.

rtaudit must be on PATH with a filled store, or read cargo's own cache; cargo may use the network, as configured.
Exit status 1 where cargo disagrees with one remedy."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib

TARGET = "x86_64-unknown-linux-gnu"
SECONDS = 120
RULES = ("abandoned-runtime", "mixed-runtimes", "split-runtime", "foreign-reactor", "bridge-needed")
# Dependencies with a feature, or a version, that brings in a runtime that has ended or a second one.
SMALL = {
    "tiberius": 'tiberius = { version = "0.12", default-features = false, features = ["sql-browser-async-std"] }',
    "tiberius-tls": 'tiberius = { version = "0.12", features = ["sql-browser-async-std"] }',
    "sqlx": 'sqlx = { version = "0.8", features = ["runtime-async-std", "sqlite"] }',
    "sqlx-tls": 'sqlx = { version = "0.7", features = ["runtime-async-std-rustls", "postgres"] }',
    "sea-orm": 'sea-orm = { version = "1", features = ["runtime-async-std-rustls", "sqlx-postgres"] }',
    "redis": 'redis = { version = "0.27", features = ["async-std-comp"] }',
    "redis-old": 'redis = { version = "0.21", features = ["async-std-comp"] }',
    "async-tungstenite": 'async-tungstenite = { version = "0.28", features = ["async-std-runtime"] }',
    "async-native-tls": 'async-native-tls = { version = "0.5", default-features = false, features = ["runtime-async-std"] }',
    "async-tar": 'async-tar = "0.5"',
    "zbus": 'zbus = "4"\ntokio = { version = "1", features = ["net", "rt"] }',
    "ashpd": 'ashpd = { version = "0.9", default-features = false, features = ["async-std"] }',
    "http-types": 'http-types = "2"',
    "surf": 'surf = "2"',
    "tide": 'tide = "0.16"',
    "actix-web": 'actix-web = "3"\nredis = { version = "0.27", features = ["tokio-comp"] }',
    "reqwest-0.10": 'reqwest = "0.10"',
    "warp": 'warp = "0.2"',
    "tonic": 'tonic = "0.3"',
    "smol-reqwest": 'smol = "2"\nreqwest = { version = "0.12", default-features = false }',
    "async-std-reqwest": 'async-std = "1"\nreqwest = { version = "0.12", default-features = false }',
    "criterion": 'criterion = { version = "0.5", features = ["async_std"] }',
    "lapin": 'lapin = "2"\nasync-std = "1"',
    "mongodb": 'mongodb = { version = "2", default-features = false, features = ["async-std-runtime"] }',
    "backoff": 'backoff = { version = "0.4", features = ["async-std"] }',
    "deadpool": 'deadpool = { version = "0.12", features = ["rt_async-std_1"] }',
}

# Locked at versions that newer ones within the requirement replace: "crate version".
OLD = {
    "sea-query": ('async-native-tls = "0.5"', ["async-native-tls 0.5.0"]),
    "async-tar-0.6": ('async-tar = { version = "0.6", default-features = false, features = ["runtime-tokio"] }', ["async-tar 0.6.0"]),
    "rumqttc": ('rumqttc = "0.2"', ["rumqttc 0.2.0"]),
    "lapin": ('lapin = { version = "2.1", default-features = false }\nasync-std = "1"', ["lapin 2.1.0"]),
    "tokio-tungstenite": ('tokio-tungstenite = "0.13"\nwarp = "0.3"', ["warp 0.3.0"]),
}


# What must be gone for a runtime to be gone, where it is not the crate of that name.
FAMILIES = {"smol": {"smol", "async-io", "async-executor", "async-global-executor"}, "tokio-0.2": {"tokio"}}


def run(command, folder, **more):
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, **more)
    except subprocess.TimeoutExpired:
        return 124, "", "took too long"
    return done.returncode, done.stdout, done.stderr


def write(value):
    """A TOML value on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(write, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {write(v)}" for k, v in value.items()) + " }"
    return str(value)


def table_of(document, change):
    """Where the dependency stands: the table's path, and the table."""
    path = ["workspace", "dependencies"] if change["section"] == "workspace.dependencies" else [change["section"]]
    if change["platform"]:
        path = ["target", change["platform"]] + path
    table = document
    for key in path:
        table = table.setdefault(key, {})
    return path, table


def apply(text, change):
    """The manifest with the change, its other tables as they were."""
    document = tomllib.loads(text)
    path, table = table_of(document, change)
    old = table.get(change["dependency"], {})
    new = {"version": old} if isinstance(old, str) else dict(old)
    if change["version"] and not new.get("workspace"):
        new["version"] = change["version"]
    new.pop("default_features", None)
    if change["default_features"]:
        new.pop("default-features", None)
    else:
        new["default-features"] = False
    new["features"] = change["features"]
    table[change["dependency"]] = new
    strip_values(document, change)
    return "".join(tables(document, []))


def strip_values(document, change):
    """What the package's own features asked of the dependency goes with the feature."""
    off = {f"{change['dependency']}{mark}/{feature}" for feature in change["features_off"] for mark in ("", "?")}
    for name, values in document.get("features", {}).items():
        document["features"][name] = [value for value in values if value not in off]


def tables(table, path):
    """The document as text, tables below their header, all else on one line each."""
    plain = {k: v for k, v in table.items() if not is_table(v, path)}
    if path:
        yield "[" + ".".join(json.dumps(key) for key in path) + "]\n"
    for key, value in plain.items():
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            continue
        yield f"{json.dumps(key)} = {write(value)}\n"
    for key, value in table.items():
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            for one in value:
                yield "[[" + ".".join(json.dumps(k) for k in path + [key]) + "]]\n"
                for name, inner in one.items():
                    yield f"{json.dumps(name)} = {write(inner)}\n"
        elif is_table(value, path):
            yield from tables(value, path + [key])


def is_table(value, path):
    return isinstance(value, dict) and len(path) < 3


def stub(folder):
    """Files that cargo wants to see: every package needs a target."""
    for place, _, files in os.walk(folder):
        if "Cargo.toml" not in files:
            continue
        manifest = tomllib.load(open(os.path.join(place, "Cargo.toml"), "rb"))
        wanted = ["src/lib.rs"] if "package" in manifest else []
        for kind in ("bin", "example", "test", "bench"):
            for one in manifest.get(kind, []):
                default = {"bin": "src/bin", "example": "examples", "test": "tests", "bench": "benches"}[kind]
                wanted.append(one.get("path", f"{default}/{one.get('name', 'x')}.rs"))
        if isinstance(manifest.get("lib", {}).get("path"), str):
            wanted.append(manifest["lib"]["path"])
        if isinstance(manifest.get("package", {}).get("build"), str):
            wanted.append(manifest["package"]["build"])
        for name in wanted:
            path = os.path.join(place, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            open(path, "a").close()


def copy(project, folder):
    shutil.copytree(project, folder, symlinks=True)
    stubs = os.path.join(os.path.dirname(project.rstrip("/")), "stubs.txt")
    if os.path.exists(stubs):
        for line in open(stubs):
            path = os.path.join(folder, line.strip())
            os.makedirs(os.path.dirname(path), exist_ok=True)
            open(path, "a").close()
    for place, _, files in os.walk(folder):
        for name in files:
            if name.startswith("rust-toolchain"):
                os.unlink(os.path.join(place, name))
    stub(folder)


def tree(folder, member, edges):
    """name → versions, or None with the reason, of what cargo builds."""
    code, out, err = run(["cargo", "tree", "--target", TARGET, "-e", edges, "--prefix", "none", "-f", "{p}"] +
                         (["-p", member] if member else ["--workspace"]), folder)
    if code != 0:
        return None, (err.strip().splitlines() or ["no reason"])[-1]
    built = {}
    for line in out.splitlines():
        fit = re.match(r"(\S+) v(\S+)", line)
        if fit:
            built.setdefault(fit[1], set()).add(fit[2])
    return built, ""


def features_of(folder, crate):
    """Of a crate that cargo builds, dev-dependencies included: the features that are on."""
    code, out, err = run(["cargo", "tree", "--target", TARGET, "-e", "normal,build,dev", "--prefix", "none", "-f", "{p} {f}"], folder)
    lines = [line for line in out.splitlines() if line.startswith(crate + " ")]
    return {feature for line in lines for feature in line.split(" ")[-1].split(",")}


def confirm(finding, folder):
    """None where cargo agrees, else what it says."""
    package = finding["package"]
    changes = finding["remedy"]["changes"]
    if finding["remedy"]["kind"] == "bridge" or (finding["rule"] == "foreign-reactor" and "+" not in finding["subject"]):
        change = changes[0]
        if change["new"]:
            built, why = tree(folder, change["member"], "normal")
            return why if built is None else None if change["package"] in built else "the bridge is not built"
        missing = set(change["features_on"]) - features_of(folder, change["package"])
        return f"{missing} are not on" if missing else None
    member = None
    two = finding["rule"] in ("mixed-runtimes", "bridge-needed", "foreign-reactor")
    if two:
        member = package["name"]
    elif finding["rule"] == "split-runtime":
        member = finding["paths"][0][0].split(" ")[0]
    built, why = tree(folder, member, "normal" if member else "normal,build")
    if built is None:
        return why
    if not two:
        left = package["version"] not in built.get(package["name"], ())
        return None if left else f"{package['name']} {package['version']} is still built"
    there = [FAMILIES.get(runtime, {runtime}) & built.keys() for runtime in finding["subject"].split("+")]
    return f"{there} are built" if all(there) else None


def audit(lock, edges):
    code, out, err = run(["rtaudit", "--offline", "--fail-on", "never", "--format", "json", "-e", edges, lock], "/")
    if code != 0:
        return None, err.strip()
    return json.loads(out), ""


def check(name, project, scratch, count, edges="normal,build"):
    locks = [os.path.join(place, "Cargo.lock") for place, _, files in os.walk(project) if "Cargo.lock" in files]
    if not locks:
        return
    answer, why = audit(min(locks, key=len), edges)
    if answer is None:
        print(f"{name}: not audited: {why}")
        return
    told = set()
    for finding in answer["findings"]:
        if finding["rule"] in RULES:
            count["findings"] += 1
        if not finding["remedy"].get("tried"):
            if finding["rule"] in RULES:
                print(f"{name}: {finding['rule']} {finding['subject']}: nothing ends it: {finding['remedy']['text']}")
            continue
        text = finding["remedy"]["text"]
        key = (finding["rule"], finding["package"]["name"], finding["subject"], text)
        if key in told:
            continue
        told.add(key)
        folder = os.path.join(scratch, f"{name}-{len(told)}")
        copy(project, folder)
        inside = os.path.join(folder, os.path.relpath(os.path.dirname(min(locks, key=len)), project))
        before, why = tree(inside, None, "normal,build")
        if before is None:
            count["impossible"] += 1
            print(f"{name}: cargo cannot read the project as it is: {why}")
            continue
        for update in finding["remedy"]["updates"]:
            code, _, err = run(["cargo", "update", "-p", f"{update['package']}@{update['from']}", "--precise", update["to"]], inside)
            if code != 0:
                print(f"{name}: cargo update: {err.strip()}")
        for change in finding["remedy"]["changes"]:
            path = os.path.join(inside, change["manifest"])
            edited = apply(open(path).read(), change)
            open(path, "w").write(edited)
        wrong = confirm(finding, inside)
        count["confirmed" if wrong is None else "wrong"] += 1
        locked = open(os.path.join(inside, "Cargo.lock")).read()
        for one in finding["remedy"]["adds"]:
            add, vers = one.split(" ")
            count["adds"] += 1
            count["adds locked"] += f'name = "{add}"\nversion = "{vers}"' in locked
        print(f"{name}: {finding['rule']} {finding['subject']}: {'confirmed' if wrong is None else 'WRONG: ' + wrong}: {text}")


def fresh(scratch, name, manifest, older=()):
    """A project that cargo locks now, but for some packages, or None."""
    folder = os.path.join(scratch, "of-" + name)
    os.makedirs(folder)
    open(os.path.join(folder, "Cargo.toml"), "w").write(manifest)
    stub(folder)
    code, _, err = run(["cargo", "generate-lockfile"], folder)
    if code != 0:
        print(f"{name}: cargo does not lock it: {(err.strip().splitlines() or [''])[-1]}")
        return None
    for one in older:
        crate, vers = one.split(" ")
        code, _, err = run(["cargo", "update", "-p", crate, "--precise", vers], folder)
        if code != 0:
            print(f"{name}: {one}: {(err.strip().splitlines() or [''])[-1]}")
            return None
    return folder


def main():
    corpus = sys.argv[1]
    golden = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden")
    count = {"findings": 0, "adds": 0, "adds locked": 0, "confirmed": 0, "wrong": 0, "impossible": 0}
    only = sys.argv[2:]
    with tempfile.TemporaryDirectory() as scratch:
        for name in sorted(os.listdir(corpus)):
            project = os.path.join(corpus, name, "ws")
            if os.path.isdir(project) and (not only or name in only):
                check(name, project, scratch, count)
        for name in sorted(os.listdir(golden)):
            manifest = os.path.join(golden, name, "project", "Cargo.toml")
            if not os.path.exists(manifest) or "github.com" not in open(manifest).readline() or (only and name not in only):
                continue
            folder = fresh(scratch, name, open(manifest).read())
            if folder:
                edges = "normal,build,dev" if "[dev-dependencies]" in open(manifest).read() else "normal,build"
                check(name, folder, scratch, count, edges)
        for name, lines in SMALL.items():
            if only and name not in only:
                continue
            folder = fresh(scratch, "small-" + name, '[package]\nname = "small"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n' +
                           lines + "\n")
            if folder:
                check("small-" + name, folder, scratch, count)
        for name, (lines, older) in OLD.items():
            if only and name not in only:
                continue
            folder = fresh(scratch, "old-" + name, '[package]\nname = "old"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n' +
                           lines + "\n", older)
            if folder:
                check("old-" + name, folder, scratch, count)
    print(f"{count['findings']} findings about runtimes; remedies that were tried: {count['confirmed']} confirmed by cargo, "
          f"{count['wrong']} not, {count['impossible']} in projects that cargo cannot read here; of {count['adds']} versions said to be locked anew "
          f"cargo locked {count['adds locked']}")
    sys.exit(count["wrong"] > 0)


main()
