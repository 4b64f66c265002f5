import { createSecretsClient } from '../../src/adapters/aws/clients/create-secrets-client.ts';
import { readSecretText } from '../../src/adapters/aws/secret-text.ts';
// Not lazy: the code of Prisma is to be there when the first event comes.
import {
  type CentralDatabase,
  usingCentralDatabase,
} from '../../src/adapters/prisma/central-database.ts';
import { chooseTls, verifiedTls } from '../../src/compose/choose-tls.ts';
import { iamToken } from '../../src/compose/iam-token.ts';
import type { ShippedProject } from '../../src/compose/project/shipped-project.ts';
import { parseCentralDatabaseSecret } from '../../src/core/central/central-database-secret.ts';
import { cachedLogin } from '../cached-login.ts';
import type { LambdaEnvironment } from '../environment.ts';
import { nameCentralSecret } from '../name-central-secret.ts';

/** Connects to the central database for the time of `work`, which has to be idempotent. */
export type UsingCentral = <Result>(
  work: (central: CentralDatabase) => Promise<Result>,
) => Promise<Result>;

/** The central database as a secret of the stack describes it; the first event reads the secret. */
export async function centralDatabase(
  environment: LambdaEnvironment,
  project: ShippedProject,
): Promise<UsingCentral> {
  const arn = environment.required('centralSecretArn');
  const tls = await chooseTls({ mode: environment.tls() });
  const tenants = environment.centralTenants() ?? project.tenants;
  const place = environment.centralDatabase();
  const secrets = createSecretsClient();
  const usingLogin = cachedLogin(async () => {
    const text = await readSecretText(
      secrets,
      arn,
      'the central database',
      '"centralSecretKeyArn"',
    );
    return parseCentralDatabaseSecret(text, `The secret ${arn}`, place);
  });
  return async (work) => {
    try {
      return await usingLogin((login) =>
        usingCentralDatabase({ login, tls: verifiedTls(tls, login.host), iamToken, tenants }, work),
      );
    } catch (error) {
      throw nameCentralSecret(error, arn);
    }
  };
}
