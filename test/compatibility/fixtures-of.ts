import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'fixtures');

/** Names of the earlier versions of which there are fixtures, the oldest first. */
export const EARLIER_VERSIONS = readdirSync(folder)
  .map((name) => ({ name, at: readFixture<{ committed: string }>(name, 'provenance.json') }))
  .toSorted((a, b) => a.at.committed.localeCompare(b.at.committed))
  .map(({ name }) => name);

/** A fixture's JSON file. */
export function readFixture<Value>(version: string, file: string): Value {
  return JSON.parse(readFileSync(join(folder, version, file), 'utf8'));
}

export function fixturePath(version: string, file: string): string {
  return join(folder, version, file);
}
