import type { Examination } from '../../core/doctor/examine-tenant.ts';
import { repairUntilWell } from '../../core/doctor/repair-until-well.ts';
import { forEachItem } from '../../core/list/for-each-tenant.ts';
import { inPages } from '../../core/list/in-pages.ts';
import type { Tenant } from '../../core/tenant.ts';
import { MOST_NAMED } from '../../core/wire/most-named.ts';
import type { OperationRequest, PageToken } from '../../core/wire/operator-schemas.ts';
import type { App } from '../app.ts';
import type { OfOptions } from '../options/of-options.ts';
import { CONCURRENCY } from '../options/run-options.ts';
import type { SetupOptions } from '../options/setup-options.ts';
import type { Screen } from '../output/screen.ts';
import type { KeptRunsWiring } from '../runs/kept-runs.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { CredentialsWiring } from '../wiring/wire-credentials.ts';
import type { MigrationFilesWiring } from '../wiring/wire-migration-files.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';
import { ALL, hostsOfNames, namedOrAll } from './named-or-all.ts';
import { type LotMember, listOfRun, lotOfRun, lotSource } from './tenant-lot.ts';

/** The groups of the wiring that an examination uses. */
export type ExaminingWiring = CentralWiring &
  CredentialsWiring &
  KeptRunsWiring &
  MigrationFilesWiring &
  TenantsWiring;

/** The options of an examination. */
export interface ExaminingOptions extends SetupOptions, OfOptions {
  readonly fix?: boolean;
  readonly accountsFrom?: string;
  readonly concurrency?: number;
  readonly hosts?: readonly string[];
}

/** Examines tenants and, with --fix, repairs them, here or on AWS; resolves to `false` if nobody confirmed that. */
export type Examining = (
  to: {
    /** Called before the first tenant; nothing is done if it resolves to `false`. */
    readonly onFound: (total: number, ofRun: string | undefined) => Promise<boolean>;
    readonly onExamined: (examination: Examination, done: readonly string[]) => void;
    readonly onGone: (id: string) => void;
  },
  signal: AbortSignal,
) => Promise<boolean>;

/** Examines in this process. */
export async function examiningHere(
  app: App<ExaminingWiring>,
  names: readonly string[],
  options: ExaminingOptions,
): Promise<Examining> {
  const { wiring } = app;
  const { concurrency = CONCURRENCY, of, hosts, fix = false } = options;
  const bundle = await wiring.loadBundle(options);
  const examineTenant = await wiring.examineTenant(options);
  const repairs = fix ? await wiring.repairs(options) : undefined;
  return ({ onFound, onExamined, onGone }, signal) =>
    wiring.usingCentral(options, async ({ directory }) => {
      const lot = of === undefined ? undefined : await lotOfRun(app, { ...options, of });
      const chosen =
        lot === undefined
          ? await namedOrAll(directory, names, { hosts, command: 'migrate:doctor' })
          : { count: async () => lot.count };
      if (!(await onFound(await chosen.count(), lot?.words))) return false;
      const look = async ({ tenant, outcome }: LotMember) => {
        const examination = await examineTenant(tenant, bundle);
        const failedWith = failureCodeOf(outcome);
        const { after, done } =
          repairs === undefined
            ? { after: examination, done: [] }
            : await repairUntilWell({ tenant, examination, failedWith }, repairs, () =>
                examineTenant(tenant, bundle),
              );
        onExamined(after, done);
      };
      const members =
        'tenants' in chosen
          ? membersOf(chosen.tenants)
          : lot?.members(lotSource(directory), onGone);
      if (members !== undefined) await forEachItem(members, concurrency, look, signal);
      return true;
    });
}

/** Has a function of the stack examine, page by page. */
export async function examiningOnAws(
  app: App<ExaminingWiring>,
  names: readonly string[],
  {
    aws,
    concurrency = CONCURRENCY,
    of,
    hosts,
    fix,
    accountsFrom,
    ...options
  }: ExaminingOptions & {
    readonly aws: string;
  },
  screen: Screen,
): Promise<Examining> {
  const by = fix === true ? 'repair' : 'inspect';
  const operator = await app.wiring.remoteOperator(aws, by, (message) => screen.warn(message));
  const common = { concurrency, ...(fix === true && { fix: { accountsFrom } }) };
  return async ({ onFound, onExamined, onGone }, signal) => {
    const pages = async (request: OperationRequest<'examine'>) => {
      let page: PageToken | undefined;
      do {
        const answer = await operator.ask('examine', { ...request, page }, signal);
        for (const { examination, done } of answer.examined) onExamined(examination, done);
        for (const id of answer.gone) onGone(id);
        page = answer.next;
      } while (page !== undefined && !signal.aborted);
    };
    const lists = async (members: AsyncIterable<ListedMember> | Iterable<ListedMember>) => {
      for await (const some of inPages(members, MOST_NAMED)) {
        if (signal.aborted) return;
        const codes = some.map(({ id, outcome }) => [id, failureCodeOf(outcome)] as const);
        const failedWith = Object.fromEntries(
          codes.filter((entry): entry is [string, string] => entry[1] !== undefined),
        );
        await pages({ ...common, ids: some.map(({ id }) => id), failedWith });
      }
    };
    if (of !== undefined) {
      const lot = await listOfRun(app, { ...options, aws, of });
      if (!(await onFound(lot.count, lot.words))) return false;
      await lists(lot.members());
      return true;
    }
    if (!names.includes(ALL)) {
      if (hosts !== undefined) throw hostsOfNames('migrate:doctor');
      const { tenants } = await operator.ask('find', { names });
      if (!(await onFound(tenants.length, undefined))) return false;
      await lists(tenants);
      return true;
    }
    const { tenants: total } = await operator.ask('count', { hosts });
    if (!(await onFound(total, undefined))) return false;
    await pages({ ...common, hosts });
    return true;
  };
}

async function* membersOf(
  tenants: AsyncIterable<Tenant>,
): AsyncGenerator<LotMember, void, undefined> {
  for await (const tenant of tenants) yield { tenant };
}

/** A tenant that is examined by its id. */
interface ListedMember {
  readonly id: string;
  readonly outcome?: LotMember['outcome'];
}

/** The code that a run failed with, which may say more than a look from outside. */
function failureCodeOf(outcome: LotMember['outcome']): string | undefined {
  return outcome?.status === 'failed' ? outcome.failure.code : undefined;
}
