import type { Severity } from '../lint/rule.ts';

/** A rule of a rehearsal: what it finds, how bad that is, and what to change. */
export interface RehearsalRule {
  readonly severity: Severity;
  /** The finding, as the end of a sentence that begins with "The migration". */
  readonly finds: string;
  /** The advice, as a sentence. */
  readonly change: string;
}

/** The rules of a rehearsal, by name. Names are never changed, because configurations have them. */
export const REHEARSAL_RULES = {
  'up-fails': {
    severity: 'error',
    finds: 'fails on an empty database',
    change: 'Correct the statement that the server refuses.',
  },
  'no-down': {
    severity: 'error',
    finds: 'cannot be rolled back',
    change:
      'Export a down that undoes the up, or allow it: `safety.rules` in the configuration turns this rule off.',
  },
  'down-fails': {
    severity: 'error',
    finds: 'has a down that fails',
    change: 'Correct the down; it runs on the database as the up has left it.',
  },
  'down-not-inverse': {
    severity: 'error',
    finds: 'has a down after which the database is not as it was before the up',
    change: 'Let the down undo each change of the up, in reverse order.',
  },
  'down-order': {
    severity: 'off',
    finds: 'has a down after which columns or indexes come in another order',
    change: 'Nothing, unless code names columns by position: `SELECT *`, or INSERT without names.',
  },
  'down-comment': {
    severity: 'warning',
    finds: 'has a down that does not bring comments back',
    change: 'Write the comment in the down too: changing a column replaces its whole definition.',
  },
  'down-leaves-index': {
    severity: 'warning',
    finds: 'has a down that leaves the index of a foreign key',
    change: 'Drop the index too: dropping a foreign key keeps the index that came with it.',
  },
  'down-loses-rows': {
    severity: 'warning',
    finds: 'has a down that cannot bring rows or values back',
    change:
      'Keep the values until nobody wants to roll back: rename the column or table now, and drop it with a later migration.',
  },
  'up-again-differs': {
    severity: 'error',
    finds: 'makes something else when it runs again after its down',
    change: 'Let the down remove everything that the up makes.',
  },
  'wrong-when-stopped': {
    severity: 'error',
    finds: 'ends differently if it is killed and resumed',
    change:
      'Give the statement a migration of its own, and let nothing that it does depend on earlier attempts.',
  },
  'stuck-when-stopped': {
    severity: 'error',
    finds: 'cannot be resumed after it was killed',
    change: 'Give the statement a migration of its own, or guard it so that it may run twice.',
  },
  'labelled-when-stopped': {
    severity: 'warning',
    finds: 'stays half-applied after a kill, until somebody decides about it',
    change: 'Give the statement a migration of its own, so that a kill leaves nothing else.',
  },
  'depends-on-time': {
    severity: 'error',
    finds: 'depends on the time at which it runs',
    change:
      'Write a constant, or let the column have DEFAULT CURRENT_TIMESTAMP, so that tenants do not differ by the day of their run.',
  },
  'writes-run-time': {
    severity: 'warning',
    finds: 'writes the time of the run into a column for points in time',
    change:
      'Nothing, if that is what the column is for. DEFAULT CURRENT_TIMESTAMP fills it without a statement.',
  },
  'depends-on-chance': {
    severity: 'error',
    finds: 'makes something else each time',
    change:
      'Derive the value from the row, or write a constant, so that a resumed attempt and the next tenant get the same.',
  },
  'depends-on-name': {
    severity: 'error',
    finds: "depends on the database's name",
    change: 'Leave the name out: statements run in the tenant’s database anyway.',
  },
  'depends-on-rows': {
    severity: 'error',
    finds: 'makes other definitions if tables have rows',
    change: 'Change definitions whatever the rows are, and rows in a statement of their own.',
  },
  'fails-with-rows': {
    severity: 'error',
    finds: 'works on empty tables and fails on tables with rows',
    change:
      'Give existing rows a value first: add the column with NULL or a default, fill it, then add the constraint.',
  },
  'fails-with-values': {
    severity: 'warning',
    finds: 'works on empty tables and fails with values that the rehearsal has made up',
    change:
      'Find out whether tenants have such values: `fanfold migrate:plan --check-data` asks them what it can. If they may, change these rows before the statement.',
  },
  'rows-decide': {
    severity: 'warning',
    finds: 'sends other statements if tables have rows',
    change: 'Prefer one statement for all rows: `INSERT … SELECT`, or UPDATE with a condition.',
  },
  'order-matters': {
    severity: 'warning',
    finds: 'ends differently if a later migration was applied before it',
    change: 'Nothing, as long as no tenant has the later one without this one.',
  },
  'depends-on-order': {
    severity: 'error',
    finds: 'does something else if a later migration was applied before it',
    change:
      'Let one migration make each object. Branches that are merged late run after newer migrations.',
  },
  'depends-on-run': {
    severity: 'error',
    finds: 'makes something else if it runs alone than in one run with the others',
    change:
      'Set variables, settings and temporary tables in the migration that needs them: the next one may run in another session and another process.',
  },
} as const satisfies Readonly<Record<string, RehearsalRule>>;

/** The name of a rule. */
export type RehearsalRuleName = keyof typeof REHEARSAL_RULES;

/** Severities by rule, which replace those of the rules. A `*` is for the rules of the lint only. */
export type RehearsalSeverities = Readonly<Record<string, Severity | undefined>>;

/** The severity of a rule under a configuration. */
export function severityOf(rule: RehearsalRuleName, configured: RehearsalSeverities): Severity {
  return configured[rule] ?? REHEARSAL_RULES[rule].severity;
}
