import { inspect } from 'node:util';
import type { Connection } from 'mysql2/promise';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  onTestFinished,
  vi,
} from 'vitest';
import { createIamTokens } from '../../src/adapters/aws/iam-tokens.ts';
import { migrateCentralLatest } from '../../src/adapters/knex/central-migrations.ts';
import { createTlsChooser } from '../../src/adapters/mysql/connection/tls.ts';
import { createTenantDatabases } from '../../src/adapters/mysql/tenant-databases.ts';
import { usingCentralDatabase } from '../../src/adapters/prisma/central-database.ts';
import { FanfoldError } from '../../src/core/errors.ts';
import { IAM } from '../../src/core/iam/open-login.ts';
import type { ConnectionLogin } from '../../src/core/ports.ts';
import { type CertificateAuthority, createCertificateAuthority } from '../support/certificates.ts';
import { createDatabase } from '../support/database.ts';
import { type IamServer, startIamServer } from '../support/iam-server.ts';
import { startImpostor } from '../support/impostor.ts';
import { killSessions } from '../support/process-list.ts';
import { testServer } from '../support/server.ts';
import { rejectionOf } from '../support/thrown-by.ts';

const KEYS = { id: 'ID-OF-A-KEY', secret: 'not/a+real/secret+key' };
const REGION = 'eu-central-1';

let authority: CertificateAuthority;
let server: IamServer;
let login: ConnectionLogin;
let root: Connection;

beforeAll(async () => {
  authority = await createCertificateAuthority();
  const { database, user, host, port } = await createDatabase('iam', '');
  root = await testServer().rootConnection();
  const certificate = await authority.issue('DNS:localhost');
  const options = { behind: { host, port }, host: 'localhost', region: REGION, certificate };
  server = await startIamServer({ ...options, keys: KEYS });
  login = { host: 'localhost', port: server.port, database, user, ...IAM };
});
afterAll(() => server?.stop());
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

function withKeys({ id, secret } = KEYS): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', id);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secret);
  vi.stubEnv('AWS_REGION', REGION);
}

type Ask = (given: {
  tls?: 'required' | 'off';
  login?: Partial<ConnectionLogin>;
}) => Promise<unknown>;

const askTenant: Ask = ({ tls = 'required', login: differing }) => {
  const options = { mode: tls, ca: authority.ca } as const;
  const databases = createTenantDatabases({
    connectTimeoutMs: 5_000,
    tls: createTlsChooser(options),
    iamToken: createIamTokens(),
  });
  return databases.using({ ...login, ...differing }, (database) => database.readState());
};

const accessOf = ({ tls = 'required', login: differing }: Parameters<Ask>[0]) => ({
  login: { ...login, ...differing },
  tls: tls === 'off' ? undefined : { ca: authority.ca },
  iamToken: createIamTokens(),
});
const migrateByKnex: Ask = (given) => migrateCentralLatest(accessOf(given));
const countByPrisma: Ask = (given) =>
  usingCentralDatabase(accessOf(given), ({ directory }) => directory.count({}));

/** The error of an attempt, of which no part may contain a token or a key. */
async function refusalOf(attempt: Promise<unknown>): Promise<FanfoldError> {
  const error = await rejectionOf(attempt);
  expect(error).toBeInstanceOf(FanfoldError);
  const all = inspect(error, { depth: 20, showHidden: true });
  expect(all).not.toContain('X-Amz-');
  expect(all).not.toContain(KEYS.secret);
  return error as FanfoldError;
}

describe.each<[string, Ask, { readonly denied: string; readonly needsTls: string }]>([
  ['a tenant', askTenant, { denied: 'IamAccessDenied', needsTls: 'IamNeedsTls' }],
  [
    'the central database, migrated by Knex',
    migrateByKnex,
    { denied: 'CentralIamAccessDenied', needsTls: 'CentralIamNeedsTls' },
  ],
  [
    'the central database, read by Prisma',
    countByPrisma,
    { denied: 'CentralIamAccessDenied', needsTls: 'CentralIamNeedsTls' },
  ],
])('IAM database authentication of %s', (whose, ask, { denied, needsTls }) => {
  it(`a user of ${whose} is let in with a token of the signer`, async () => {
    withKeys();
    const before = server.logins.length;
    await ask({});
    const made = server.logins.slice(before);
    expect(made.length).toBeGreaterThan(0);
    for (const { user, token, defect } of made) {
      expect(defect).toBeUndefined();
      expect(user).toBe(login.user);
      expect(token).toMatch(/^localhost:\d+\/\?Action=connect&DBUser=.*X-Amz-Expires=900/);
    }
  });

  it(`a token of ${whose} that the server refuses is explained and not shown`, async () => {
    withKeys({ ...KEYS, secret: 'another' });
    const error = await refusalOf(ask({}));
    expect(server.logins.at(-1)?.defect).toBe('its signature is wrong');
    expect(error).toMatchObject({ code: denied, retryable: false });
    expect(error.message).toContain('by IAM');
    expect(error.nextStep).toMatch(/rds-db:connect.*AWSAuthenticationPlugin/s);
    expect(error.nextStep).not.toContain('DB_ENCRYPTION_KEY');
  });

  it(`no token of ${whose} is made or sent without TLS`, async () => {
    withKeys();
    const before = server.logins.length;
    const error = await refusalOf(ask({ tls: 'off' }));
    expect(error).toMatchObject({ code: needsTls, retryable: false });
    expect(server.logins.length).toBe(before);
  });

  it(`no token of ${whose} is sent to a server whose certificate is not trusted`, async () => {
    withKeys();
    const stranger = await createCertificateAuthority();
    const impostor = await startImpostor(await stranger.issue('DNS:localhost'));
    onTestFinished(impostor.stop);
    await refusalOf(ask({ login: { port: impostor.port } }));
    expect(impostor.heard()).not.toBe('');
    expect(impostor.heard()).not.toContain('X-Amz-');
  });

  it(`an error says what to do if there are no AWS credentials for ${whose}`, async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) {
      vi.stubEnv(name, undefined);
    }
    vi.stubEnv('AWS_REGION', REGION);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
    const error = await refusalOf(ask({}));
    expect(error).toMatchObject({ code: 'AwsCredentialsMissing', fault: 'configuration' });
    expect(error.nextStep).toContain('AWS_PROFILE');
  });

  it(`an error says what to do if nothing names the region of ${whose}`, async () => {
    withKeys();
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE'])
      vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
    const error = await refusalOf(ask({}));
    expect(error).toMatchObject({ code: 'AwsRegionMissing', fault: 'configuration' });
  });
});

/** Ends the user's sessions on the real server, as a failover does. */
async function endSessions(): Promise<void> {
  await killSessions(root, { where: 'USER = ?', values: [login.user] });
}

describe('A connection that is made after the first token has expired', () => {
  beforeEach(() => {
    withKeys();
    vi.useFakeTimers({ toFake: ['Date'] });
  });
  const sixteenMinutesLater = () => vi.setSystemTime(Date.now() + 16 * 60_000);

  it('a connection that the pool of the central database makes after 16 minutes gets a new token', async () => {
    await usingCentralDatabase(accessOf({}), async ({ directory }) => {
      // Both connections of the pool are there then: none is being made while the clock jumps.
      const counting = Array.from({ length: 4 }, () => directory.count({}));
      expect(await Promise.all(counting)).toEqual([0, 0, 0, 0]);
      sixteenMinutesLater();
      const before = server.logins.length;
      await endSessions();
      // The first question may meet the connection that has just been ended.
      await directory.count({}).catch(() => {});
      expect(await directory.count({})).toBe(0);
      const made = server.logins.slice(before);
      expect(made.length).toBeGreaterThan(0);
      expect(made.filter(({ defect }) => defect !== undefined)).toEqual([]);
    });
  });

  it('the next connection to a tenant after 16 minutes gets a new token', async () => {
    const databases = createTenantDatabases({
      connectTimeoutMs: 5_000,
      tls: createTlsChooser({ mode: 'required', ca: authority.ca }),
      iamToken: createIamTokens(),
    });
    const ask = () => databases.using(login, (database) => database.readState());
    await ask();
    sixteenMinutesLater();
    await ask();
    const [first, second] = server.logins.slice(-2);
    expect([first?.defect, second?.defect]).toEqual([undefined, undefined]);
    expect(second?.token).not.toBe(first?.token);
  });
});
