// npm run test:corpus:lint -- [--server URL[,URL]] [--set PART] [--short]
//
// Judges the sets by every rule of the lint, and tells how often each rule finds something. A rule that is on
// by default has to be quiet on all of them: its finding ends this with 1.
import { parseArgs } from 'node:util';
import { RULES } from '../../src/core/safety/lint/rules/all-rules.ts';
import { usingChaosServers } from '../chaos/differential/using-chaos-servers.ts';
import { say } from '../chaos/support/form.ts';
import { CORPUS } from './corpus-sets.ts';
import { nameOf } from './corpus-subject.ts';
import { lintSet } from './lint-set.ts';

const { values: options } = parseArgs({
  options: {
    server: { type: 'string' },
    set: { type: 'string', default: '' },
    short: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

/** Migrations that print would do so into the table. */
Object.assign(console, { log() {}, warn() {}, info() {} });

const sets = CORPUS.filter(
  (set) =>
    nameOf(set).includes(options.set) &&
    (set.isInShortForm || !options.short) &&
    set.failsUnderPlainKnex !== true,
);

await usingChaosServers(options.server, async (server) => {
  const found = new Map<string, { findings: number; sets: number }>();
  let migrations = 0;
  for (const set of sets) {
    if (set.servers?.includes(server.kind) === false) continue;
    const started = performance.now();
    const report = await lintSet(server, set);
    migrations += report.migrations;
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    const rest = report.failure === undefined ? '' : ` | failed: ${report.failure}`;
    const unread = report.unread.length === 0 ? '' : ` | unread: ${report.unread.join(', ')}`;
    say(
      `${server.title} | ${nameOf(set)} | ${report.migrations} migrations, ${report.findings.length} findings, ${seconds} s${rest}${unread}`,
    );
    for (const rule of new Set(report.findings.map((finding) => finding.rule))) {
      const own = report.findings.filter((finding) => finding.rule === rule);
      const sum = found.get(rule) ?? { findings: 0, sets: 0 };
      found.set(rule, { findings: sum.findings + own.length, sets: sum.sets + 1 });
      if (!options.verbose) continue;
      for (const { migration, message, statement } of own.slice(0, 3))
        say(`  ${rule}: ${migration}: ${message} ${statement?.text.slice(0, 160) ?? ''}`);
    }
  }
  say(`${server.title} | ${sets.length} sets, ${migrations} migrations`);
  for (const { name, severity } of RULES) {
    const { findings = 0, sets: count = 0 } = found.get(name) ?? {};
    const isLoud = severity !== 'off' && findings > 0;
    if (isLoud) process.exitCode = 1;
    say(
      `${server.title} | ${name} | ${severity} | ${findings} in ${count} sets${isLoud ? ' | LOUD' : ''}`,
    );
  }
});
