import { resolve } from 'node:path';
import type { ProvisioningConfig } from '../core/config/fanfold-config.ts';
import { isFanfoldError } from '../core/errors.ts';
import type { SnapshotOffer } from '../core/snapshot/snapshot.ts';

/** The name of a snapshot's file, in the folder of the project. */
const SNAPSHOT_FILE = 'fanfold.snapshot';

/** The path of the snapshot that a configuration names, or of the one beside it. */
export function snapshotPath(folder: string, config: ProvisioningConfig | undefined): string {
  return resolve(folder, config?.snapshotFile ?? SNAPSHOT_FILE);
}

/** Snapshots that were read, with what identifies the file: a service provisions from one again and again. */
const known = new Map<string, { readonly stamp: string; readonly offer: SnapshotOffer }>();

/**
 * The snapshot that new databases are made from; `undefined` if there is none, or if the configuration says `never`.
 * A file that cannot be used does not keep a new tenant waiting: its migrations are replayed, and a note says why.
 */
export async function loadSnapshot(
  folder: string,
  config: ProvisioningConfig | undefined,
): Promise<SnapshotOffer | undefined> {
  if (config?.snapshot === 'never') return undefined;
  const path = snapshotPath(folder, config);
  const { readSnapshotFile, snapshotFileStamp } = await import(
    '../adapters/local/snapshot-file.ts'
  );
  const stamp = await snapshotFileStamp(path);
  if (stamp === undefined) {
    if (config?.snapshotFile === undefined) return undefined;
    return { problem: `The snapshot ${config.snapshotFile} does not exist.` };
  }
  const before = known.get(path);
  if (before?.stamp === stamp) return before.offer;
  const offer = await readSnapshotFile(path).then(
    (snapshot): SnapshotOffer => ({ snapshot }),
    (error: unknown): SnapshotOffer => {
      if (!isFanfoldError(error)) throw error;
      return { problem: error.message };
    },
  );
  known.set(path, { stamp, offer });
  return offer;
}
