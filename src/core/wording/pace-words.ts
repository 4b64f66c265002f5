import type { PaceStanding } from '../pace/pace.ts';
import type { PaceReason } from '../pace/pace-reason.ts';
import { countOf } from './count-of.ts';

const WHY: Readonly<Record<PaceReason, string>> = {
  growing: 'the run was over before more could be tried',
  most: 'no run takes more by itself',
  'no-gain': 'more were not faster',
  'max-per-host': 'that is the limit of a host',
  latency: 'a server took longer to answer',
  connections: 'a server has few connections to spare',
  busy: 'a server had many statements running',
  replicas: 'a replica of a server was late',
  refused: 'a server refused more connections',
  throttled: 'the run was throttled',
};

/** The pace that a run has chosen, and why: `24 tenants at a time: more were not faster`. */
export function paceWords({ atATime, why }: PaceStanding): string {
  return `${countOf(atATime, 'tenant')} at a time: ${WHY[why]}`;
}
