import type { MissingProgram } from '../programs/program.ts';
import { STATES, type State } from '../programs/program.ts';
import { textTable } from '../text-table.ts';
import type { FleetOfProgram, PeerSample } from './measure-peers.ts';

const WORDS: Readonly<Record<State, string>> = {
  fresh: 'fresh',
  'one-pending': 'one pending',
  'nothing-to-do': 'nothing to do',
};

/** Rates of each way in each state, the processor time a tenant, and how much faster ours is. */
export function peersTable(
  samples: readonly PeerSample[],
  fleets: readonly FleetOfProgram[],
  missing: readonly MissingProgram[],
  tenants: number,
): string {
  const rows = STATES.flatMap((state) => {
    const of = (name: string) =>
      samples.find((sample) => sample.state === state && sample.name === name);
    const ours = of('fanfold')?.wallMs ?? Number.NaN;
    return [
      ...fleets.map(({ name, title }) => {
        const { cpuMs = Number.NaN, wallMs = Number.NaN } = of(name) ?? {};
        return [
          `${WORDS[state]}: ${title}`,
          (tenants / (wallMs / 1_000)).toFixed(1),
          (cpuMs / tenants).toFixed(1),
          (wallMs / 1_000).toFixed(1),
          (wallMs / ours).toFixed(2),
        ];
      }),
      ...missing.map(({ title, missing: why }) => [`${WORDS[state]}: ${title} (${why})`]),
    ];
  });
  return textTable(
    ['fleet and way', 'tenants/s', 'CPU ms a tenant', 'seconds', '× the time of ours'],
    rows,
  );
}
