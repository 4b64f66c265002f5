import { median } from '../statistics.ts';
import { textTable } from '../text-table.ts';
import type { ProvisioningSample } from './measure-provisioning.ts';
import type { ProvisioningWay } from './provisioning-way.ts';

/** Time and rate of every way, and how many times as fast as the guide's it is, by rounds. */
export function provisioningTable(
  samples: readonly ProvisioningSample[],
  provisioned: number,
): string {
  const ways = [...new Set(samples.map(({ way }) => way))];
  const [guide] = ways.filter(({ name }) => name === 'guide');
  const rows = ways
    .toSorted((one, other) => Number(one !== guide) - Number(other !== guide))
    .map((way) => {
      const times = timesOf(samples, way);
      const guides = guide === undefined ? [] : timesOf(samples, guide);
      const ratios = times.map((seconds, round) => (guides[round] ?? Number.NaN) / seconds);
      return [
        way.title,
        String(way.concurrency),
        `${median(times).toFixed(1)} s`,
        (provisioned / median(times)).toFixed(1),
        `${Math.min(...times).toFixed(1)} to ${Math.max(...times).toFixed(1)} s`,
        median(ratios).toFixed(2),
      ];
    });
  return textTable(
    ['way', 'at a time', `${provisioned} tenants`, 'tenants/s', 'spread', "× guide's way"],
    rows,
  );
}

/** By round. */
function timesOf(samples: readonly ProvisioningSample[], way: ProvisioningWay): number[] {
  return samples
    .filter((sample) => sample.way === way)
    .toSorted((one, other) => one.round - other.round)
    .map(({ seconds }) => seconds);
}
