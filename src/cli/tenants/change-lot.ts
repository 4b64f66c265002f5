import type { ErrorCode } from '../../core/error-codes.ts';
import { FanfoldError, isFanfoldError } from '../../core/errors.ts';
import { failureOf } from '../../core/migrate/failure-of.ts';
import { type Tenant, type TenantRef, tenantRef } from '../../core/tenant.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { shellWord } from '../../core/wording/shell-word.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { usingInterruption } from '../interruption.ts';
import { jsonLine } from '../output/json-line.ts';
import { printable } from '../output/printable.ts';
import type { Screen } from '../output/screen.ts';
import { wrapText } from '../output/wrap-text.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { LotMember, LotRow, LotSource, TenantLot } from './tenant-lot.ts';

export interface LotChange<Row extends LotRow = Tenant> {
  readonly lot: TenantLot<Row>;
  readonly source: Pick<LotSource<Row>, 'findByIds'>;
  /** Tenants at a time. */
  readonly concurrency: number;
  readonly json: boolean;
  /** Secrets to remove from all output. */
  readonly secrets?: readonly string[];
  /** The state of the tenants after a second Ctrl-C. */
  readonly whenLeft: string;
  /**
   * Changes one tenant and returns a description to print after its name. An error is the result of the tenant;
   * it ends the command if it is the only tenant, named by itself.
   */
  readonly change: (member: LotMember<Row>) => Promise<string>;
  /** Text between the name and the description. Default: a space. */
  readonly separator?: string;
}

/** The number of printed explanations that are remembered, so that each is printed once. */
const REMEMBERED = 1_000;
/** An error that all tenants share ends the command, except an administrator's login: each server has its own. */
const OF_ONE_SERVER: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'AdminAccessDenied',
  'AdminLoginInvalid',
  'AdminLoginMissing',
  'AdminRightsMissing',
]);

/**
 * Changes the tenants of a lot, several at a time, and prints the result of each. A failure does not affect
 * the others. Resolves to the exit code: 1 if one failed, 130 if it was interrupted.
 */
export function changeLot<Row extends LotRow>(
  { host, wiring }: App<ProcessWiring>,
  screen: Screen,
  lotChange: LotChange<Row>,
) {
  const { lot, source, concurrency, json, whenLeft, change, secrets = [] } = lotChange;
  const tell = teller(screen, { json, secrets, separator: lotChange.separator ?? ' ' });
  const isSingle = lot.words === undefined && lot.count === 1 && !json;
  if (lot.count === 0 && !json) screen.print(['There is no such tenant to change.']);
  return usingInterruption({ host, screen, wiring, whenLeft }, async (signal) => {
    const members = lot.members(source, tell.gone);
    let broken: { readonly error: unknown } | undefined;
    const worker = async () => {
      while (broken === undefined && !signal.aborted) {
        const next = await members.next();
        if (next.done === true) return;
        const { tenant } = next.value;
        try {
          tell.done(tenant, await change(next.value));
        } catch (error) {
          if (isSingle || endsAll(error)) throw withSlug(error, tenant.slug);
          tell.failed(tenant, error);
        }
      }
    };
    // The first error is thrown when all workers have ended.
    await Promise.all(
      Array.from({ length: concurrency }, () =>
        worker().catch((error: unknown) => {
          broken ??= { error };
        }),
      ),
    );
    if (!isSingle) tell.end();
    if (broken !== undefined) throw (broken as { readonly error: unknown }).error;
    if (signal.aborted) return EXIT.interrupted;
    return tell.failures > 0 ? EXIT.failed : EXIT.ok;
  });
}

function refOf(tenant: LotRow): TenantRef {
  return 'address' in tenant ? tenantRef(tenant) : tenant;
}

function endsAll(error: unknown): boolean {
  if (!isFanfoldError(error)) return true;
  return error.fault === 'configuration' && !OF_ONE_SERVER.has(error.code);
}

/** Puts the slug into the commands of a next step, which was written without it. */
function withSlug(error: unknown, slug: string): unknown {
  if (!isFanfoldError(error) || !error.nextStep.includes('<tenant>')) return error;
  const { code, message, fault, retryable, ownWords, nextStep } = error;
  return new FanfoldError(code, message, {
    fault,
    retryable,
    ownWords,
    nextStep: nextStep.replaceAll('<tenant>', shellWord(slug)),
  });
}

/** Prints the result of each tenant and counts them. */
function teller(
  screen: Screen,
  { json, secrets, separator }: { json: boolean; secrets: readonly string[]; separator: string },
) {
  const explained = new Set<string>();
  const counts = { done: 0, failed: 0, gone: 0 };
  const wrap = (text: string, indent: string) =>
    wrapText(printable(text), screen.out.width, indent);
  return {
    get failures() {
      return counts.failed;
    },
    done(tenant: LotRow, words: string) {
      counts.done += 1;
      if (json) {
        screen.print([jsonLine({ type: 'tenant-done', tenant: refOf(tenant), done: words })]);
      } else screen.print(wrap(`✅ ${tenant.slug}${separator}${words}`, '   '));
    },
    failed(tenant: LotRow, error: unknown) {
      counts.failed += 1;
      const { code, message, nextStep: general } = failureOf(error, secrets);
      const nextStep = general.replaceAll('<tenant>', shellWord(tenant.slug));
      if (json) {
        const failure = { code, message, nextStep };
        screen.print([jsonLine({ type: 'tenant-failed', tenant: refOf(tenant), failure })]);
        return;
      }
      screen.print(wrap(`❌ ${tenant.slug}: ${message}`, '   ').map(screen.out.palette.bad));
      const key = `${code}\n${general}`;
      if (explained.has(key)) return;
      if (explained.size < REMEMBERED) explained.add(key);
      screen.print(wrap(`   Error ${code}`, '     '));
      screen.print(wrap(`   Next: ${nextStep}`, '     '));
    },
    gone(id: string) {
      counts.gone += 1;
      if (json) screen.print([jsonLine({ type: 'tenant-gone', id })]);
      else screen.warn(`Note: ${id} is no longer in the central database.`);
    },
    end() {
      if (json) screen.print([jsonLine({ type: 'lot-finished', ...counts })]);
      else if (counts.done + counts.failed > 0) {
        screen.print([`Done: ${countOf(counts.done, 'tenant')}. Failed: ${counts.failed}.`]);
      }
    },
  };
}
