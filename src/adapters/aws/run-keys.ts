import type { RoundRef } from '../../core/ports.ts';
import { checkRunId } from '../../core/run/run-id.ts';
import { RUN_STORE_PREFIXES } from '../../core/wire/run-store-prefixes.ts';

/** Keys of a run's objects. */
export interface RunKeys {
  /** Prefix of all but the items, with its `/`. */
  readonly folder: string;
  readonly request: string;
  readonly bundle: string;
  readonly state: string;
  readonly left: string;
  readonly summary: string;
  readonly report: string;
  /** Prefix of the folders of results, with its `/`. */
  readonly results: string;
  wave(wave: number): string;
  items(round: RoundRef): string;
  /** Prefix of all that is known of a round, with its `/`. */
  resultsOf(round: RoundRef): string;
  /** Prefix under which a round's Map writes, without a `/`: Step Functions adds one. */
  mapResults(round: RoundRef): string;
  /** Prefix of the outcomes that the lister wrote itself. */
  listedParts(round: RoundRef): string;
  /** One object of them, from 1. */
  listed(round: RoundRef, part: number): string;
  roundSummary(round: RoundRef): string;
  /** Prefix of the decisions about a round. */
  decisions(round: RoundRef): string;
  decision(round: RoundRef, redriveCount: number): string;
}

/** Where the objects of a run are. Throws `RunIdInvalid`: an id must not lead out of its prefix. */
export function runKeys(runId: string): RunKeys {
  checkRunId(runId);
  const folder = `${RUN_STORE_PREFIXES.runs}${runId}/`;
  const results = `${folder}results/`;
  const resultsOf = (round: RoundRef) => `${results}${nameOf(round)}/`;
  const decisions = (round: RoundRef) => `${folder}decisions/${nameOf(round)}-redrive-`;
  return {
    folder,
    request: `${folder}request.json`,
    bundle: `${folder}bundle.json`,
    state: `${folder}state.json`,
    left: `${folder}left.jsonl`,
    summary: `${folder}summary.json`,
    report: `${folder}report.html`,
    results,
    wave: (wave) => `${folder}wave-${wave}.jsonl`,
    items: (round) => `${RUN_STORE_PREFIXES.items}${runId}/${nameOf(round)}.jsonl`,
    resultsOf,
    mapResults: (round) => `${resultsOf(round)}map`,
    listedParts: (round) => `${resultsOf(round)}listed-`,
    listed: (round, part) => `${resultsOf(round)}listed-${part}.jsonl`,
    roundSummary: (round) => `${folder}rounds/${nameOf(round)}.summary.json`,
    decisions,
    decision: (round, redriveCount) => `${decisions(round)}${redriveCount}.json`,
  };
}

/** Which round a folder below {@link RunKeys.results} is of; `undefined` for any other. */
export function roundOfFolder(prefix: string): RoundRef | undefined {
  const [, wave, round] = /\/wave-(\d+)-round-(\d+)\/$/.exec(prefix) ?? [];
  return wave === undefined ? undefined : { wave: Number(wave), round: Number(round) };
}

function nameOf({ wave, round }: RoundRef): string {
  return `wave-${wave}-round-${round}`;
}
