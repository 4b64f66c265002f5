import { expect, it } from 'vitest';
import { checkSiteLinks } from '../../scripts/check-site-links.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';

const PARTS = Array.from({ length: 100 }, (_, index) => `part-${index}`);

/** A small site with a page of a hundred links, and the given links on its first page. */
function site(links: string): Promise<string> {
  return fixtureFolder({
    'index.html': `<h1 id="top">Home</h1><a href="/guide.html">${links}`,
    'guide.html': PARTS.map((part) => `<a href="#${part}"><h2 id="${part}"></h2>`).join(''),
    'folder/index.html': '<p id="here"></p>',
  });
}

it('the link checker accepts links to pages, folders and anchors that exist', async () => {
  const links =
    '<a href="#top"><a href="/guide.html#part-7"><a href="folder/"><a href="https://example.com/x">';
  expect(checkSiteLinks(await site(links))).toBe(104);
});

it('the link checker names the page that links to a missing page or anchor', async () => {
  const broken = await site('<a href="/gone.html"><a href="folder/#there">');
  expect(() => checkSiteLinks(broken)).toThrow(
    '2 links lead nowhere:\nindex.html links to /gone.html\nindex.html links to folder/#there',
  );
});

it('the link checker refuses a site with hardly any links, which was not built', async () => {
  const empty = await fixtureFolder({ 'index.html': '<a href="/">' });
  expect(() => checkSiteLinks(empty)).toThrow(/Only 1 links were found/);
});
