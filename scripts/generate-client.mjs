// node scripts/generate-client.mjs
//
// Generates the Prisma client of the central database. Plain JavaScript without dependencies,
// as npm also runs it after every installation ("prepare").
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pinnedNode } from './pinned-node.mjs';
import { repository } from './repository.mjs';

const schema = join(repository, 'prisma', 'schema-central.prisma');
const client = join(repository, 'prisma', 'generated-central');
const stamp = join(client, '.generated-from');
const prisma = join(repository, 'node_modules', 'prisma');

/**
 * Generates the client if it is missing, or was made from another schema or by another Prisma. Does nothing
 * if Prisma's command is not installed, as in a production installation.
 */
export function generateClient() {
  if (!existsSync(schema) || !existsSync(prisma)) return;
  const source = sourceHash();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === source) return;
  const result = spawnSync(
    pinnedNode() ?? process.execPath,
    [join(prisma, 'build', 'index.js'), 'generate', `--schema=${schema}`],
    {
      cwd: repository,
      encoding: 'utf8',
    },
  );
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error ?? ''}\n`);
    process.stderr.write('The Prisma client could not be generated.\n');
    process.exit(1);
  }
  writeFileSync(stamp, source);
}

function sourceHash() {
  return createHash('sha256')
    .update(readFileSync(schema))
    .update(readFileSync(join(prisma, 'package.json')))
    .digest('hex');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) generateClient();
