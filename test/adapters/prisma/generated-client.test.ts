import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

it('a missing generated client is reported with the command to run', () => {
  const copy = mkdtempSync(join(tmpdir(), 'fanfold-client-'));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  cpSync(join(repository, 'src'), join(copy, 'src'), { recursive: true });
  cpSync(join(repository, 'package.json'), join(copy, 'package.json'));
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'));
  const script = `
    import { usingCentralDatabase } from './src/adapters/prisma/central-database.ts';
    const login = { host: '127.0.0.1', port: 1, user: 'u', password: '', database: 'd' };
    await usingCentralDatabase({ login }, () => {}).catch(({ code, nextStep }) =>
      process.stdout.write(code + ' ' + nextStep));`;

  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', script],
    { cwd: copy, encoding: 'utf8' },
  );

  expect(`${stdout}${stderr}`).toBe(
    'CentralClientMissing Generate it: npx prisma generate --schema=prisma/schema-central.prisma',
  );
}, 30_000);
