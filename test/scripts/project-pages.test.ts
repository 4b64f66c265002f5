import { globSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sidebar } from '../../docs/.vitepress/sidebar.ts';
import { movedLinks, PROJECT_DOCUMENTS, PROJECT_PAGES } from '../../scripts/project-pages.ts';

it.each([
  ['SECURITY.md', '[a](docs/explanation/security.md#keys)', '[a](../explanation/security.md#keys)'],
  ['SECURITY.md', '[a](CONTRIBUTING.md)', '[a](contributing.md)'],
  ['CHANGELOG.md', '[a](.changeset/README.md)', '[a](../../.changeset/README.md)'],
  ['examples/README.md', '[a](cdk-app/README.md)', '[a](example-cdk-app.md)'],
  ['examples/cdk-app/README.md', '[a](lib/a.ts)', '[a](../../examples/cdk-app/lib/a.ts)'],
  ['examples/cdk-app/README.md', '[a](../../docs/how-to/aws.md)', '[a](../how-to/aws.md)'],
  ['SECURITY.md', '[a](https://semver.org) [b](#here)', '[a](https://semver.org) [b](#here)'],
])('a link of %s leads to the same target from its page: %s', (document, text, moved) => {
  expect(movedLinks(text, document)).toBe(moved);
});

it('the sidebar has every page of the documentation and of the project', () => {
  const links = sidebar([]).flatMap(({ items = [] }) => items.map(({ link = '' }) => link));
  const pages = globSync('*/**/*.md', { cwd: 'docs' }).filter(
    (page) => !/^(?:adr|reference\/api|project)\//.test(page),
  );
  const expected = [
    ...pages.map((page) => `/${page.replace(/\.md$/, '')}`),
    ...Object.keys(PROJECT_DOCUMENTS).map(
      (page) => `/${PROJECT_PAGES}/${page.replace(/\.md$/, '')}`,
    ),
    '/adr/',
  ];
  expect(links.sort()).toEqual(expected.sort());
});

it('the examples with a README are pages of the project', () => {
  const examples = globSync('examples/**/README.md', { exclude: ['**/node_modules/**'] });
  expect(Object.values(PROJECT_DOCUMENTS)).toEqual(expect.arrayContaining(examples));
});
