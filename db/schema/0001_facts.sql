-- What registries, crate archives, tables of facts and the advisory database said.
-- Moments are seconds since 1970-01-01T00:00:00Z, 0 where one is not known.

-- A registry, by its canonical name: 'crates-io', or the URL of its index.
CREATE TABLE registry (
	registry_id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE CHECK (length(name) > 0)
) STRICT;

-- A name in a registry that something is stored of.
CREATE TABLE crate (
	crate_id INTEGER PRIMARY KEY,
	registry_id INTEGER NOT NULL REFERENCES registry,
	name TEXT NOT NULL CHECK (length(name) > 0),
	UNIQUE (name, registry_id)
) STRICT;

-- What the index said of a crate when it was last asked. Small, because every confirmation writes it.
CREATE TABLE crate_state (
	crate_id INTEGER PRIMARY KEY REFERENCES crate,
	fetched_at INTEGER NOT NULL,
	is_listed INTEGER NOT NULL CHECK (is_listed IN (0, 1)), -- 0: the registry has no such crate
	version_count INTEGER NOT NULL CHECK (version_count >= 0),
	etag TEXT NOT NULL,          -- validators of the index file; empty where the server gave none
	last_modified TEXT NOT NULL
) STRICT;

-- All versions of a crate as one compact value, which db/crate_value alone reads and writes.
CREATE TABLE crate_value (
	crate_id INTEGER PRIMARY KEY REFERENCES crate,
	bytes BLOB NOT NULL
) STRICT;

-- What the archive of one version says, or a table of such facts. Texts are empty where nothing is said.
CREATE TABLE manifest_fact (
	crate_id INTEGER NOT NULL REFERENCES crate,
	vers TEXT NOT NULL CHECK (length(vers) > 0),
	origin TEXT NOT NULL CHECK (origin IN ('table', 'archive')),
	proc_macro INTEGER CHECK (proc_macro IN (0, 1)), -- NULL: not known
	seen_at INTEGER NOT NULL,
	repository TEXT NOT NULL,
	license TEXT NOT NULL,
	maintenance_badge TEXT NOT NULL,
	vcs_sha1 TEXT NOT NULL,
	vcs_path TEXT NOT NULL,
	no_std TEXT NOT NULL,
	no_std_cfg TEXT NOT NULL,
	links TEXT NOT NULL,
	edition TEXT NOT NULL,
	rust_version TEXT NOT NULL,
	build_script TEXT NOT NULL,
	homepage TEXT NOT NULL,
	description TEXT NOT NULL,
	PRIMARY KEY (crate_id, vers)
) STRICT, WITHOUT ROWID;

-- The files of the advisory database.
CREATE TABLE advisory_file (
	path TEXT PRIMARY KEY,         -- 'crates/foo/RUSTSEC-2021-0001.md'
	published_at INTEGER NOT NULL, -- by the commit that brought it
	bytes BLOB NOT NULL
) STRICT;

-- Where facts come from, and how that went.
CREATE TABLE source (
	name TEXT PRIMARY KEY CHECK (length(name) > 0),
	address TEXT NOT NULL,
	validator TEXT NOT NULL,  -- the commit or ETag it stands at
	ok_at INTEGER NOT NULL,   -- the last success, 0: never
	tried_at INTEGER NOT NULL,
	last_error TEXT NOT NULL  -- empty where the last try succeeded
) STRICT, WITHOUT ROWID;
