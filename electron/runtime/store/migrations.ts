/**
 * The schema, one entry a version, applied in order and never changed once released. Times are UTC milliseconds.
 * A row with `lease_id` is owned by that lease; NULL means the workspace owns it (DESIGN §7). A workspace-owned row
 * never enters a lease: the triggers say so to every client of the file.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

  CREATE TABLE leases (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('open', 'closing', 'committed', 'rolled_back', 'expired')),
    outcome TEXT CHECK (outcome IN ('committed', 'rolled_back', 'expired')),
    label TEXT,
    runtime_id TEXT NOT NULL,
    session TEXT,
    caller_pid INTEGER,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    closed_at_ms INTEGER,
    receipt TEXT
  ) STRICT;
  CREATE INDEX leases_live_by_expiry ON leases (expires_at_ms) WHERE state IN ('open', 'closing');
  CREATE INDEX leases_by_label ON leases (label);

  CREATE TABLE blobs (sha256 TEXT PRIMARY KEY, bytes INTEGER NOT NULL, created_at_ms INTEGER NOT NULL) STRICT;

  CREATE TABLE components (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    slug TEXT NOT NULL UNIQUE,
    harness INTEGER NOT NULL CHECK (harness IN (0, 1)),
    created_at_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE versions (
    id TEXT PRIMARY KEY,
    component_id TEXT NOT NULL REFERENCES components (id),
    state TEXT NOT NULL CHECK (state IN ('prerelease', 'released')),
    image_digest TEXT NOT NULL,
    image_ref TEXT NOT NULL,
    source_sha256 TEXT NOT NULL REFERENCES blobs (sha256),
    component_yml TEXT NOT NULL,
    definition TEXT NOT NULL,
    sdk_version TEXT NOT NULL,
    note TEXT,
    lease_id TEXT REFERENCES leases (id),
    created_at_ms INTEGER NOT NULL,
    promoted_at_ms INTEGER
  ) STRICT;
  CREATE INDEX versions_by_component ON versions (component_id, created_at_ms);
  CREATE INDEX versions_by_image ON versions (image_digest);
  CREATE INDEX versions_by_lease ON versions (lease_id) WHERE lease_id IS NOT NULL;

  CREATE TABLE version_tags (
    component_id TEXT NOT NULL REFERENCES components (id),
    tag TEXT NOT NULL,
    version_id TEXT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
    PRIMARY KEY (component_id, tag)
  ) STRICT;

  CREATE TABLE files (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    media_type TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES blobs (sha256),
    readme TEXT NOT NULL,
    lease_id TEXT REFERENCES leases (id),
    created_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX files_by_blob ON files (sha256);
  CREATE INDEX files_by_lease ON files (lease_id) WHERE lease_id IS NOT NULL;

  CREATE TABLE backends (
    id TEXT PRIMARY KEY,
    lease_id TEXT REFERENCES leases (id),
    created_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX backends_by_lease ON backends (lease_id) WHERE lease_id IS NOT NULL;

  CREATE TABLE operations (
    backend_id TEXT NOT NULL REFERENCES backends (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    type TEXT NOT NULL,
    payload TEXT NOT NULL,
    inverse TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (backend_id, seq)
  ) STRICT;

  CREATE TABLE endpoints (
    token_sha256 TEXT PRIMARY KEY,
    token TEXT NOT NULL,
    backend_id TEXT NOT NULL REFERENCES backends (id) ON DELETE CASCADE,
    vertex_id TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (backend_id, vertex_id, name)
  ) STRICT;

  CREATE TABLE deployments (
    id TEXT PRIMARY KEY,
    backend_id TEXT NOT NULL,
    runtime_id TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('deploying', 'running', 'tearing_down', 'failed', 'gone')),
    lease_id TEXT REFERENCES leases (id),
    debug INTEGER NOT NULL CHECK (debug IN (0, 1)),
    plan TEXT NOT NULL,
    network_name TEXT NOT NULL,
    subnet TEXT,
    error TEXT,
    expires_at_ms INTEGER,
    created_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX one_live_deployment ON deployments (backend_id)
    WHERE status IN ('deploying', 'running', 'tearing_down');
  CREATE INDEX deployments_left ON deployments (status) WHERE status <> 'gone';
  CREATE INDEX deployments_by_lease ON deployments (lease_id) WHERE lease_id IS NOT NULL;

  CREATE TABLE containers (
    id TEXT PRIMARY KEY,
    deployment_id TEXT NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
    vertex_id TEXT NOT NULL,
    alias TEXT NOT NULL,
    engine_id TEXT,
    status TEXT NOT NULL CHECK (status IN ('starting', 'running', 'restarting', 'exited', 'failed')),
    exit_code INTEGER,
    oom_killed INTEGER NOT NULL DEFAULT 0 CHECK (oom_killed IN (0, 1)),
    restarts INTEGER NOT NULL DEFAULT 0,
    started_at_ms INTEGER,
    ended_at_ms INTEGER
  ) STRICT;
  CREATE INDEX containers_by_deployment ON containers (deployment_id);

  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('live_test', 'proof')),
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'ready', 'failed', 'done')),
    lease_id TEXT NOT NULL REFERENCES leases (id),
    keep_lease INTEGER NOT NULL CHECK (keep_lease IN (0, 1)),
    manifest_path TEXT NOT NULL,
    manifest TEXT NOT NULL,
    verdict TEXT CHECK (verdict IN ('pass', 'mismatch', 'fail')),
    evidence_id TEXT,
    created_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER
  ) STRICT;
  CREATE INDEX runs_by_lease ON runs (lease_id);
  CREATE INDEX runs_unfinished ON runs (state) WHERE state IN ('running', 'ready');

  CREATE TABLE events (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run_id, seq)
  ) STRICT;

  CREATE TABLE evidence (
    id TEXT PRIMARY KEY,
    run_id TEXT NOT NULL,
    name TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('pass', 'mismatch', 'fail')),
    record TEXT NOT NULL,
    bundle TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    supersedes TEXT,
    created_at_ms INTEGER NOT NULL
  ) STRICT;

  -- What evidence names outlives the lease that made it. Written before the lease is rolled back.
  CREATE TABLE evidence_keeps (
    evidence_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('version', 'file', 'backend', 'blob')),
    resource_id TEXT NOT NULL,
    PRIMARY KEY (kind, resource_id, evidence_id)
  ) STRICT;

  CREATE TRIGGER versions_never_enter_a_lease BEFORE UPDATE OF lease_id ON versions
    WHEN NEW.lease_id IS NOT NULL AND NEW.lease_id IS NOT OLD.lease_id
    BEGIN SELECT RAISE(ABORT, 'a resource enters a lease only when it is made'); END;
  CREATE TRIGGER files_never_enter_a_lease BEFORE UPDATE OF lease_id ON files
    WHEN NEW.lease_id IS NOT NULL AND NEW.lease_id IS NOT OLD.lease_id
    BEGIN SELECT RAISE(ABORT, 'a resource enters a lease only when it is made'); END;
  CREATE TRIGGER backends_never_enter_a_lease BEFORE UPDATE OF lease_id ON backends
    WHEN NEW.lease_id IS NOT NULL AND NEW.lease_id IS NOT OLD.lease_id
    BEGIN SELECT RAISE(ABORT, 'a resource enters a lease only when it is made'); END;
  CREATE TRIGGER deployments_never_enter_a_lease BEFORE UPDATE OF lease_id ON deployments
    WHEN NEW.lease_id IS NOT NULL AND NEW.lease_id IS NOT OLD.lease_id
    BEGIN SELECT RAISE(ABORT, 'a resource enters a lease only when it is made'); END;
  `,
  `
  ALTER TABLE runs ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE runs ADD COLUMN mode TEXT NOT NULL DEFAULT 'live_fixture';
  -- What its manifest asks for, as JSON; NULL for a run of before.
  ALTER TABLE runs ADD COLUMN plan TEXT;
  ALTER TABLE runs ADD COLUMN vertex_count INTEGER NOT NULL DEFAULT 0;
  -- The version under test as JSON: its own row may go with the lease.
  ALTER TABLE runs ADD COLUMN unit TEXT;
  ALTER TABLE runs ADD COLUMN deployment_id TEXT;
  UPDATE runs SET
    number = (SELECT count(*) FROM runs o
      WHERE o.name = runs.name AND (o.created_at_ms, o.id) <= (runs.created_at_ms, runs.id)),
    deployment_id = (SELECT json_extract(body, '$.deployment_id') FROM events
      WHERE run_id = runs.id AND json_extract(body, '$.type') = 'deploy_started');
  UPDATE runs SET vertex_count = (SELECT count(*) FROM containers c WHERE c.deployment_id = runs.deployment_id);
  CREATE UNIQUE INDEX runs_by_name ON runs (name, number);

  CREATE TABLE run_cases (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    verdict TEXT CHECK (verdict IN ('pass', 'mismatch', 'fail')),
    warnings INTEGER NOT NULL DEFAULT 0,
    latency_ms REAL,
    -- All that is known of how it went, as JSON.
    result TEXT,
    PRIMARY KEY (run_id, position),
    UNIQUE (run_id, name),
    CHECK ((verdict IS NULL) = (result IS NULL))
  ) STRICT;
  INSERT INTO run_cases (run_id, position, name, verdict, latency_ms, result)
    SELECT run_id, row_number() OVER (PARTITION BY run_id ORDER BY seq) - 1, json_extract(body, '$.name'),
      json_extract(body, '$.verdict'), json_extract(body, '$.latency_ms'),
      json_object('verdict', json_extract(body, '$.verdict'), 'latency_ms', json_extract(body, '$.latency_ms'),
        'reasons', json(coalesce(json_extract(body, '$.reasons'), '[]')), 'expressions', json('[]'),
        'message_id', NULL, 'sent_at', NULL, 'frames', json('[]'))
    FROM events WHERE json_extract(body, '$.type') = 'case';

  -- What a run froze and what it captured can be shown after its lease has gone: these rows keep the bytes.
  CREATE TABLE run_fixtures (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    file_id TEXT NOT NULL,
    media_type TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES blobs (sha256),
    PRIMARY KEY (run_id, name)
  ) STRICT;
  CREATE INDEX run_fixtures_by_blob ON run_fixtures (sha256);
  CREATE TABLE run_frames (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    sha256 TEXT NOT NULL REFERENCES blobs (sha256),
    PRIMARY KEY (run_id, sha256)
  ) STRICT;
  CREATE INDEX run_frames_by_blob ON run_frames (sha256);
  `,
  `
  ALTER TABLE operations ADD COLUMN step INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE operations ADD COLUMN undoes INTEGER;
  ALTER TABLE operations ADD COLUMN redoes INTEGER;
  UPDATE operations SET step = seq;

  -- The name is that of the graph at the head of the log: here it is found by an index.
  ALTER TABLE backends ADD COLUMN name TEXT NOT NULL DEFAULT '';
  UPDATE backends SET name = coalesce((SELECT json_extract(payload, '$.name') FROM operations
    WHERE backend_id = backends.id AND type IN ('create', 'rename') ORDER BY seq DESC LIMIT 1), id);
  CREATE INDEX backends_by_name ON backends (name);

  -- The graph at one point of a log, so that a long one is not replayed from its start; its hash is that operation's.
  CREATE TABLE snapshots (
    backend_id TEXT PRIMARY KEY REFERENCES backends (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL,
    graph TEXT NOT NULL,
    sha256 TEXT NOT NULL
  ) STRICT;

  ALTER TABLE deployments ADD COLUMN fixed INTEGER NOT NULL DEFAULT 0 CHECK (fixed IN (0, 1));
  -- Which set of containers serves; a redeployment brings up the next one beside it.
  ALTER TABLE deployments ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE containers ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;

  CREATE TABLE deployment_events (
    deployment_id TEXT NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    type TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (deployment_id, seq)
  ) STRICT;
  `,
  `
  ALTER TABLE leases ADD COLUMN result TEXT;
  DROP INDEX leases_by_label;
  CREATE INDEX leases_by_label ON leases (label, created_at_ms, id);
  CREATE INDEX leases_by_state ON leases (state, created_at_ms, id);
  CREATE INDEX leases_newest ON leases (created_at_ms, id);
  CREATE INDEX leases_open_by_expiry ON leases (expires_at_ms) WHERE state = 'open';
  CREATE INDEX leases_closing ON leases (id) WHERE state = 'closing';
  CREATE INDEX leases_by_session ON leases (session) WHERE session IS NOT NULL;
  -- Whole, because what a lease may not be deleted for is not looked up in a partial one.
  DROP INDEX versions_by_lease;
  DROP INDEX files_by_lease;
  DROP INDEX backends_by_lease;
  DROP INDEX deployments_by_lease;
  CREATE INDEX versions_by_lease ON versions (lease_id);
  CREATE INDEX files_by_lease ON files (lease_id);
  CREATE INDEX backends_by_lease ON backends (lease_id);
  CREATE INDEX deployments_by_lease ON deployments (lease_id);

  -- What names a version or a file in a log is looked for when that is to be discarded.
  CREATE INDEX operations_by_version ON operations (json_extract(payload, '$.version_id'))
    WHERE type IN ('add-vertex', 'change-version');
  CREATE INDEX operations_by_file ON operations (json_extract(payload, '$.file_id')) WHERE type = 'add-file';
  CREATE INDEX deployments_by_backend ON deployments (backend_id, created_at_ms);
  CREATE INDEX deployment_events_restarts ON deployment_events (deployment_id, at_ms) WHERE type = 'container';

  -- A lease that is closing, or has ended, comes to own nothing more.
  CREATE TRIGGER versions_enter_open_leases BEFORE INSERT ON versions
    WHEN NEW.lease_id IS NOT NULL AND (SELECT state FROM leases WHERE id = NEW.lease_id) <> 'open'
    BEGIN SELECT RAISE(ABORT, 'lease_closed'); END;
  CREATE TRIGGER files_enter_open_leases BEFORE INSERT ON files
    WHEN NEW.lease_id IS NOT NULL AND (SELECT state FROM leases WHERE id = NEW.lease_id) <> 'open'
    BEGIN SELECT RAISE(ABORT, 'lease_closed'); END;
  CREATE TRIGGER backends_enter_open_leases BEFORE INSERT ON backends
    WHEN NEW.lease_id IS NOT NULL AND (SELECT state FROM leases WHERE id = NEW.lease_id) <> 'open'
    BEGIN SELECT RAISE(ABORT, 'lease_closed'); END;
  CREATE TRIGGER deployments_enter_open_leases BEFORE INSERT ON deployments
    WHEN NEW.lease_id IS NOT NULL AND (SELECT state FROM leases WHERE id = NEW.lease_id) <> 'open'
    BEGIN SELECT RAISE(ABORT, 'lease_closed'); END;

  -- What has ended owns nothing, and never opens again.
  CREATE TRIGGER leases_end_with_nothing BEFORE UPDATE OF state ON leases
    WHEN NEW.state IN ('committed', 'rolled_back', 'expired') AND (
      EXISTS (SELECT 1 FROM versions WHERE lease_id = NEW.id) OR EXISTS (SELECT 1 FROM files WHERE lease_id = NEW.id)
      OR EXISTS (SELECT 1 FROM backends WHERE lease_id = NEW.id)
      OR EXISTS (SELECT 1 FROM deployments WHERE lease_id = NEW.id AND status <> 'gone'))
    BEGIN SELECT RAISE(ABORT, 'a lease ends when it owns nothing any more'); END;
  CREATE TRIGGER leases_never_open_again BEFORE UPDATE OF state ON leases
    WHEN NEW.state IN ('open', 'closing') AND OLD.state NOT IN ('open', NEW.state)
    BEGIN SELECT RAISE(ABORT, 'a lease that has ended stays so'); END;

  -- What a lease owns can go with it only if nothing outside of it needs it.
  CREATE TRIGGER operations_pin_what_stays BEFORE INSERT ON operations
    WHEN NEW.type IN ('add-vertex', 'change-version') AND EXISTS (
      SELECT 1 FROM versions v JOIN backends b ON b.id = NEW.backend_id
      WHERE v.id = json_extract(NEW.payload, '$.version_id') AND v.lease_id IS NOT NULL AND v.lease_id IS NOT b.lease_id)
    BEGIN SELECT RAISE(ABORT, 'owned_by_lease'); END;
  CREATE TRIGGER operations_bind_what_stays BEFORE INSERT ON operations
    WHEN NEW.type = 'add-file' AND EXISTS (
      SELECT 1 FROM files f JOIN backends b ON b.id = NEW.backend_id
      WHERE f.id = json_extract(NEW.payload, '$.file_id') AND f.lease_id IS NOT NULL AND f.lease_id IS NOT b.lease_id)
    BEGIN SELECT RAISE(ABORT, 'owned_by_lease'); END;
  `,
  `
  -- What a lease owned before anything of it was discarded, as JSON: its receipt says of each what became of it.
  ALTER TABLE leases ADD COLUMN owned_at_end TEXT;
  DROP INDEX leases_closing;
  DROP INDEX leases_by_session;
  CREATE INDEX leases_tied ON leases (session) WHERE session IS NOT NULL AND state = 'open';

  -- open → closing → what it is heading for. Forgotten is only what has ended.
  DROP TRIGGER leases_never_open_again;
  CREATE TRIGGER leases_go_one_way BEFORE UPDATE OF state ON leases
    WHEN NOT (NEW.state = OLD.state OR (OLD.state = 'open' AND NEW.state = 'closing' AND NEW.outcome IS NOT NULL)
      OR (OLD.state = 'closing' AND NEW.state IS OLD.outcome))
    BEGIN SELECT RAISE(ABORT, 'a lease goes from open to closing to its outcome'); END;
  CREATE TRIGGER leases_end_before_they_are_forgotten BEFORE DELETE ON leases
    WHEN OLD.state IN ('open', 'closing')
    BEGIN SELECT RAISE(ABORT, 'a lease ends before it is forgotten'); END;

  -- A backend can go with its lease only if nothing else runs it.
  CREATE TRIGGER deployments_run_what_stays BEFORE INSERT ON deployments
    WHEN EXISTS (SELECT 1 FROM backends b
      WHERE b.id = NEW.backend_id AND b.lease_id IS NOT NULL AND b.lease_id IS NOT NEW.lease_id)
    BEGIN SELECT RAISE(ABORT, 'backend_of_lease'); END;

  -- Blobs that something has let go of, or that nothing has taken yet: only these are looked at when blobs are collected.
  CREATE TABLE loose_blobs (
    sha256 TEXT PRIMARY KEY REFERENCES blobs (sha256) ON DELETE CASCADE
  ) STRICT, WITHOUT ROWID;
  INSERT INTO loose_blobs SELECT sha256 FROM blobs;
  CREATE INDEX versions_by_source ON versions (source_sha256);
  CREATE INDEX version_tags_by_version ON version_tags (version_id);
  CREATE TRIGGER files_let_go AFTER DELETE ON files
    BEGIN INSERT OR IGNORE INTO loose_blobs VALUES (OLD.sha256); END;
  CREATE TRIGGER versions_let_go AFTER DELETE ON versions
    BEGIN INSERT OR IGNORE INTO loose_blobs VALUES (OLD.source_sha256); END;
  CREATE TRIGGER run_fixtures_let_go AFTER DELETE ON run_fixtures
    BEGIN INSERT OR IGNORE INTO loose_blobs VALUES (OLD.sha256); END;
  CREATE TRIGGER run_frames_let_go AFTER DELETE ON run_frames
    BEGIN INSERT OR IGNORE INTO loose_blobs VALUES (OLD.sha256); END;
  CREATE TRIGGER evidence_lets_go AFTER DELETE ON evidence_keeps WHEN OLD.kind = 'blob'
    BEGIN INSERT OR IGNORE INTO loose_blobs SELECT sha256 FROM blobs WHERE sha256 = OLD.resource_id; END;
  `,
  `
  -- Which engine has it: its id, where it says one that stays, and where it was found. NULL for what an older Proofbench made.
  ALTER TABLE deployments ADD COLUMN made_on_id TEXT;
  ALTER TABLE deployments ADD COLUMN made_on_host TEXT;
  `,
  `
  -- Which lease's run the evidence is of, and whether that lease handed the thing over to the workspace because evidence names it.
  ALTER TABLE evidence_keeps ADD COLUMN lease_id TEXT;
  ALTER TABLE evidence_keeps ADD COLUMN handed_over INTEGER NOT NULL DEFAULT 0 CHECK (handed_over IN (0, 1));
  CREATE INDEX evidence_keeps_by_lease ON evidence_keeps (lease_id);
  `,
];
