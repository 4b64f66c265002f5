import { describe, expect, it } from 'vitest';
import { startEmbeddedServer } from '../../../../src/adapters/local/embedded-server.ts';
import { testServer } from '../../../support/server.ts';

describe('the server that FANFOLD_MYSQL_URL names', () => {
  it('the server that FANFOLD_MYSQL_URL names is used unchanged, and keeps running after stop()', async () => {
    const { url, version, flavour } = testServer();
    const server = await startEmbeddedServer({ environment: { FANFOLD_MYSQL_URL: url } });
    await server.stop();

    expect(server).toMatchObject({ version, flavour, source: 'FANFOLD_MYSQL_URL' });
    expect(server.process).toBeUndefined();
    const root = await testServer().rootConnection();
    expect((await root.query('SELECT 1 AS one'))[0]).toEqual([{ one: 1 }]);
  });

  it('the server that FANFOLD_MYSQL_URL names is refused with its address but without its password if nothing answers', async () => {
    const start = startEmbeddedServer({
      environment: { FANFOLD_MYSQL_URL: 'mysql://someone:s3cret@127.0.0.1:1' },
    });
    await expect(start).rejects.toMatchObject({
      code: 'DatabaseServerUnreachable',
      message: expect.stringMatching(/127\.0\.0\.1:1 with the user someone.*ECONNREFUSED/),
      nextStep: expect.stringContaining('unset it'),
    });
    await expect(start).rejects.not.toMatchObject({ message: expect.stringContaining('s3cret') });
  });

  it('the server that FANFOLD_MYSQL_URL names is refused if the account is wrong', async () => {
    const { host, port } = testServer();
    const start = startEmbeddedServer({
      environment: { FANFOLD_MYSQL_URL: `mysql://nobody:wrong@${host}:${port}` },
    });
    await expect(start).rejects.toThrow(/Access denied for user 'nobody'/);
  });

  it.each(['3306', 'root@127.0.0.1', 'https://127.0.0.1', 'mysql://', 'mysql://root:50%@db'])(
    'the server that FANFOLD_MYSQL_URL names is refused if the value is not the URL of a server: %s',
    async (value) => {
      const start = startEmbeddedServer({ environment: { FANFOLD_MYSQL_URL: value } });
      await expect(start).rejects.toMatchObject({ code: 'DatabaseServerUrlInvalid' });
    },
  );
});
