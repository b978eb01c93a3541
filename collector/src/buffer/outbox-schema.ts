/** Changes of alerts that receivers are not told of yet, what each was told last, what fires, and what is silenced. */
export const OUTBOX_SCHEMA = `
  CREATE TABLE IF NOT EXISTS receiver (name TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS outbox (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, receiver TEXT NOT NULL, key TEXT NOT NULL, added INTEGER NOT NULL,
    body TEXT NOT NULL, UNIQUE (receiver, key));
  CREATE TABLE IF NOT EXISTS told (
    receiver TEXT NOT NULL, fingerprint TEXT NOT NULL, group_key TEXT NOT NULL, since INTEGER NOT NULL, at INTEGER NOT NULL,
    body TEXT NOT NULL, PRIMARY KEY (receiver, fingerprint)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS firing (fingerprint TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS silence (id TEXT PRIMARY KEY, until INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
`
