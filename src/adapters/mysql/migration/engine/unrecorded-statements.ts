import type { LostSession } from '../../bookkeeping/session-left.ts';
import type { JournaledStatement } from '../../journal/journal-entry.ts';
import { SkippedEffects } from '../../journal/skipped-effects.ts';
import { type SqlStatement, statementRef } from '../../journal/sql-statement.ts';
import type { Answer } from '../../journal/stored-answer.ts';
import type { HalfAppliedLabels } from './half-applied-labels.ts';
import type { LiveStatements } from './live-statements.ts';
import type { PacketSender } from './packet-sender.ts';
import { askedTooLate } from './sending-errors.ts';

/** An attempt at a migration. */
interface Attempt {
  /** Whether an earlier attempt may have run statements without a row in the journal. */
  readonly isResumed: boolean;
  /** Whether the file has changed since the earlier attempt: then everything must match exactly. */
  readonly isStrict: boolean;
  /** The parts that earlier migrations left in a session that has ended. */
  readonly lost: LostSession | undefined;
}

const FIRST_ATTEMPT: Attempt = { isResumed: false, isStrict: false, lost: undefined };

/**
 * Runs statements that the journal does not answer. It first checks that nothing is missing that a skipped
 * statement would have left in the session, and that an earlier attempt has not already run the statement.
 */
export class UnrecordedStatements {
  readonly #sender: PacketSender;
  readonly #live: LiveStatements;
  readonly #labels: HalfAppliedLabels;
  #attempt = FIRST_ATTEMPT;
  #skipped = new SkippedEffects();

  constructor(sender: PacketSender, live: LiveStatements, labels: HalfAppliedLabels) {
    this.#sender = sender;
    this.#live = live;
    this.#labels = labels;
  }

  /** Forgets the previous migration. */
  start(attempt: Attempt): void {
    this.#attempt = attempt;
    this.#skipped = new SkippedEffects(attempt.lost);
  }

  /** Records a statement that an earlier attempt has run and that is skipped now. */
  skip(statement: SqlStatement, earlier: JournaledStatement): void {
    this.#skipped.skip(statement);
    this.#live.skipped(statement, earlier);
  }

  /** Runs a statement that changes only the session, although an earlier attempt has run it in its own session. */
  rerun(statement: SqlStatement): Promise<Answer> {
    this.#skipped.rerun(statement);
    return this.run(statement);
  }

  /** Runs a statement. */
  async run(statement: SqlStatement): Promise<Answer> {
    const early = await this.#live.schema.ranEarly(statement);
    if (early !== undefined) return early;
    const lacked = this.#skipped.lackedBy(statement);
    if (lacked !== undefined) {
      const why = `It needs ${lacked} of a statement that an earlier attempt ran and that is not run again.`;
      throw this.#labels.at(statement, { standing: 'not applied', why });
    }
    if (!this.#live.canAnswer(statement)) {
      const error = askedTooLate();
      this.#sender.session.failedAt(error, statementRef(statement));
      this.#sender.session.refuse(error);
      throw error;
    }
    if (this.#attempt.isResumed && (await this.#live.schema.isThereByName(statement))) {
      return this.#foundByName(statement);
    }
    return this.#live.run(statement);
  }

  /** Prepares for the first statement that no earlier attempt has recorded. */
  async prepareFor(statement: SqlStatement): Promise<void> {
    await this.#sender.restoreIds();
    if (!this.#attempt.isStrict) return;
    const leftover = await this.#live.schema.unaccounted();
    if (leftover === undefined) return;
    const { table, name } = leftover;
    throw this.#labels.at(statement, {
      standing: 'not applied',
      why: `The file has changed since an earlier attempt, and the table ${table} has an index or constraint ${name} that the journal does not explain: the earlier version of the file may have added it.`,
    });
  }

  #foundByName(statement: SqlStatement): Answer {
    if (!this.#attempt.isStrict) return this.#live.schema.foundDone(statement);
    throw this.#labels.at(statement, {
      standing: 'not known',
      why: 'Something with that name already exists, and the file has changed since an earlier attempt, which may have added something different.',
    });
  }
}
