import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type DefaultTheme, defineConfig } from 'vitepress';
import packageJson from '../../package.json' with { type: 'json' };
import { drawDiagrams } from './draw-diagrams.ts';
import { githubSlugger } from './github-slug.ts';
import { sidebar } from './sidebar.ts';

const root = join(import.meta.dirname, '..');

/** The repository on the web; a placeholder until the documentation has an address (RFC 2606). */
const SOURCES = `${packageJson.homepage}/blob/main`;

/**
 * The site. It loads nothing from other hosts: the search runs in the browser, the fonts are the system's, and
 * diagrams are drawn when it is built.
 */
export default defineConfig({
  title: 'Fanfold',
  description: packageJson.description,
  lang: 'en',
  base: process.env.DOCS_BASE ?? '/',
  lastUpdated: false,
  // A link to a page that is not there fails the build; anchors are checked by scripts/build-docs.ts.
  ignoreDeadLinks: false,
  markdown: {
    // The same anchors as on GitHub, where the pages are read, too.
    anchor: { slugify: githubSlugger },
    config(markdown) {
      drawDiagrams(markdown);
      const code = markdown.renderer.rules.code_inline;
      markdown.renderer.rules.code_inline = (tokens, index, options, env, self) => {
        // Also in a browser a name is one word; see theme/style.css.
        if (/^[^\s/]{1,40}$/.test(tokens[index]?.content ?? ''))
          tokens[index]?.attrSet('class', 'name');
        return code?.(tokens, index, options, env, self) ?? '';
      };
      const render = markdown.renderer.rules.link_open;
      markdown.renderer.rules.link_open = (tokens, index, options, env, self) => {
        const href = tokens[index]?.attrGet('href');
        const page = (env as { path?: string }).path;
        if (href && page && isRelative(href)) {
          const outside = pathOutside(page, href);
          if (outside !== undefined) tokens[index]?.attrSet('href', `${SOURCES}/${outside}`);
        }
        return render === undefined
          ? self.renderToken(tokens, index, options)
          : render(tokens, index, options, env, self);
      };
    },
  },
  themeConfig: {
    nav: [
      { text: 'Tutorials', link: '/tutorials/existing-knex-project' },
      { text: 'How-to', link: '/how-to/coming-from-the-guide' },
      { text: 'Reference', link: '/reference/commands' },
      { text: 'Explanation', link: '/explanation/architecture' },
    ],
    sidebar: sidebar(apiSidebar()),
    outline: [2, 3],
    search: { provider: 'local' },
    docFooter: { prev: false, next: false },
    footer: { message: 'MIT License' },
  },
});

function isRelative(href: string): boolean {
  return !/^(?:[a-z]+:|\/|#)/i.test(href);
}

/**
 * The path in the repository of a link's target, if that is not a page of the site: a source file, the README or
 * a folder. Throws if nothing is there.
 */
function pathOutside(page: string, href: string): string | undefined {
  const [target = ''] = href.split('#');
  const path = join(dirname(page), decodeURI(target));
  const inside = relative(root, path);
  if (!inside.startsWith('..') && /\.(?:md|html)$/.test(target)) return undefined;
  if (!existsSync(path)) throw new Error(`${page} links to ${href}, which is not there.`);
  return relative(join(root, '..'), path);
}

/** The sidebar of the API, which typedoc writes; empty if the site is built without it. */
function apiSidebar(): DefaultTheme.SidebarItem[] {
  const path = join(root, 'reference/api/typedoc-sidebar.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [];
}
