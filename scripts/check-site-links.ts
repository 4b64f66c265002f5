import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

/**
 * Throws if a page of a built site links to a page or an anchor that is not there. It reads the files instead of
 * asking a server: a link checker that crawls over HTTP takes a busy machine for a dead link. Links to other hosts
 * are not followed.
 *
 * @returns how many links were checked
 */
export function checkSiteLinks(site: string): number {
  const pages = new Map(
    globSync('**/*.html', { cwd: site }).map((path) => {
      const html = readFileSync(join(site, path), 'utf8');
      return [path, { html, ids: new Set(valuesOf(html, 'id')) }] as const;
    }),
  );
  let checked = 0;
  const broken: string[] = [];
  for (const [path, { html }] of pages) {
    for (const href of new Set(valuesOf(html, 'href'))) {
      if (/^(?:[a-z]+:|\/\/)|\/assets\/|\.(?:css|ico|svg)$/i.test(href)) continue;
      checked += 1;
      const [target = '', anchor = ''] = href.split('#');
      const page = pages.get(target === '' ? path : pathOf(target, path));
      const isThere = page !== undefined && (anchor === '' || page.ids.has(decodeURI(anchor)));
      // The link that skips the navigation leads to an element that the theme makes in the browser.
      if (!isThere && anchor !== 'VPContent') broken.push(`${path} links to ${href}`);
    }
  }
  if (checked < 100) throw new Error(`Only ${checked} links were found in ${site}.`);
  if (broken.length > 0) {
    throw new Error(`${broken.length} links lead nowhere:\n${broken.join('\n')}`);
  }
  return checked;
}

/** The path of a page in the site that a link on another page names. */
function pathOf(target: string, from: string): string {
  const path = target.startsWith('/') ? target.slice(1) : posix.join(dirname(from), target);
  return path === '' || path.endsWith('/') ? `${path}index.html` : path;
}

/** The values of an attribute; VitePress quotes all of them. */
function valuesOf(html: string, attribute: string): string[] {
  return [...html.matchAll(new RegExp(`\\s${attribute}="([^"]*)"`, 'g'))].map(([, value = '']) =>
    value.replaceAll('&amp;', '&'),
  );
}
