import { FanfoldError } from '../errors.ts';
import { nearestWord } from '../text/nearest-word.ts';
import { commandSpan } from '../wording/command-span.ts';
import { MIGRATION_VERBS } from './migration-verbs.ts';

/**
 * A file name has at most 255 bytes, and `knex_migrations.name` as many characters:
 * 255 - 14 of the timestamp - 1 underscore - 4 of the longest usual extension (`.mjs`).
 */
export const MAX_MIGRATION_NAME_LENGTH = 236;

const VERBS: ReadonlySet<string> = new Set(MIGRATION_VERBS);

/**
 * Checks the name of a new migration, without timestamp and extension: lower-case snake case that
 * begins with a verb and continues with its object, such as `add_priority_to_tasks`. Throws
 * `MigrationNameInvalid` (usage), with a suggested name if one can be guessed.
 */
export function checkMigrationName(name: string): void {
  const defect = findDefect(name);
  if (defect === undefined) return;
  const suggestion = suggestName(name);
  throw new FanfoldError(
    'MigrationNameInvalid',
    `The migration name ${quote(name)} ${defect}.${suggestion ? ` Did you mean ${suggestion}?` : ''}`,
    {
      fault: 'usage',
      nextStep: `Name it <verb>_<noun>, for example: ${commandSpan('migrate:make', suggestion ?? 'add_priority_to_tasks')}`,
    },
  );
}

function findDefect(name: string): string | undefined {
  if (name.trim() === '') return 'is empty';
  if (!/^[a-z0-9]+(_[a-z0-9]+)*$/.test(name)) {
    return 'is not in lower-case snake case: letters a to z, digits, and one underscore between words';
  }
  if (/^\d/.test(name)) {
    return 'begins with a digit; the timestamp is put before it, and the name begins with a verb';
  }
  if (name.length > MAX_MIGRATION_NAME_LENGTH) {
    return `has ${name.length} characters, and ${MAX_MIGRATION_NAME_LENGTH} at most fit into a file name after the timestamp`;
  }
  const [verb = '', ...noun] = name.split('_');
  if (noun.length === 0) return 'has one word only, and needs a verb and a noun at least';
  if (!VERBS.has(verb)) {
    return `begins with "${verb}", which is not one of the known verbs: ${MIGRATION_VERBS.join(', ')}`;
  }
  return undefined;
}

/** A valid name that the given one may have meant, if there is one. */
function suggestName(name: string): string | undefined {
  const words = snakeCase(name).split('_').filter(Boolean);
  const [first = '', ...rest] = words;
  const verbAt = words.findIndex((word) => VERBS.has(word));
  const candidates = [
    words,
    // ad_priority -> add_priority
    [nearestWord(first, MIGRATION_VERBS) ?? '', ...rest],
    // users_create -> create_users
    verbAt > 0 ? [words[verbAt], ...words.toSpliced(verbAt, 1)] : [],
  ];
  return candidates
    .map((candidate) => candidate.join('_'))
    .find((candidate) => candidate !== name && findDefect(candidate) === undefined);
}

function snakeCase(name: string): string {
  return name
    .trim()
    .replace(/\.[cm]?[jt]s$/i, '')
    .replace(/^\d+[_\s-]*/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_');
}

/** For a message: in quotes, control characters escaped, cut if it is long. */
function quote(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}
