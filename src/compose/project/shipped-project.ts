import { chooseEnvironment, isSettings } from '../../adapters/local/config/choose-environment.ts';
import { exportedBy } from '../../adapters/local/config/exported-by.ts';
import type { KnexSettings } from '../../adapters/mysql/migration/knex/knex-settings.ts';
import type { LoadSeed } from '../../adapters/mysql/migration/knex/seed-loading.ts';
import { sortKnexfile } from '../../adapters/mysql/migration/knex/sort-knexfile.ts';
import type { TenantsMapping } from '../../core/central/tenants-mapping.ts';
import { effectiveConfig } from '../../core/config/effective-config.ts';
import type { FanfoldConfig } from '../../core/config/fanfold-config.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { ReplicasConfig } from '../../core/replicas/find-replicas.ts';
import type { HostReaders } from '../../core/shapes/host-readers.ts';

/** The part of a project's configuration that a bundled function carries, without secrets. */
export interface ShippedProject {
  readonly tenants?: TenantsMapping | undefined;
  readonly disableTransactions?: boolean | undefined;
  readonly knex?: ShippedKnex | undefined;
  readonly seeds?: ShippedSeeds | undefined;
  /** Logins by IAM that read the definitions of all databases of a server: those with a password stay at home. */
  readonly shapeReaders?: HostReaders | undefined;
  /** Replicas of the tenants' servers; the variable with a password is on machines of yours only. */
  readonly replicas?: ReplicasConfig | undefined;
  /** Path of the snapshot that new databases are made from. */
  readonly snapshot?: string | undefined;
  /** The evidence without which no tenant is migrated. */
  readonly rehearsal?: ShippedRehearsal | undefined;
}

/** The evidence of a rehearsal in a file of the function's folder. */
export interface ShippedRehearsal {
  readonly path: string;
  /** Its name in the project, for people. */
  readonly file: string;
}

/** Settings of Knex: the file that contains them, as code. */
export interface ShippedKnex {
  readonly kind: 'knexfile' | 'configuration';
  readonly environment: string | undefined;
  readonly load: () => Promise<unknown>;
}

/** Seeds that migrations run. */
export interface ShippedSeeds {
  /** Folder of the function's code, below which the seeds have their paths. */
  readonly root: string;
  /** The folders that the settings name, below the root. */
  readonly directories: readonly string[];
  /** Code of a seed, by its path below the root. */
  readonly files: Readonly<Record<string, () => Promise<unknown>>>;
}

/** The settings of Knex that a function was deployed with, sorted as they are elsewhere. */
export async function shippedKnexSettings({
  knex,
  seeds,
}: ShippedProject): Promise<KnexSettings | undefined> {
  if (knex === undefined) return undefined;
  const exported = await evaluated(knex);
  const { settings } = sortKnexfile(settingsIn(exported, knex));
  if (settings.seeds?.directory === undefined || seeds === undefined) return settings;
  const directory = seeds.directories.map((each) => `${seeds.root}/${each}`);
  return { ...settings, seeds: { ...settings.seeds, directory } };
}

/** Throws `KnexfileUnreadable` if the file needs something from the machine that deployed it. */
async function evaluated({ load }: ShippedKnex): Promise<Readonly<Record<string, unknown>>> {
  try {
    const exported = await exportedBy(await load());
    if (isSettings(exported)) return exported;
    throw new TypeError('it exports no object');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FanfoldError(
      'KnexfileUnreadable',
      `The knexfile that was deployed with this function throws here: ${reason}`,
      {
        fault: 'configuration',
        nextStep:
          'Have it do without what only your machine has, such as a variable that it insists on, and deploy again.',
        cause,
      },
    );
  }
}

function settingsIn(
  exported: Readonly<Record<string, unknown>>,
  { kind, environment }: ShippedKnex,
): Readonly<Record<string, unknown>> {
  if (kind === 'configuration') {
    const { section } = effectiveConfig(exported as FanfoldConfig, environment, 'fanfold.config');
    return { ...section.knex };
  }
  if (environment === undefined) return exported;
  return chooseEnvironment(exported, { asked: environment, otherwise: environment }, 'knexfile')
    .settings;
}

/** Finds the code of a seed that Knex has listed. */
export function shippedSeedLoader({ seeds }: ShippedProject): LoadSeed | undefined {
  if (seeds === undefined) return undefined;
  const loaded = new Map<string, Promise<unknown>>();
  return (path) => {
    const name = path.startsWith(`${seeds.root}/`) ? path.slice(seeds.root.length + 1) : path;
    const load = seeds.files[name];
    if (load === undefined) {
      return Promise.reject(new Error(`The seed ${path} was not deployed with this function.`));
    }
    const loading = loaded.get(name) ?? load();
    loaded.set(name, loading);
    return loading;
  };
}
