import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Folder of the pages in `docs`; they are written when the site is built, and are not in the repository. */
export const PROJECT_PAGES = 'project';

/** Documents outside of `docs` that are pages of the site, by their names there. */
export const PROJECT_DOCUMENTS: Readonly<Record<string, string>> = {
  'security-policy.md': 'SECURITY.md',
  'changelog.md': 'CHANGELOG.md',
  'contributing.md': 'CONTRIBUTING.md',
  'examples.md': 'examples/README.md',
  'example-from-the-guide.md': 'examples/from-the-guide/README.md',
  'example-nest-service.md': 'examples/nest-service/README.md',
  'example-cdk-app.md': 'examples/cdk-app/README.md',
  'example-github-actions.md': 'examples/github-actions/README.md',
};

/** Writes the pages into a folder of the site, with links that lead to the same targets from there. */
export function writeProjectPages(repository: string): void {
  const folder = join(repository, 'docs', PROJECT_PAGES);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [page, document] of Object.entries(PROJECT_DOCUMENTS)) {
    const text = readFileSync(join(repository, document), 'utf8');
    writeFileSync(join(folder, page), movedLinks(text, document));
  }
}

/** The text of a document with its relative links as they are in the folder of the pages. */
export function movedLinks(text: string, document: string): string {
  return text.replaceAll(/\]\((?![a-z]+:|[/#])([^)#\s]+)/gi, (_, target: string) => {
    const path = join(dirname(document), target);
    const [page] = Object.entries(PROJECT_DOCUMENTS).find(([, source]) => source === path) ?? [];
    return `](${page ?? relative(join('docs', PROJECT_PAGES), path)}`;
  });
}
