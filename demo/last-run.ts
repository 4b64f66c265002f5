import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLocalRunStore } from '../src/adapters/local/run-store.ts';
import type { Summary } from '../src/core/reduce/summary.ts';

/** A run as its files describe it. */
export interface KeptRun {
  readonly id: string;
  readonly summary: Summary;
}

/** The newest run that a workspace keeps. */
export async function lastRun(workspace: string): Promise<KeptRun> {
  const store = createLocalRunStore(join(workspace, '.fanfold'));
  const [id = ''] = await store.listRuns();
  const summary = await readFile(join(store.location(id), 'summary.json'), 'utf8');
  return { id, summary: JSON.parse(summary) as Summary };
}
