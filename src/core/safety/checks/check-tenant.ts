import type { OwnFailure } from '../../failure.ts';
import { failureOf } from '../../migrate/failure-of.ts';
import { ofItsHost } from '../../migrate/host-health.ts';
import { openLoginToMigrate } from '../../migrate/login-to-migrate.ts';
import type { PasswordOpener } from '../../ports.ts';
import { hostKey, type Tenant } from '../../tenant.ts';
import type { AskData, DataAnswer } from './data-answer.ts';
import type { DataCheck } from './data-check.ts';

/** A check and its answer. */
export interface AnsweredCheck {
  readonly check: DataCheck;
  readonly answer: DataAnswer;
}

/** Asks one tenant; failure is data, beside the answers that came before it. */
export type CheckTenant = (
  tenant: Tenant,
  checks: readonly DataCheck[],
  seconds: number,
) => Promise<{
  readonly answers: readonly AnsweredCheck[];
  readonly failure?: OwnFailure | undefined;
}>;

/** Makes the function that asks one tenant: it opens the password and asks the database. */
export function createCheckTenant({
  ask,
  passwords,
}: {
  readonly ask: AskData;
  readonly passwords: PasswordOpener;
}): CheckTenant {
  return async (tenant, checks, seconds) => {
    const secrets: string[] = [];
    const answers: AnsweredCheck[] = [];
    try {
      const login = await openLoginToMigrate(tenant, passwords);
      secrets.push(login.password);
      const onAnswer = (check: DataCheck, answer: DataAnswer) => answers.push({ check, answer });
      await ask(login, checks, { seconds, onAnswer });
      return { answers };
    } catch (error) {
      const { id, slug, name, address, migrationLogin } = tenant;
      const { host, database, user } = address;
      const names = [id, slug, name, host, database, user, migrationLogin?.user ?? ''];
      return { answers, failure: ofItsHost(failureOf(error, secrets, names), hostKey(address)) };
    }
  };
}
