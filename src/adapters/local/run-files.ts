import { join } from 'node:path';
import { checkRunId } from '../../core/run/run-id.ts';
import type { RoundRef } from '../../core/run-store.ts';

/** Paths of a run's files. */
export interface RunFiles {
  readonly folder: string;
  readonly request: string;
  readonly state: string;
  readonly left: string;
  readonly rollout: string;
  /** The wishes of others for the backfills of the run. */
  readonly control: string;
  readonly summary: string;
  readonly report: string;
  /** The forecast that a plan has made of each tenant. */
  readonly forecast: string;
  /** The times of a run beside its forecast. */
  readonly calibration: string;
  /** Folder of the outcome files. */
  readonly results: string;
  wave(wave: number): string;
  /** The decision about a wave that waited for an approval. */
  approval(wave: number): string;
  outcomes(round: RoundRef): string;
}

/** The folder of all runs under a store's folder. */
export function runsFolder(store: string): string {
  return join(store, 'runs');
}

/** The paths of a run's files. Throws `RunIdInvalid`, because an id must not lead out of the store. */
export function runFiles(store: string, runId: string): RunFiles {
  checkRunId(runId);
  const folder = join(runsFolder(store), runId);
  const results = join(folder, 'results');
  return {
    folder,
    request: join(folder, 'request.json'),
    state: join(folder, 'state.json'),
    left: join(folder, 'left.jsonl'),
    control: join(folder, 'control.json'),
    rollout: join(folder, 'rollout.json'),
    summary: join(folder, 'summary.json'),
    report: join(folder, 'report.html'),
    forecast: join(folder, 'forecast.jsonl'),
    calibration: join(folder, 'calibration.json'),
    results,
    wave: (wave) => join(folder, `wave-${wave}.jsonl`),
    approval: (wave) => join(folder, `approval-wave-${wave}.json`),
    outcomes: ({ wave, round }) => join(results, `wave-${wave}-round-${round}.jsonl`),
  };
}

/** The round of an outcome file; `undefined` for any other file. */
export function roundOfFile(name: string): RoundRef | undefined {
  const [, wave, round] = /^wave-(\d+)-round-(\d+)\.jsonl$/.exec(name) ?? [];
  return wave === undefined ? undefined : { wave: Number(wave), round: Number(round) };
}
