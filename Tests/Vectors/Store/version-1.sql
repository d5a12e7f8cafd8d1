-- A store as version 1 of the schema wrote it; never to be edited.
CREATE TABLE bindings (
    id INTEGER PRIMARY KEY,
    aor BLOB NOT NULL,
    contact BLOB NOT NULL,
    parameters BLOB NOT NULL,   -- of the contact, reg-id among them
    q INTEGER,                  -- thousandths
    path BLOB NOT NULL,
    instance BLOB NOT NULL,
    user_agent BLOB NOT NULL,
    call_id BLOB NOT NULL,
    cseq INTEGER NOT NULL,
    transport TEXT NOT NULL,
    listener TEXT NOT NULL,     -- our side of the flow
    peer TEXT NOT NULL,         -- the phone's side of the flow
    behind_nat INTEGER NOT NULL,
    refreshes INTEGER NOT NULL,
    registered_at INTEGER NOT NULL,  -- all times: milliseconds since 1970-01-01 UTC
    refreshed_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE TABLE accounts (
    user TEXT NOT NULL,
    realm TEXT NOT NULL,
    md5 BLOB NOT NULL CHECK (length(md5) = 16),           -- HA1
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),     -- HA1
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (user, realm)
) STRICT, WITHOUT ROWID;
CREATE TABLE bans (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    begins_at INTEGER NOT NULL,
    ends_at INTEGER
) STRICT;
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    target TEXT NOT NULL,
    reason TEXT NOT NULL,
    outcome TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_time ON audit (time);
INSERT INTO bindings VALUES (1, x'7573657231406c61622e74657374', x'7369703a757365724031302e302e302e31ff0080', x'3b7265672d69643d313b713d302e35', 500, x'3c7369703a656467652e746573743b6c723e', x'3c75726e3a757569643a313e', x'fe', x'63616c6c2d31', 4294967295, 'udp', '[::1]:5060', '10.0.0.1:65535', 1, 7, 1700000000123, 1700000001000, 4000000000000);
INSERT INTO bindings VALUES (2, x'7573657232406c61622e74657374', x'7369703a757365724031302e302e302e31ff0080', x'3b7265672d69643d313b713d302e35', NULL, x'3c7369703a656467652e746573743b6c723e', x'3c75726e3a757569643a313e', x'fe', x'63616c6c2d32', 4294967295, 'udp', '[::1]:5060', '10.0.0.1:65535', 1, 7, 1700000000123, 1700000001000, 4000000000000);
INSERT INTO accounts VALUES ('alice', 'lab.test', x'000102030405060708090a0b0c0d0e0f', x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 1700000000000);
INSERT INTO audit VALUES (1, 1700000000000, 'ctl', 'drop', 'user3@lab.test sip:user3@10.0.0.3', 'moved', 'done');
PRAGMA application_id = 1936157811;
PRAGMA user_version = 1;
