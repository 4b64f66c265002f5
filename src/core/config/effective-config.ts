import { FanfoldError } from '../errors.ts';
import { mergeGuards } from '../safety/guard/guard-settings.ts';
import { nearestWord } from '../text/nearest-word.ts';
import {
  type ConfigSection,
  type FanfoldConfig,
  isKnexfileReference,
  type SafetyConfig,
} from './fanfold-config.ts';

/** The keys of a configuration file that apply in one environment. */
export interface EffectiveConfig {
  readonly section: ConfigSection;
  /** Path at which a key is written in the file: `environments.production.request.strict`. */
  origin(path: string): string;
}

/**
 * Puts the section of an environment over the rest of a configuration: the keys of `migrations`,
 * `request` and `knex` settings one by one, a mapping of tenants and a knexfile as a whole. Throws
 * `EnvironmentUnknown` if the file has environments and not the requested one.
 *
 * @param file the configuration's path, for people
 */
export function effectiveConfig(
  config: FanfoldConfig,
  environment: string | undefined,
  file: string,
): EffectiveConfig {
  const { environments, ...base } = config;
  if (environment === undefined) return { section: base, origin: (path) => path };
  const over = Object.hasOwn(environments ?? {}, environment)
    ? environments?.[environment]
    : undefined;
  if (over === undefined) throw environmentUnknown(environment, environments, file);
  const knex = over.knex ?? base.knex;
  const both =
    over.knex !== undefined &&
    base.knex !== undefined &&
    !isKnexfileReference(over.knex) &&
    !isKnexfileReference(base.knex);
  return {
    section: {
      ...(base.central !== undefined && { central: base.central }),
      ...(over.central !== undefined && { central: { ...base.central, ...defined(over.central) } }),
      migrations: { ...base.migrations, ...defined(over.migrations) },
      request: { ...base.request, ...defined(over.request) },
      ...((base.safety ?? over.safety) !== undefined && { safety: bothSafety(base, over) }),
      ...((base.shapes ?? over.shapes) !== undefined && {
        shapes: { hosts: { ...base.shapes?.hosts, ...defined(over.shapes?.hosts) } },
      }),
      // As a whole: a login of one environment must not be sent to the replicas of another.
      ...((over.replicas ?? base.replicas) !== undefined && {
        replicas: over.replicas ?? base.replicas,
      }),
      ...((base.provisioning ?? over.provisioning) !== undefined && {
        provisioning: { ...base.provisioning, ...defined(over.provisioning) },
      }),
      ...(knex !== undefined && { knex: both ? { ...base.knex, ...defined(over.knex) } : knex }),
    },
    origin: (path) => (isGiven(over, path) ? `environments.${environment}.${path}` : path),
  };
}

/** Rules, allowed migrations and limits one by one. */
function bothSafety(
  { safety: base }: ConfigSection,
  { safety: over }: ConfigSection,
): SafetyConfig {
  const requireRehearsal = over?.requireRehearsal ?? base?.requireRehearsal;
  const onlineProgram = over?.onlineProgram ?? base?.onlineProgram;
  return {
    rules: { ...base?.rules, ...defined(over?.rules) },
    allow: { ...base?.allow, ...defined(over?.allow) },
    ...mergeGuards(base, over),
    ...(requireRehearsal !== undefined && { requireRehearsal }),
    ...(onlineProgram !== undefined && { onlineProgram }),
  };
}

/** Without keys whose value is undefined. */
function defined(given: object | undefined): object {
  return Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== undefined));
}

function isGiven(section: ConfigSection, path: string): boolean {
  let value: unknown = section;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return false;
    value = (value as Record<string, unknown>)[key];
  }
  return value !== undefined;
}

function environmentUnknown(
  environment: string,
  environments: FanfoldConfig['environments'],
  file: string,
): FanfoldError {
  const names = Object.keys(environments ?? {});
  const nearest = nearestWord(environment, names);
  const known =
    names.length === 0 ? 'it has no environments' : `its environments are ${names.join(', ')}`;
  return new FanfoldError(
    'EnvironmentUnknown',
    `${file} has no environment "${environment}": ${known}.`,
    {
      fault: 'configuration',
      nextStep:
        nearest === undefined
          ? `Name one of them with --env or FANFOLD_ENV, or add it to "environments" in ${file}.`
          : `Did you mean "${nearest}"? Name it with --env or FANFOLD_ENV.`,
    },
  );
}
