import type { ListAndFoldResult } from '../list-and-fold/measurement.ts';
import type { FleetRecord } from './measure-fleet.ts';

/** The record in some lines of text. */
export function fleetLines(
  tenants: number,
  { freshSeconds, floor, killed, nothingSeconds, wrong }: FleetRecord,
): string[] {
  const rate = (seconds: number) => `${seconds.toFixed(1)} s, ${(tenants / seconds).toFixed(0)}/s`;
  const failures =
    killed.failures === 0 ? '' : `, and ${killed.failures} runs with failures were repeated`;
  return [
    `${tenants} databases on one server`,
    `  fresh, one runner:            ${rate(freshSeconds)}`,
    `  bare ALTER, ${String(floor.atATime).padStart(2)} at a time:      ${rate(floor.seconds)}`,
    `  one pending, two runners:     ${rate(killed.seconds)}, ${(floor.seconds / killed.seconds).toFixed(2)} of the bare ALTER; ${killed.kills} kills${failures}`,
    `  nothing to do, one runner:    ${rate(nothingSeconds)}`,
    `  wrong:                        ${wrong.length}`,
  ];
}

/** The listing by records in a line of text. */
export function listLine({ listed, unchanged, seconds, peakMb }: ListAndFoldResult): string {
  return `${listed} rows listed and folded by their records, ${unchanged} up to date: ${seconds.toFixed(1)} s, peak memory ${peakMb.toFixed(0)} MB`;
}
