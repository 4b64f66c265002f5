import type { StatementStanding } from '../half-applied.ts';
import type { ResolutionKind } from './resolution.ts';
import {
  type Effects,
  effectsOf,
  leftOf,
  listed,
  missing,
  statementsOf,
} from './statement-effects.ts';
import type { StatementsAhead } from './statements-ahead.ts';

/** Facts about a half-applied migration when somebody has to decide about it. */
export interface HalfAppliedFacts {
  /** Whether its `up`, its `down` or both were begun and not ended. */
  readonly open: ReadonlySet<'up' | 'down'>;
  /** Whether `knex_migrations` has it. */
  readonly isRecorded: boolean;
  /** Checked against the database. */
  readonly statements: readonly StatementStanding[];
  /** Whether the folder has its file, and whether that exports a `down`. */
  readonly file: 'has down' | 'without down' | 'gone';
  /** Statements that its `up` would still send; absent if they were not determined. */
  readonly ahead?: StatementsAhead | undefined;
  /** Statements that its `down` would send; absent if they were not determined. */
  readonly down?: StatementsAhead | undefined;
}

/** One thing that may be done about a half-applied migration. */
export interface WayOut {
  readonly kind: ResolutionKind;
  /** Whether somebody has to do something by hand first, and confirms it with this. */
  readonly byHand: boolean;
  /**
   * `safe`: the database shows that it is right. `careful`: nothing shows that it is wrong.
   * `unsafe`: it would be wrong, or nothing can be done that way.
   */
  readonly verdict: 'safe' | 'careful' | 'unsafe';
  /** Conditions that have to be met first, or why it cannot be; for a person, in whole sentences. */
  readonly why: string;
  /** Statements that the database contradicts: somebody has to confirm each by its number. */
  readonly contradicted: readonly number[];
}

/**
 * Every way out of a half-applied migration, judged by what the journal and the database show. None
 * is `safe` unless the database shows it: a person who finishes or undoes it by hand has to confirm that.
 */
export function waysOut(facts: HalfAppliedFacts): WayOut[] {
  const up = effectsOf(facts.statements, undefined);
  const down = effectsOf(facts.statements, 'down');
  return facts.open.has('down') ? waysOutOfDown(facts, up, down) : waysOutOfUp(facts, up);
}

function waysOutOfUp({ file, ahead, down }: HalfAppliedFacts, up: Effects): WayOut[] {
  const nothingThere = up.lasting.length === 0 && up.unknown.length === 0;
  const forgets =
    file === 'gone'
      ? 'Its statements are forgotten; the folder does not have it, so the next run does not run it.'
      : 'The next run begins with its statement 1.';
  const retry = nothingThere
    ? way('retry', false, 'safe', `Nothing of it is in the database. ${forgets}`)
    : way(
        'retry',
        true,
        'careful',
        `Undo by hand what it did first: ${listed(up)}. ${forgets}`,
        up.shown,
      );
  const left = leftOf(ahead);
  const allThere = up.unknown.length === 0 && up.missing.length === 0 && left.isNothing;
  const applied = allThere
    ? way(
        'applied',
        false,
        'safe',
        'All of its statements took effect, and its file sends no more.',
      )
    : way(
        'applied',
        true,
        'careful',
        `Finish it by hand first: ${missing(up, left)} No later run looks at it again.`,
        [...up.missing, ...left.missing],
      );
  return [applied, retry, revertOfUp(file, nothingThere, down)];
}

function revertOfUp(
  file: HalfAppliedFacts['file'],
  nothingThere: boolean,
  down: StatementsAhead | undefined,
): WayOut {
  if (file === 'gone') return cannotRevert('The folder does not have its file.');
  if (file === 'without down') return cannotRevert('It exports no down.');
  if (nothingThere) return cannotRevert('There is nothing that its down could undo.');
  const pointless = (down?.statements ?? []).filter(({ isThere }) => isThere === true);
  if (pointless.length > 0) {
    return cannotRevert(
      `Its down would fail at what was never done, and has nothing to undo with ${statementsOf(pointless.map(({ number }) => number))} of it: ${pointless[0]?.text}`,
    );
  }
  return way(
    'revert',
    false,
    'careful',
    'Its down is written for the whole migration: read whether it also fits a part of it. A statement that undoes what was never done fails, and it stays half-applied then.',
  );
}

function waysOutOfDown(
  { file, isRecorded, open }: HalfAppliedFacts,
  up: Effects,
  down: Effects,
): WayOut[] {
  const nothingUndone = down.lasting.length === 0 && down.unknown.length === 0;
  const isWhole = isRecorded && !open.has('up');
  const applied =
    nothingUndone && isWhole
      ? way('applied', false, 'safe', 'Nothing of its down took effect: it stays applied.')
      : way(
          'applied',
          true,
          'careful',
          `Make all of the migration be there by hand first: its down did ${listed(down)}.${isWhole ? '' : ` Of its up, ${missing(up)}`}`,
          isWhole ? [] : up.missing,
        );
  const retry =
    isWhole || (open.has('up') && up.lasting.length > 0 && nothingUndone)
      ? way(
          'retry',
          true,
          'unsafe',
          isWhole
            ? 'Its down is half-applied, not its up: to keep it use --applied, to be rid of it --revert.'
            : 'Its up took effect. Let its down undo it, with --revert.',
        )
      : way(
          'retry',
          true,
          'careful',
          `Undo by hand what remains of it first. Its up did ${listed(up)}; its down did ${listed(down)}. The next run begins with its statement 1.`,
        );
  const finish = way(
    'revert',
    true,
    'careful',
    `Finish its down by hand first: ${missing(down)} It is recorded as not applied; no code is run.`,
    down.missing,
  );
  const resume =
    file === 'has down'
      ? way('revert', false, 'careful', 'Its down resumes after the statements that it has done.')
      : cannotRevert(
          file === 'gone' ? 'The folder does not have its file.' : 'It exports no down any more.',
        );
  return [resume, finish, applied, retry];
}

function cannotRevert(why: string): WayOut {
  return way('revert', false, 'unsafe', why);
}

function way(
  kind: ResolutionKind,
  byHand: boolean,
  verdict: WayOut['verdict'],
  why: string,
  contradicted: readonly number[] = [],
): WayOut {
  return { kind, byHand, verdict, why, contradicted };
}
