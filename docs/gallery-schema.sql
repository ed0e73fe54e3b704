-- The tables and indexes of a gallery file of schema 5, for readers: no program reads this file.
-- To change them, add a step: MigrationSteps.cs has the list. A test compares this file with a new gallery.

CREATE TABLE changes (
    space_id INTEGER NOT NULL REFERENCES feature_spaces (id),
    generation INTEGER NOT NULL,
    token INTEGER NOT NULL,
    removed BLOB,
    PRIMARY KEY (space_id, generation)) STRICT, WITHOUT ROWID;
CREATE TABLE feature_spaces (
    id INTEGER PRIMARY KEY,
    model_id TEXT NOT NULL,
    preprocessing TEXT NOT NULL,
    dimensions INTEGER NOT NULL CHECK (dimensions BETWEEN 1 AND 2147483647),
    signature_count INTEGER NOT NULL DEFAULT 0,
    generation INTEGER NOT NULL DEFAULT 0,
    token INTEGER NOT NULL DEFAULT 0,
    UNIQUE (model_id, preprocessing, dimensions)) STRICT;
CREATE TABLE gallery (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    identity TEXT NOT NULL,
    catalogue_token INTEGER NOT NULL DEFAULT 0,
    state INTEGER NOT NULL DEFAULT 0,
    former_state INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE labels (
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    work_id INTEGER NOT NULL,
    PRIMARY KEY (name, folded, work_id)) STRICT, WITHOUT ROWID;
CREATE TABLE properties (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL, checksum INTEGER NOT NULL) STRICT;
CREATE TABLE signatures (
    id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id <= 2147483647),
    space_id INTEGER NOT NULL REFERENCES feature_spaces (id),
    work_id INTEGER NOT NULL REFERENCES works (id) ON DELETE CASCADE,
    checksum INTEGER NOT NULL,
    region BLOB NOT NULL,
    vector BLOB NOT NULL,
    UNIQUE (work_id, space_id, region)) STRICT;
CREATE INDEX signatures_by_space ON signatures (space_id, id, work_id);
CREATE TABLE tags (
    work_id INTEGER NOT NULL REFERENCES works (id) ON DELETE CASCADE,
    folded TEXT NOT NULL,
    PRIMARY KEY (work_id, folded)) STRICT, WITHOUT ROWID;
CREATE INDEX works_by_tag ON tags (folded);
CREATE TABLE works (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    title TEXT,
    artist TEXT,
    genre TEXT,
    genre_folded TEXT,
    style TEXT,
    style_folded TEXT,
    year INTEGER,
    image_uri TEXT,
    content_hash ANY NOT NULL,
    tags TEXT,
    checksum INTEGER NOT NULL, further_artists TEXT, date TEXT, earliest INTEGER, latest INTEGER, fields TEXT) STRICT;
CREATE INDEX works_by_content ON works (substr(content_hash, 1, 4));
CREATE INDEX works_by_genre ON works (genre_folded) WHERE genre_folded IS NOT NULL;
CREATE INDEX works_by_place ON works (substr(image_uri, -12)) WHERE image_uri IS NOT NULL;
CREATE INDEX works_by_style ON works (style_folded) WHERE style_folded IS NOT NULL;
CREATE INDEX works_by_year ON works (year) WHERE year IS NOT NULL;
