-- What a whole archive says beyond its manifest.

-- Whether the whole archive was read, and not its manifest alone.
ALTER TABLE manifest_fact ADD COLUMN is_whole INTEGER NOT NULL DEFAULT 0 CHECK (is_whole IN (0, 1));

-- Where the author of a crate says that nobody should begin with it any more.
CREATE TABLE author_mark (
	crate_id INTEGER NOT NULL REFERENCES crate,
	vers TEXT NOT NULL CHECK (length(vers) > 0),
	place TEXT NOT NULL CHECK (place IN ('badge', 'description', 'readme')),
	kind TEXT NOT NULL CHECK (kind IN ('deprecated', 'unmaintained', 'moved', 'superseded')),
	first_seen_at INTEGER NOT NULL,
	text TEXT NOT NULL,       -- the sentence
	successors TEXT NOT NULL, -- names of crates, separated by blanks
	PRIMARY KEY (crate_id, vers, place)
) STRICT, WITHOUT ROWID;

-- Paths of std and of runtimes that the sources of a version name outside tests.
CREATE TABLE source_use (
	crate_id INTEGER NOT NULL REFERENCES crate,
	vers TEXT NOT NULL CHECK (length(vers) > 0),
	path TEXT NOT NULL,    -- 'tokio::net::TcpStream'
	uses INTEGER NOT NULL, -- mentions
	file TEXT NOT NULL,    -- of the first one
	line INTEGER NOT NULL,
	PRIMARY KEY (crate_id, vers, path)
) STRICT, WITHOUT ROWID;
