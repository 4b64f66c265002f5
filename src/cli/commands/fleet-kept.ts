import { Command, InvalidArgumentError } from 'commander';
import type { KeptAnswer } from '../../core/kept/kept-of-tenant.ts';
import { AGE_SHAPES, parseAge } from '../../core/kept/parse-age.ts';
import { forEachTenant } from '../../core/list/for-each-tenant.ts';
import { type Tenant, tenantRef } from '../../core/tenant.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatBytes } from '../../core/wording/format-bytes.ts';
import type { App } from '../app.ts';
import { confirm } from '../ask/confirm.ts';
import { EXIT } from '../exit-codes.ts';
import { usingInterruption } from '../interruption.ts';
import {
  addConnectionOptions,
  type ConnectionSetupOptions,
} from '../options/connection-options.ts';
import { examples } from '../options/examples.ts';
import { addConcurrencyOption, addHostsOption, CONCURRENCY } from '../options/run-options.ts';
import { addOutputOptions } from '../options/setup-options.ts';
import { jsonLine } from '../output/json-line.ts';
import { keptLines } from '../output/kept-lines.ts';
import { printable } from '../output/printable.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import { wrapText } from '../output/wrap-text.ts';
import { ALL, namedOrAll } from '../tenants/named-or-all.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';

type Needs = CentralWiring & ProcessWiring & Pick<TenantsWiring, 'keptOfTenant'>;

interface Options extends ConnectionSetupOptions {
  readonly concurrency?: number;
  readonly hosts?: readonly string[];
  readonly json?: boolean;
  readonly yes?: boolean;
  /** Milliseconds. */
  readonly dropOlder?: number;
}

/** `fleet:kept [tenant…]`: lists or drops the values that `safety.keep` has kept. */
export function fleetKept(app: App<Needs>): Command {
  const command = new Command('fleet:kept')
    .description(
      'Lists the tables and columns that migrations have dropped and whose values are kept in the databases of tenants (safety.keep), of every ACTIVE tenant or of the named ones. With --drop-older it drops what was kept before that time: a rollback cannot bring it back after that.',
    )
    .argument('[slug|id...]', 'tenants (default: every ACTIVE tenant)');
  addHostsOption(addConcurrencyOption(command));
  addOutputOptions(addConnectionOptions(command));
  return command
    .option('--drop-older <age>', 'drop what was kept longer ago, such as 30d', age)
    .option('-y, --yes', 'do not ask before dropping')
    .addHelpText(
      'after',
      examples(
        'fanfold fleet:kept',
        'fanfold fleet:kept acme-corp --json',
        'fanfold fleet:kept --drop-older 30d',
        'fanfold fleet:kept --drop-older 4w --yes',
      ),
    )
    .action(
      app.action(async (names: string[], options: Options) => {
        const { dropOlder, yes } = options;
        if (dropOlder !== undefined && yes !== true) {
          const whose =
            names.length === 0 ? 'every ACTIVE tenant' : countOf(names.length, 'tenant');
          const question = `Drop the values of ${whose} that were kept longer ago than that? No rollback brings them back then.`;
          if (!(await confirm(app.host, question))) return EXIT.failed;
        }
        return usingScreen(app.host, (screen) => showKept(app, names, options, screen));
      }),
    );
}

async function showKept(
  { wiring, host }: App<Needs>,
  names: readonly string[],
  options: Options,
  screen: Screen,
): Promise<number> {
  const { json = false, hosts, concurrency = CONCURRENCY, dropOlder } = options;
  const whenLeft = 'Tenants that were not reached are as they were.';
  return usingInterruption({ host, screen, wiring, whenLeft }, async (signal) => {
    const keptOf = await wiring.keptOfTenant(options);
    const now = Date.now();
    const before = dropOlder === undefined ? undefined : new Date(now - dropOlder);
    const sums = { objects: 0, bytes: 0, tenants: 0, failed: 0 };
    const add = (tenant: Tenant, answer: KeptAnswer) => {
      if (answer.status === 'failed') sums.failed++;
      else if (answer.kept.length > 0) {
        sums.tenants++;
        sums.objects += answer.kept.length;
        sums.bytes += answer.kept.reduce((sum, { bytes }) => sum + bytes, 0);
      }
      screen.print(
        json ? [keptEvent(tenant, answer)] : linesOf(tenant, answer, now, screen.out.width),
      );
    };
    await wiring.usingCentral(options, async ({ directory }) => {
      const all = names.length === 0 ? [ALL] : names;
      const chosen = await namedOrAll(directory, all, { hosts, command: 'fleet:kept' });
      const work = async (tenant: Tenant) => add(tenant, await keptOf(tenant, before));
      await forEachTenant(chosen.tenants, concurrency, work, signal);
    });
    if (!json) screen.print([summary(sums, before !== undefined)]);
    if (signal.aborted) return EXIT.interrupted;
    return sums.failed > 0 ? EXIT.failed : EXIT.ok;
  });
}

function summary(
  sums: { objects: number; bytes: number; tenants: number; failed: number },
  isDropped: boolean,
): string {
  const { objects, bytes, tenants, failed } = sums;
  const unread = failed === 0 ? '' : ` ${countOf(failed, 'tenant')} could not be read.`;
  if (objects === 0) return `${isDropped ? 'Nothing to drop.' : 'Nothing is kept.'}${unread}`;
  const what = `${countOf(objects, 'table')} with kept values of ${countOf(tenants, 'tenant')}, ${formatBytes(bytes)}`;
  return `${isDropped ? `Dropped ${what}.` : `${what}.`}${unread}`;
}

function linesOf(tenant: Tenant, answer: KeptAnswer, now: number, width: number): string[] {
  if (answer.status === 'failed')
    return wrapText(printable(`❌ ${tenant.slug}: ${answer.failure.message}`), width, '   ');
  return keptLines(tenant.slug, answer.kept, { now, width, isDropped: answer.isDropped });
}

function keptEvent(tenant: Tenant, answer: KeptAnswer) {
  const of = { type: 'tenant-kept', tenant: tenantRef(tenant) };
  if (answer.status === 'failed') return jsonLine({ ...of, failure: answer.failure });
  const kept = answer.kept.map(
    ({ name, table, columns, migration, runId, keptAt, rows, bytes, restoredAt }) => ({
      ...{ name, table, columns, migration, runId, keptAt, rows, bytes },
      ...(restoredAt !== undefined && { restoredAt }),
    }),
  );
  return jsonLine({ ...of, isDropped: answer.isDropped, kept });
}

function age(text: string): number {
  const ms = parseAge(text);
  if (ms !== undefined) return ms;
  throw new InvalidArgumentError(`It must be ${AGE_SHAPES}.`);
}
