// npm run test:corpus:rehearse -- [--server URL[,URL]] [--set PART] [--short] [--stops N] [--verbose]
//
// Rehearses the sets, and tells what it finds. A finding that is an error ends this with 1, unless the set is known
// to fill columns by a generator, or plain Knex confirms it: a way back that fails there too, or ends elsewhere.
import { parseArgs } from 'node:util';
import { resultOfRehearsal } from '../../src/core/safety/rehearsal/evidence.ts';
import { usingChaosServers } from '../chaos/differential/using-chaos-servers.ts';
import { say } from '../chaos/support/form.ts';
import { confirmByPlainKnex } from './confirm-by-plain-knex.ts';
import { CORPUS } from './corpus-sets.ts';
import { nameOf } from './corpus-subject.ts';
import { rehearseSet } from './rehearse-set.ts';

const { values: options } = parseArgs({
  options: {
    server: { type: 'string' },
    set: { type: 'string', default: '' },
    short: { type: 'boolean', default: false },
    stops: { type: 'string', default: '6' },
    verbose: { type: 'boolean', default: false },
  },
});

/** Most sets were written for other servers first, and their downs fail on these under plain Knex too, which is tried. */
const WAYS_BACK: readonly string[] = [
  'no-down',
  'down-fails',
  'down-not-inverse',
  'up-again-differs',
];

/** Migrations that print would do so into the table. */
Object.assign(console, { log() {}, warn() {}, info() {} });

/** Queries that a migration does not await are rejected when it is killed. The command line reports such errors. */
process.on('unhandledRejection', () => {});

const sets = CORPUS.filter(
  (set) =>
    nameOf(set).includes(options.set) &&
    (set.isInShortForm || !options.short) &&
    set.failsUnderPlainKnex !== true,
);

await usingChaosServers(options.server, async (server) => {
  for (const set of sets) {
    if (set.servers?.includes(server.kind) === false) continue;
    const started = performance.now();
    const rehearsal = await rehearseSet(server, set, Number(options.stops), (id) => {
      if (options.verbose) process.stderr.write(`${server.title} ${id}\n`);
    });
    const { migrations, failure } = rehearsal;
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    const findings = migrations.flatMap((each) => each.findings);
    const errors = findings.filter(({ severity }) => severity === 'error');
    const confirmed = new Map<string, string>();
    for (const { rule, migration } of errors) {
      if (!WAYS_BACK.includes(rule) || confirmed.has(migration)) continue;
      const what = await confirmByPlainKnex(server, set, migration);
      if (what !== undefined) confirmed.set(migration, what);
    }
    const isExpected = errors.every(
      ({ rule, migration }) =>
        (rule === 'depends-on-chance' && set.random !== undefined) ||
        (WAYS_BACK.includes(rule) && confirmed.has(migration)),
    );
    if (!isExpected || failure !== undefined) process.exitCode = 1;
    const stops = migrations.reduce((sum, each) => sum + each.stops.tried, 0);
    say(
      `${server.title} | ${nameOf(set)} | ${migrations.length} migrations, ${stops} stops, ${resultOfRehearsal(rehearsal)}: ${errors.length} errors${isExpected ? '' : ' NOT EXPECTED'}, ${findings.length - errors.length} warnings, ${seconds} s${failure === undefined ? '' : ` | ${failure.message}`}`,
    );
    for (const { rule, severity, migration, details, statement } of findings) {
      if (severity !== 'error' && !options.verbose) continue;
      say(
        `  ${severity} ${rule}: ${migration}: ${statement?.direction ?? ''} ${statement?.number ?? ''} ${details.join(' | ').slice(0, 300)}`,
      );
      const plain = WAYS_BACK.includes(rule) ? confirmed.get(migration) : undefined;
      if (plain !== undefined) say(`    plain Knex: ${plain.slice(0, 200)}`);
    }
  }
});
