import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findInvocation } from '../../../src/cli/invocation/find-invocation.ts';
import { fixtureFolder } from '../../support/fixture-folder.ts';

interface Given {
  readonly files?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, unknown>>;
  readonly entry?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Below the folder with the files. */
  readonly below?: string;
}

async function commandLine(words: string, given: Given = {}): Promise<string> {
  const { files = {}, scripts, entry = '/usr/lib/fanfold/main.js', env = {}, below = '' } = given;
  const folder = await fixtureFolder({
    ...files,
    ...(scripts !== undefined && { 'package.json': JSON.stringify({ scripts }) }),
  });
  const started = join(folder, below);
  mkdirSync(started, { recursive: true });
  return findInvocation({ folder: started, entry, env }).commandLine(words);
}

const OURS = { 'migrate:tenant': 'fanfold migrate:tenant' };
const LOCAL = '/srv/app/node_modules/.bin/fanfold';

describe('a project with a script that calls us', () => {
  test.each([
    ['fanfold migrate:tenant'],
    ['node_modules/.bin/fanfold migrate:tenant --env production'],
    ['dotenv -e .env.local -- fanfold migrate:tenant'],
    ['npm run build && fanfold migrate:tenant'],
    ['NODE_ENV=production npx fanfold migrate:tenant'],
    ['node scripts/run.mjs src/cli/main.ts migrate:tenant'],
  ])('the script %s is shown as the user calls it', async (script) => {
    const scripts = { 'migrate:tenant': script };
    const files = { 'src/cli/main.ts': '' };
    expect(await commandLine('migrate:tenant acme', { scripts, files })).toBe(
      'npm run migrate:tenant acme',
    );
  });

  test.each([
    ['knex migrate:latest', 'another program'],
    ['fanfold migrate:tenant acme-corp', 'a tenant of its own'],
    ['fanfold migrate:tenant && echo done', 'another command that gets the words'],
    ['fanfold migrate:plan', 'another command of ours'],
    ['node scripts/run.mjs src/cli/main.ts migrate:tenant', 'a file that is not there'],
  ])('the script %s is ignored: %s', async (script) => {
    const scripts = { 'migrate:tenant': script };
    expect(await commandLine('migrate:tenant acme', { scripts })).toBe(
      'fanfold migrate:tenant acme',
    );
  });

  test('the script of a command may have any name', async () => {
    const scripts = { db: 'fanfold migrate:tenant' };
    expect(await commandLine('migrate:tenant acme', { scripts })).toBe('npm run db acme');
  });

  test('flags of an npm script follow --, from the first one on', async () => {
    expect(await commandLine('migrate:tenant acme --to "a -b" --json', { scripts: OURS })).toBe(
      'npm run migrate:tenant acme -- --to "a -b" --json',
    );
    expect(await commandLine("migrate:tenant 'a -- b'", { scripts: OURS })).toBe(
      "npm run migrate:tenant 'a -- b'",
    );
    expect(await commandLine('migrate:tenant --help', { scripts: OURS })).toBe(
      'npm run migrate:tenant -- --help',
    );
    expect(await commandLine('migrate:tenant', { scripts: OURS })).toBe('npm run migrate:tenant');
  });

  test('the package.json is found from a subfolder', async () => {
    expect(await commandLine('migrate:tenant acme', { scripts: OURS, below: 'src/db' })).toBe(
      'npm run migrate:tenant acme',
    );
  });

  test.each([
    ['pnpm-lock.yaml', 'pnpm run migrate:tenant acme --json'],
    ['yarn.lock', 'yarn run migrate:tenant acme --json'],
    ['bun.lock', 'bun run migrate:tenant acme --json'],
    ['package-lock.json', 'npm run migrate:tenant acme -- --json'],
  ])('a script is run by the package manager whose %s the project has', async (lock, typed) => {
    const given = { scripts: OURS, files: { [lock]: '' } };
    expect(await commandLine('migrate:tenant acme --json', given)).toBe(typed);
  });

  test('a script is run by the package manager that started us, whatever files exist', async () => {
    const env = { npm_config_user_agent: 'pnpm/10.4.0 npm/? node/v24.1.0 linux x64' };
    const given = { scripts: OURS, env, files: { 'package-lock.json': '' } };
    expect(await commandLine('migrate:tenant acme', given)).toBe('pnpm run migrate:tenant acme');
  });

  test('a package.json that cannot be read means no scripts', async () => {
    for (const text of [
      '{',
      'null',
      '[]',
      '{"scripts":null}',
      '{"scripts":7}',
      '{"scripts":{"migrate:tenant":7}}',
    ]) {
      const files = { 'package.json': text };
      expect(await commandLine('migrate:tenant acme', { files })).toBe(
        'fanfold migrate:tenant acme',
      );
    }
  });
});

describe('without a script', () => {
  test('a binary of the project is called through npx', async () => {
    expect(await commandLine('migrate:plan --json', { entry: LOCAL })).toBe(
      'npx fanfold migrate:plan --json',
    );
    const files = { 'pnpm-lock.yaml': '' };
    expect(await commandLine('migrate:plan', { entry: LOCAL, files })).toBe(
      'pnpm exec fanfold migrate:plan',
    );
  });

  test('a package that npx fetched is called through npx', async () => {
    const entry = '/home/me/.npm/_npx/1a2b/node_modules/.bin/fanfold';
    const env = { npm_command: 'exec', PATH: '/home/me/.npm/_npx/1a2b/node_modules/.bin' };
    expect(await commandLine('migrate:plan', { entry, env })).toBe('npx fanfold migrate:plan');
  });

  test('a binary that a shell finds is called by its name', async () => {
    const bin = await fixtureFolder({ fanfold: '#!/bin/sh\n' });
    chmodSync(join(bin, 'fanfold'), 0o755);
    const env = { PATH: `/nowhere:${bin}` };
    expect(await commandLine('migrate:plan', { entry: LOCAL, env })).toBe('fanfold migrate:plan');
    const notExecutable = await fixtureFolder();
    writeFileSync(join(notExecutable, 'fanfold'), '', { mode: 0o644 });
    expect(await commandLine('migrate:plan', { entry: LOCAL, env: { PATH: notExecutable } })).toBe(
      'npx fanfold migrate:plan',
    );
  });
});
