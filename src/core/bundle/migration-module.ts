import { BACKFILL_SHAPE, parseBackfill } from '../backfill/parse-backfill.ts';
import { FanfoldError } from '../errors.ts';
import { guardProblems } from '../safety/guard/guard-problems.ts';
import type { MigrationSafety } from '../safety/guard/guard-settings.ts';
import { type MigrationModule, splitMigrationName } from './bundle.ts';

type Exports = Record<string, unknown>;

/**
 * Picks a migration out of what a file exports: named exports, `module.exports` or a default
 * export, also one that a compiler has wrapped once more. `file` names the file in the error,
 * `MigrationInvalid`.
 */
export function parseMigrationModule(exported: unknown, file: string): MigrationModule {
  const source = pickExports(exported);
  if (source === undefined) {
    throw migrationInvalid(
      file,
      'exports no `up` function',
      `${NEXT_STEP_FOR_EXPORTS} A file that only helps others belongs into a subfolder.`,
    );
  }
  const { up: exportedUp, down, config, safety, requires } = source;
  const backfill = parseBackfillOf(source.backfill, file);
  // Only plain Knex needs the `up` of a backfill.
  const up = backfill !== undefined && isAbsent(exportedUp) ? () => {} : exportedUp;
  if (!isFunction(up)) {
    throw migrationInvalid(
      file,
      `exports an \`up\` that is ${typeName(up)}, not a function`,
      NEXT_STEP_FOR_EXPORTS,
    );
  }
  if (!isAbsent(down) && !isFunction(down)) {
    throw migrationInvalid(
      file,
      `exports a \`down\` that is ${typeName(down)}, not a function`,
      'Make `down` a function that undoes what `up` does, or leave it out.',
    );
  }
  return {
    // Bound, because the module may be an object with methods.
    up: up.bind(source),
    down: isAbsent(down) ? undefined : down.bind(source),
    config: parseConfig(config, file),
    ...parseSafety(safety, file),
    ...(backfill !== undefined && { backfill }),
    ...parseRequires(requires, file),
  };
}

function parseBackfillOf(value: unknown, file: string): MigrationModule['backfill'] {
  if (isAbsent(value)) return undefined;
  const parsed = parseBackfill(value);
  if (parsed.backfill !== undefined) return parsed.backfill;
  throw migrationInvalid(file, parsed.problem, BACKFILL_SHAPE);
}

function parseRequires(value: unknown, file: string): Pick<MigrationModule, 'requires'> {
  if (isAbsent(value)) return {};
  const isList = Array.isArray(value) && value.every((id) => typeof id === 'string' && id !== '');
  if (isList) return { requires: value.map((name: string) => splitMigrationName(name).id) };
  throw migrationInvalid(
    file,
    `exports a \`requires\` that is ${typeName(value)}, not a list of names of backfills`,
    "Write for example `export const requires = ['20260102000000_fill_priority'];`.",
  );
}

/** The error for a migration file that cannot be used; `reason` follows the file's name. */
export function migrationInvalid(
  file: string,
  reason: string,
  nextStep: string,
  cause?: unknown,
): FanfoldError {
  return new FanfoldError('MigrationInvalid', `${file} ${reason}.`, {
    fault: 'migration',
    nextStep,
    cause,
  });
}

const NEXT_STEP_FOR_EXPORTS =
  'Export an `up` function: `export async function up(knex) { … }`, or `exports.up = …` in CommonJS.';

function parseConfig(config: unknown, file: string): MigrationModule['config'] {
  if (isAbsent(config)) return undefined;
  const nextStep = 'Write `export const config = { transaction: false };` or leave `config` out.';
  if (!isExports(config)) {
    throw migrationInvalid(
      file,
      `exports a \`config\` that is ${typeName(config)}, not an object`,
      nextStep,
    );
  }
  const { transaction } = config;
  if (isAbsent(transaction)) return {};
  if (typeof transaction !== 'boolean') {
    throw migrationInvalid(
      file,
      `exports a \`config.transaction\` that is ${typeName(transaction)}, not true or false`,
      nextStep,
    );
  }
  return { transaction };
}

const WHY = {
  allowed: 'the reason, a text',
  fits: (value: unknown) => typeof value === 'string' && value.trim() !== '',
};

function parseSafety(safety: unknown, file: string): Pick<MigrationModule, 'safety'> {
  if (isAbsent(safety)) return {};
  const nextStep =
    "Write for example `export const safety = { lock: 'shared', why: 'the table has 200 rows' };` or leave `safety` out.";
  if (typeof safety !== 'object' || Array.isArray(safety)) {
    const reason = `exports a \`safety\` that is ${typeName(safety)}, not an object`;
    throw migrationInvalid(file, reason, nextStep);
  }
  const [problem] = guardProblems(safety as Exports, { why: WHY });
  if (problem === undefined) return { safety: safety as MigrationSafety };
  throw migrationInvalid(
    file,
    `exports a wrong \`safety\`: ${problem.replace(/\.$/, '')}`,
    nextStep,
  );
}

/** The object that holds `up`, at most two default exports deep; `undefined` if none does. */
function pickExports(exported: unknown): Exports | undefined {
  let candidate = exported;
  for (let depth = 0; depth < 3 && isExports(candidate); depth += 1) {
    if (!isAbsent(candidate.up) || !isAbsent(candidate.backfill)) return candidate;
    candidate = candidate.default;
  }
  return undefined;
}

function isExports(value: unknown): value is Exports {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

// biome-ignore lint/suspicious/noExplicitAny: what the file's author calls a Knex, as in MigrationModule
function isFunction(value: unknown): value is (knex: any) => unknown {
  return typeof value === 'function';
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  const type = typeof value;
  return type === 'object' ? 'an object' : `a ${type}`;
}
