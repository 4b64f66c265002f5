import { checkRunId } from '../../core/run/run-id.ts';
import type { RoundRef } from '../../core/run-store.ts';
import { RUN_STORE_PREFIXES } from '../../core/wire/run-store-prefixes.ts';

/** Keys of a run's objects. */
export interface RunKeys {
  /** The prefix of everything except the items, with its `/`. */
  readonly folder: string;
  readonly request: string;
  readonly bundle: string;
  readonly state: string;
  readonly left: string;
  readonly rollout: string;
  /** The wishes of others for its backfills. */
  readonly control: string;
  readonly approvalToken: string;
  /** The counters of statements before a wave, or at the beginning of the interval after it. */
  digests(wave: number, moment: 'before' | 'start'): string;
  readonly summary: string;
  readonly report: string;
  /** The prefix of the result folders, with its `/`. */
  readonly results: string;
  wave(wave: number): string;
  items(round: RoundRef): string;
  /** The items that a round's probe left to its Map. */
  rest(round: RoundRef): string;
  /** The items of all waves, whose shapes are read before the first one. */
  readonly itemsOfRun: string;
  /** The prefix under which the Map that reads shapes writes, without a `/`. */
  shapes(redriveCount: number): string;
  /** The prefix of all results of a round, with its `/`. */
  resultsOf(round: RoundRef): string;
  /** The prefix under which a round's Map writes, without a `/`, which Step Functions adds. */
  mapResults(round: RoundRef): string;
  /** The same for its probe. */
  probeResults(round: RoundRef): string;
  /** The prefix of the outcomes that the lister wrote itself. */
  listedParts(round: RoundRef): string;
  /** The key of one of these objects; `part` starts at 1. */
  listed(round: RoundRef, part: number): string;
  roundSummary(round: RoundRef): string;
  /** The prefix of the decisions about a round. */
  decisions(round: RoundRef): string;
  decision(round: RoundRef, redriveCount: number): string;
  /** The prefix of what outcomes leave out, with its `/`. */
  readonly rests: string;
  /** The object with migrations that an outcome leaves out, by its place and the end of its last attempt. */
  outcomeRest(place: {
    readonly wave: number;
    readonly position: number;
    readonly at: number;
  }): string;
  /** The record of who notifies of the end of the execution. */
  end(redriveCount: number): string;
}

/** The keys of a run's objects. Throws `RunIdInvalid`, because an id must not lead out of its prefix. */
export function runKeys(runId: string): RunKeys {
  checkRunId(runId);
  const folder = `${RUN_STORE_PREFIXES.runs}${runId}/`;
  const results = `${folder}results/`;
  const resultsOf = (round: RoundRef) => `${results}${nameOf(round)}/`;
  const rests = `${folder}rests/`;
  const decisions = (round: RoundRef) => `${folder}decisions/${nameOf(round)}-redrive-`;
  return {
    folder,
    request: `${folder}request.json`,
    bundle: `${folder}bundle.json`,
    state: `${folder}state.json`,
    left: `${folder}left.jsonl`,
    rollout: `${folder}rollout.json`,
    control: `${folder}control.json`,
    approvalToken: `${folder}approval-token.json`,
    digests: (wave, moment) => `${folder}digests/wave-${wave}-${moment}.json`,
    summary: `${folder}summary.json`,
    report: `${folder}report.html`,
    results,
    wave: (wave) => `${folder}wave-${wave}.jsonl`,
    items: (round) => `${RUN_STORE_PREFIXES.items}${runId}/${nameOf(round)}.jsonl`,
    rest: (round) => `${RUN_STORE_PREFIXES.items}${runId}/${nameOf(round)}-rest.jsonl`,
    itemsOfRun: `${RUN_STORE_PREFIXES.items}${runId}/all-waves.jsonl`,
    shapes: (redriveCount) => `${folder}shapes/redrive-${redriveCount}`,
    resultsOf,
    probeResults: (round) => `${resultsOf(round)}probe`,
    mapResults: (round) => `${resultsOf(round)}map`,
    listedParts: (round) => `${resultsOf(round)}listed-`,
    listed: (round, part) => `${resultsOf(round)}listed-${part}.jsonl`,
    roundSummary: (round) => `${folder}rounds/${nameOf(round)}.summary.json`,
    decisions,
    rests,
    outcomeRest: ({ wave, position, at }) => `${rests}wave-${wave}-position-${position}-${at}.json`,
    end: (redriveCount) => `${folder}ends/redrive-${redriveCount}.json`,
    decision: (round, redriveCount) => `${decisions(round)}${redriveCount}.json`,
  };
}

/** The round of a folder below {@link RunKeys.results}; `undefined` for any other folder. */
export function roundOfFolder(prefix: string): RoundRef | undefined {
  const [, wave, round] = /\/wave-(\d+)-round-(\d+)\/$/.exec(prefix) ?? [];
  return wave === undefined ? undefined : { wave: Number(wave), round: Number(round) };
}

function nameOf({ wave, round }: RoundRef): string {
  return `wave-${wave}-round-${round}`;
}
