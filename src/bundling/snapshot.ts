import { readFile } from 'node:fs/promises';
import { snapshotPath } from '../compose/load-snapshot.ts';
import type { Project } from '../compose/project/load-project.ts';

/** Name of the snapshot beside the code of the function that provisions tenants. */
export const SNAPSHOT_FILE = 'fanfold.snapshot';

/**
 * Reads the snapshot of a project; `undefined` if it has none, or wants none. The function itself checks whether it is
 * whole and of its migrations, as every provisioning does, and runs the migrations if not.
 */
export async function readSnapshot({
  folder,
  section,
}: Pick<Project, 'folder' | 'section'>): Promise<Uint8Array | undefined> {
  const { provisioning } = section;
  if (provisioning?.snapshot === 'never') return undefined;
  return readFile(snapshotPath(folder, provisioning)).catch(() => undefined);
}
