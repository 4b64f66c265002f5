import { parseArgs } from 'node:util';

/** Settings of the record. */
export interface FleetOptions {
  readonly server: string | undefined;
  readonly tenants: number;
  /** Seconds between two kills. */
  readonly killEvery: number;
  /** Kills after which nobody is killed any more. */
  readonly kills: number;
  /** Synthetic tenants that are listed and folded; 0 leaves that out. */
  readonly listed: number;
  readonly minutes: number;
  readonly dropLeftovers: boolean;
}

export const USAGE = `npm run bench:fleet -- [options]

  --server <url>       mysql://user:password@host:port of a server to measure on
                       (default: FANFOLD_BENCH_URL, FANFOLD_MYSQL_URL, else one of its own)
  --tenants <n>        databases on that server (10000)
  --kill-every <s>     seconds between two kills of a runner (10)
  --kills <n>          kills at the most (1000)
  --listed <n>         synthetic tenants to list and fold by their records, 0 for none (0)
  --minutes <n>        give up after this time (60)
  --drop-leftovers     first drop the databases fanfold_bench_* that a killed bench has left
`;

/** Its options, for the command line and for the documentation's test. */
export const OPTIONS = {
  server: { type: 'string' },
  tenants: { type: 'string', default: '10000' },
  'kill-every': { type: 'string', default: '10' },
  kills: { type: 'string', default: '1000' },
  listed: { type: 'string', default: '0' },
  minutes: { type: 'string', default: '60' },
  'drop-leftovers': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the command line. Throws an Error for people if it is wrong. */
export function parseFleetOptions(args: readonly string[]): FleetOptions | 'help' {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) return 'help';
  const number = (option: 'tenants' | 'kills' | 'listed' | 'minutes', least: number) =>
    numberOf(`--${option}`, values[option], least);
  return {
    server: values.server ?? process.env.FANFOLD_BENCH_URL ?? process.env.FANFOLD_MYSQL_URL,
    tenants: number('tenants', 1),
    killEvery: numberOf('--kill-every', values['kill-every'], 1),
    kills: number('kills', 0),
    listed: number('listed', 0),
    minutes: number('minutes', 1),
    dropLeftovers: values['drop-leftovers'],
  };
}

function numberOf(option: string, text: string, least: number): number {
  const value = Number(text);
  if (text !== '' && Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`${option} takes a whole number of at least ${least}, not "${text}".`);
}
