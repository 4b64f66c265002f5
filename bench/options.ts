import { parseArgs } from 'node:util';

/** Subjects that the bench can measure. */
export const PARTS = [
  'fleets',
  'provisioning',
  'new-tenants',
  'list-and-fold',
  'forecast',
  'queue',
  'backfill',
  'shapes',
  'start',
  'peers',
] as const;

/** Parts that run by default: the others fetch and compile programs of other people. */
const USUAL_PARTS = PARTS.filter((part) => part !== 'start' && part !== 'peers');

/** The ways of migrating a fleet that are compared; see `ways/`. */
export const WAY_NAMES = ['raw', 'packed', 'knex', 'fanfold', 'unjournaled'] as const;

/** Tenants at a time; `auto` is the pace that Fanfold chooses. */
export type AtATime = number | 'auto';

export interface BenchOptions {
  readonly server: string | undefined;
  readonly tenants: number;
  readonly rounds: number;
  /** Tenants at a time in the parallel ways of the other parts. */
  readonly concurrency: number;
  /** Tenants at a time of each way over the fleets. */
  readonly atATime: readonly AtATime[];
  /** Milliseconds of a round trip to the server, in addition to the real ones; 0 is a direct connection. */
  readonly latencies: readonly number[];
  /** Whether connections to the fleets' databases use TLS. */
  readonly tls: boolean;
  readonly parts: readonly (typeof PARTS)[number][];
  readonly ways: readonly (typeof WAY_NAMES)[number][];
  /** Tenants that each way provisions in a round. */
  readonly provisioned: number;
  /** Tenants of each way of making one at the newest version. */
  readonly newTenants: number;
  /** Migrations of these tenants. */
  readonly migrations: number;
  /** Synthetic tenants that are listed and folded. */
  readonly listed: number;
  /** Tenants whose application sends queries beside a migration that waits for a lock. */
  readonly queued: number;
  /** Seconds for which the lock is held. */
  readonly held: number;
  /** Tenants of each of the two fleets that are forecast. */
  readonly forecast: number;
  /** Rows of the largest table of a tenant that is forecast. */
  readonly rows: number;
  /** Rows of a table that is changed beside the queries of an application, and those queries in a second. */
  readonly filled: number;
  readonly perSecond: number;
  /** Databases on one server whose shapes are read. */
  readonly shaped: number;
  /** Tenants of each fleet that another program migrates. */
  readonly peers: number;
  /** Whether other programs are only measured if they are installed. */
  readonly installed: boolean;
  readonly minutes: number;
  readonly dropLeftovers: boolean;
}

export const USAGE = `npm run bench -- [options]

  --server <url>       mysql://user:password@host:port of a server to measure on
                       (default: FANFOLD_BENCH_URL, FANFOLD_MYSQL_URL, else one of its own)
  --tenants <n>        tenant databases a fleet (100)
  --rounds <n>         rounds; every figure is a median over them (5)
  --concurrency <n>    tenants at a time in the parallel ways (8)
  --at-a-time <n,...>  tenants at a time over the fleets; auto for Fanfold's own pace (1 and --concurrency)
  --latency <ms,...>   round trips over the fleets take so much longer (0)
  --tls                the fleets' databases are reached by TLS
  --only <parts>       ${PARTS.join(',')}
                       (all but start and peers, which fetch other programs)
  --ways <ways>        ${WAY_NAMES.join(',')}
  --provisioned <n>    tenants that each way provisions in a round (100)
  --new-tenants <n>    tenants of each way of making one at the newest version (50)
  --migrations <n>     migrations of these tenants (80)
  --listed <n>         synthetic tenants to list and fold (1000000)
  --queued <n>         tenants with queries beside a migration that waits for a lock (50)
  --held <s>           seconds for which the lock is held (60)
  --forecast <n>       tenants of each fleet that is forecast (40)
  --rows <n>           rows of the largest table of a tenant that is forecast (200000)
  --filled <n>         rows of a table that a backfill changes beside an application (500000)
  --per-second <n>     queries of that application in a second (200)
  --shaped <n>         databases on one server whose shapes are read (1000)
  --peers <n>          tenants of each fleet that another program migrates (100)
  --installed          measure only other programs that are installed already
  --minutes <n>        give up after this time (30)
  --drop-leftovers     first drop the databases fanfold_bench_* that a killed bench has left
`;

/** The options of `npm run bench`, in the form of `parseArgs`. */
export const OPTIONS = {
  server: { type: 'string' },
  tenants: { type: 'string', default: '100' },
  rounds: { type: 'string', default: '5' },
  concurrency: { type: 'string', default: '8' },
  'at-a-time': { type: 'string' },
  latency: { type: 'string', default: '0' },
  tls: { type: 'boolean', default: false },
  only: { type: 'string', default: USUAL_PARTS.join(',') },
  ways: { type: 'string', default: 'raw,packed,knex,fanfold' },
  provisioned: { type: 'string', default: '100' },
  'new-tenants': { type: 'string', default: '50' },
  migrations: { type: 'string', default: '80' },
  listed: { type: 'string', default: '1000000' },
  queued: { type: 'string', default: '50' },
  held: { type: 'string', default: '60' },
  forecast: { type: 'string', default: '40' },
  rows: { type: 'string', default: '200000' },
  filled: { type: 'string', default: '500000' },
  'per-second': { type: 'string', default: '200' },
  shaped: { type: 'string', default: '1000' },
  peers: { type: 'string', default: '100' },
  installed: { type: 'boolean', default: false },
  minutes: { type: 'string', default: '30' },
  'drop-leftovers': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the command line. Throws an Error for people if it is wrong. */
export function parseOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) return 'help';
  return {
    server: values.server ?? process.env.FANFOLD_BENCH_URL ?? process.env.FANFOLD_MYSQL_URL,
    tenants: positive('--tenants', values.tenants),
    rounds: positive('--rounds', values.rounds),
    concurrency: positive('--concurrency', values.concurrency),
    atATime: list<AtATime>(values['at-a-time'] ?? `1,${values.concurrency}`, (text) =>
      text === 'auto' ? text : positive('--at-a-time', text),
    ),
    latencies: list(values.latency, (text) => milliseconds('--latency', text)),
    tls: values.tls,
    parts: choice('--only', values.only, PARTS),
    ways: choice('--ways', values.ways, WAY_NAMES),
    provisioned: positive('--provisioned', values.provisioned),
    newTenants: positive('--new-tenants', values['new-tenants']),
    migrations: positive('--migrations', values.migrations),
    listed: positive('--listed', values.listed),
    queued: positive('--queued', values.queued),
    held: positive('--held', values.held),
    forecast: positive('--forecast', values.forecast),
    rows: positive('--rows', values.rows),
    filled: positive('--filled', values.filled),
    perSecond: positive('--per-second', values['per-second']),
    shaped: positive('--shaped', values.shaped),
    peers: positive('--peers', values.peers),
    installed: values.installed,
    minutes: positive('--minutes', values.minutes),
    dropLeftovers: values['drop-leftovers'],
  };
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`${option} takes a whole number above 0, not "${text}".`);
}

function milliseconds(option: string, text: string): number {
  const value = Number(text);
  if (text !== '' && value >= 0 && value <= 1_000) return value;
  throw new Error(`${option} takes milliseconds from 0 to 1000, not "${text}".`);
}

/** The distinct values of a list with commas. */
function list<Value>(text: string, parse: (text: string) => Value): Value[] {
  return [...new Set(text.split(',').map(parse))];
}

function choice<Word extends string>(
  option: string,
  text: string,
  allowed: readonly Word[],
): Word[] {
  const words = text.split(',');
  const unknown = words.find((word) => !allowed.includes(word as Word));
  if (unknown === undefined) return allowed.filter((word) => words.includes(word));
  throw new Error(`${option} takes ${allowed.join(', ')}, not "${unknown}".`);
}
