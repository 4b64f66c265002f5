// node scripts/build-docs.ts [--pages] [--serve]
//
// Builds the documentation as a site in docs/.vitepress/dist: the API from the sources, then every page, also those of
// documents outside of docs. A link to a missing page or anchor fails the build. With --pages it leaves the API out, which takes most of the
// time; with --serve it shows the site and follows changes.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, createServer } from 'vitepress';
import { checkSiteLinks } from './check-site-links.ts';
import { writeProjectPages } from './project-pages.ts';
import { repository } from './repository.mjs';

const docs = join(repository, 'docs');
if (process.argv.includes('--pages'))
  rmSync(join(docs, 'reference/api'), { recursive: true, force: true });
else writeApi();
writeProjectPages(repository);
if (process.argv.includes('--serve')) {
  const server = await createServer(docs);
  await server.listen();
  server.printUrls();
} else {
  await build(docs);
  console.log(`${checkSiteLinks(join(docs, '.vitepress/dist'))} links checked.`);
}

/** Writes the pages of the API. typedoc needs another version of the compiler, and so its own process. */
function writeApi(): void {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(repository, 'node_modules/typedoc/bin/typedoc'), '--logLevel', 'Error'],
    { cwd: repository, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`typedoc failed:\n${stdout}${stderr}`);
}
